"""mobilityDCAT-AP 1.1.0, which the national access points for mobility data collect."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ckanext.oslo.profiles.profile import Profile


class MobilityDcatAp(Profile):
    """mobilityDCAT-AP."""

    name = "mobility_dcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "mobilityDCAT-AP 1.1"))
    conforms_to = "https://w3id.org/mobilitydcat-ap/releases/1.1.0/"

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets about mobility."""
        return dataset.get("type") == "mobility"
