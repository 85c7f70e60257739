"""What people read where the index holds codes, keys and URIs."""

from __future__ import annotations

from collections.abc import Mapping

from ckan import model

from ckanext.eurometropool.municipalities import installed
from ckanext.oslo.vocabularies import load

#: Facet fields by the vocabulary of their values.
VOCABULARIES: Mapping[str, str] = {
    "theme": "theme",
    "hvd_category": "hvd_category",
    "frequency": "frequency",
    "access_rights": "access_right",
    "license_id": "licence",
    "res_format": "file_type",
    "mobility_theme": "mobility_theme",
    "transport_mode": "transport_mode",
    "work_category": "work_category",
}
#: Facet fields whose values are keys of the register.
PLACES = ("municipality", "area", "arrondissement")
REGIONS: Mapping[str, Mapping[str, str]] = {
    "vlaanderen": {"nl": "Vlaanderen", "fr": "Flandre", "en": "Flanders"},
    "wallonie": {"nl": "Wallonië", "fr": "Wallonie", "en": "Wallonia"},
    "hauts-de-france": {"nl": "Hauts-de-France", "fr": "Hauts-de-France", "en": "Hauts-de-France"},
}
TYPES: Mapping[str, Mapping[str, str]] = {
    "dataset": {"nl": "Andere onderwerpen", "fr": "Autres sujets", "en": "Other subjects"},
    "work": {"nl": "Werk", "fr": "Emploi", "en": "Work"},
    "mobility": {"nl": "Mobiliteit", "fr": "Mobilité", "en": "Mobility"},
}


def label(facet_field: str, value: str, lang: str) -> str:
    """Give the name of a facet's value in a language (nl, fr, en); a value nobody knows is its own name."""
    if facet_field in VOCABULARIES:
        return _concept(VOCABULARIES[facet_field], value, lang)
    if facet_field in PLACES:
        return installed.register().name(value, lang) if installed.is_installed() else value
    if facet_field in ("region", "dataset_type"):
        names = (REGIONS if facet_field == "region" else TYPES).get(value, {})
        return names.get(lang) or names.get("en") or value
    if facet_field == "harvest_source_name":
        source = model.Package.by_name(value)
        return source.title if source and source.title else value
    return value


def _concept(vocabulary: str, value: str, lang: str) -> str:
    concept = load(vocabulary).get(value)
    if concept is None:
        return value
    # A format is known by its abbreviation: CSV, not "Comma separated values".
    if vocabulary == "file_type":
        return value
    return concept.labels.get(lang) or concept.labels.get("en") or value
