"""StatDCAT-AP: statistical datasets, with what is counted and by what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pyoxigraph import NamedNode

from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCT

STATISTICAL = "http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL"
_COUNTED = ("dimension", "measure", "stat_unit_measure", "statistical_unit", "num_series", "work_category")


class StatDcatAp(Profile):
    """StatDCAT-AP: DCAT-AP, and the dataset says that it is statistical."""

    name = "statdcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "StatDCAT-AP"))
    conforms_to = "https://semiceu.github.io/StatDCAT-AP/"

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets about work, and those that say they are statistics."""
        return (
            dataset.get("type") == "work"
            or dataset.get("dcat_type") == STATISTICAL
            or any(dataset.get(field) for field in _COUNTED)
        )

    def complete(self, sheet: Sheet, files: list[tuple[NamedNode, Mapping[str, Any]]]) -> None:
        """Say that it is a statistical dataset, where nobody said what kind it is."""
        if not sheet.objects(sheet.iri, DCT.type):
            sheet.concept(sheet.iri, DCT.type, STATISTICAL, "dataset_type")
