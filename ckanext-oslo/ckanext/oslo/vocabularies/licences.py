"""The licence vocabulary in the form of CKAN's licence register (``ckan.licenses_group_url``)."""

from __future__ import annotations

from typing import Any

from ckanext.oslo.vocabularies.files import load

OPEN = frozenset(
    {
        "CC0",
        "CC_BY_4_0",
        "CC_BYSA_4_0",
        "CC_BY",
        "CC_BYSA",
        "CC_BY_3_0",
        "CC_BY_2_5",
        "CC_BY_2_0",
        "CC_BY_1_0",
        "CC_BYSA_3_0",
        "CC_BYSA_2_5",
        "CC_BYSA_2_0",
        "CC_BYSA_1_0",
        "DLDE_BY_2_0",
        "DLDE_ZERO_2_0",
        "NLOD_1_0",
        "NLOD_2_0",
        "OGL_2_0",
        "CC_PDM_1_0",
        "ETALAB_2_0",
        "ETALAB_1_0",
        "ODC_BL",
        "ODC_BY",
        "ODC_PDDL",
        "OGL_3_0",
        "VL_GRATIS_HERGEBRUIK",
        "VL_CC0_VERKLARING",
        "VL_ONVOORWAARDELIJK",
        "OTHER_OPEN",
        "OTHER_PD",
        "OTHER_AT",
    }
)
"""Codes of the licences under which anybody may use, change and share the data, at most with a source named or under
the same conditions: the Open Definition. Non-commercial, no-derivatives, paid and public-task licences are not."""


def page(code: str) -> str:
    """Give the address where a person can read the licence, or an empty text."""
    concept = load("licence").get(code)
    if concept is None:
        return ""
    return next((uri for uri in (*concept.exact_match, concept.uri) if uri.startswith("http")), "")


def register() -> list[dict[str, Any]]:
    """Give the whole register; ``title`` is English, ``title_nl`` and ``title_fr`` stand beside it."""
    return [
        {
            "id": concept.code,
            "title": concept.label("en"),
            "title_nl": concept.label("nl"),
            "title_fr": concept.label("fr"),
            "uri": concept.uri,
            "url": page(concept.code),
            "status": "active",
            "domain_data": True,
            "od_conformance": "approved" if concept.code in OPEN else "not reviewed",
        }
        for concept in load("licence")
    ]
