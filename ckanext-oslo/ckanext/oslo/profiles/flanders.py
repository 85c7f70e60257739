"""DCAT-AP Flanders 3.0 (recognised standard of 2026-02-12), written so that its 2.0 is satisfied where both can be."""

from __future__ import annotations

from types import MappingProxyType
from typing import ClassVar

from ckanext.oslo.profiles.profile import Profile


class DcatApVl(Profile):
    """DCAT-AP Flanders."""

    name = "dcat_ap_vl_3"
    title: ClassVar = MappingProxyType(
        {"nl": "DCAT-AP Vlaanderen 3", "fr": "DCAT-AP Flandre 3", "en": "DCAT-AP Flanders 3"}
    )
    conforms_to = "https://data.vlaanderen.be/doc/applicatieprofiel/DCAT-AP-VL"
