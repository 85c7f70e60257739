"""StatDCAT-AP: statistical datasets, with what is counted and by what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ckanext.oslo.profiles.profile import Profile


class StatDcatAp(Profile):
    """StatDCAT-AP."""

    name = "statdcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "StatDCAT-AP"))
    conforms_to = "https://semiceu.github.io/StatDCAT-AP/"

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets about work."""
        return dataset.get("type") == "work"
