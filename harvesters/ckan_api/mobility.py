"""The mobilityDCAT-AP fields of national access points that are CKANs (transportdata.be), as they state them.

Only a dataset that names its mobility theme gets them: to any other portal's dataset they would mean nothing.
"""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.json_records import Fields, parse

#: Our field → the names portals have for it (the Belgian access point's newer and older schema).
_OF_DATASET = {
    "transport_mode": ("transport_mode", "transport_modes"),
    "network_coverage": ("network_coverage",),
    "georeferencing_method": ("georeferencing_method",),
    "intended_information_service": ("intended_information_service",),
}
_THEMES = ("mobility_theme", "its_dataset_type")
_OF_FILE = {
    "mobility_data_standard": ("mobility_data_standard", "acc_mod"),
    "conditions_for_access": ("conditions_for_access", "rights_type", "conditions_usage", "conditions_access"),
    "application_layer_protocol": ("application_layer_protocol", "acc_int"),
    "communication_method": ("communication_method", "acc_con"),
}


def read(draft: Draft, document: Fields) -> None:
    """Set the fields of a mobility dataset whose resources are already in the draft."""
    themes = _uris(draft, document, "mobility_theme", _THEMES)
    if not themes:
        for resource in draft.dataset.get("resources") or ():
            for field in _OF_FILE:
                resource.pop(field, None)
        return
    draft.set(
        mobility_theme=themes,
        **{field: _uris(draft, document, field, names) for field, names in _OF_DATASET.items()},
    )


def of_file(draft: Draft, file: Fields) -> dict[str, Any]:
    """Return the fields of a file."""
    found = {field: _uris(draft, file, field, names) for field, names in _OF_FILE.items()}
    return {field: uris[0] for field, uris in found.items() if uris}


def _uris(draft: Draft, fields: Fields, vocabulary: str, names: tuple[str, ...]) -> list[str]:
    """Return the concepts the first of several fields that says anything means, distinct and as they were listed."""
    for name in names:
        said = _flat(fields.raw(name))
        if said:
            concepts = (draft.concept(vocabulary, fields.name(name), one) for one in said)
            return list(dict.fromkeys(concept.uri for concept in concepts if concept))
    return []


def _flat(value: Any) -> list[str]:
    """Return the texts in a value: one, a list, JSON in a string, or broad themes with their narrower ones."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            value = parse(value.encode("utf-8", "replace"))
        except ValueError:
            return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, dict):
        return [*value, *(one for inner in value.values() for one in _flat(inner))] if len(value) < 100 else []
    if isinstance(value, list):
        return [one for one in value[:100] if isinstance(one, str) and one.strip()]
    return []
