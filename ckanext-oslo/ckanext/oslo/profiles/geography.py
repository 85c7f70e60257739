"""GeoDCAT-AP 3: for geoportals."""

from __future__ import annotations

from types import MappingProxyType
from typing import ClassVar

from ckanext.oslo.profiles.profile import Profile


class GeoDcatAp(Profile):
    """GeoDCAT-AP."""

    name = "geodcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "GeoDCAT-AP 3"))
    conforms_to = "https://semiceu.github.io/GeoDCAT-AP/releases/3.0.0/"
