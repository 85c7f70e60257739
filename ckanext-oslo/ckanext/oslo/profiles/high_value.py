"""DCAT-AP HVD 3.0.0: datasets of Implementing Regulation (EU) 2023/138."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ckanext.oslo.profiles.profile import Profile


class DcatApHvd(Profile):
    """DCAT-AP for high-value datasets."""

    name = "dcat_ap_hvd"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "DCAT-AP HVD 3"))
    conforms_to = "https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/"

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets that are flagged as of high value."""
        return bool(dataset.get("hvd_category"))
