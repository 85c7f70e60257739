"""What a check found, in words: in the reader's language, with the name that our form gives the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo.checking import standards
from ckanext.oslo.checking.fields import short
from ckanext.oslo.checking.results import Finding, Severity

LONGEST_VALUE = 120


def _(message: str) -> str:
    """Mark a sentence for translation."""
    return message


MISSING = {
    Severity.ERROR: _("Fill in “{field}”: {profile} requires it."),
    Severity.WARNING: _("Fill in “{field}”: {profile} recommends it."),
    Severity.HINT: _("Fill in “{field}”: readers look for it."),
}
TEXTS = {
    "StandIn": _("Fill in “{field}”: until then the portal puts something general there."),
    "MaxCount": _("Give “{field}” fewer times: {profile} allows {expected}."),
    "UniqueLang": _("Give “{field}” once in each language."),
    "LanguageIn": _("Give “{field}” in a language that {profile} knows."),
    "Datatype": _("Correct “{field}”: “{value}” is not {expected}."),
    "NodeKind": _("Correct “{field}”: “{value}” is not {expected}."),
    "HasValue": _("Correct “{field}”: {profile} expects {expected} among the values."),
    "Unwritable": _("Correct “{field}”: “{value}” cannot be published."),
}
WRONG = _("Correct “{field}”: {profile} does not know “{value}” here.")
BARE = _("Correct “{field}”: it does not follow {profile}.")
EXPECTED = {
    "xsd:date": _("a date"),
    "xsd:dateTime": _("a date with a time"),
    "xsd:duration": _("a duration"),
    "xsd:decimal": _("a number"),
    "xsd:integer": _("a whole number"),
    "xsd:nonNegativeInteger": _("a whole number"),
    "rdf:langString": _("a text with its language"),
    "xsd:string": _("a text without a language"),
    "sh:IRI": _("a web address"),
    "sh:BlankNodeOrIRI": _("a web address"),
    "sh:Literal": _("a text"),
}


def in_words(findings: Iterable[Finding], dataset_type: str = "dataset") -> list[dict[str, Any]]:
    """Say findings in the reader's language, for JSON and pages."""
    labels = labels_of(dataset_type)
    return [shown(finding, labels) for finding in findings]


def shown(finding: Finding, labels: Mapping[str, str]) -> dict[str, Any]:
    """Say one finding: what to do, in which field, and the rule behind it."""
    result, place = finding.result, finding.place
    label = label_of(finding, labels)
    return {
        "severity": str(finding.severity),
        "text": sentence(finding, label),
        "field": place.field,
        "label": label,
        "resource": place.resource,
        "index": place.index,
        "subfield": place.subfield,
        "profile": finding.profile,
        "dataset": finding.dataset,
        "rdf": {
            "class": finding.rdf_class,
            "focus": result.focus,
            "path": short(result.path),
            "rule": result.rule,
            "value": result.value[:LONGEST_VALUE],
            "shapes": result.shapes,
            "message": result.message[:500],
        },
    }


def sentence(finding: Finding, label: str) -> str:
    """Say what to do about a finding."""
    result = finding.result
    if result.rule == "MinCount":
        template = MISSING[finding.severity]
    elif result.rule in TEXTS:
        template = TEXTS[result.rule]
    else:
        template = WRONG if result.value else BARE
    expected = short(result.expected)
    known = EXPECTED.get(expected)
    return toolkit._(template).format(
        field=label,
        profile=standards.get(finding.profile).title,
        value=result.value[:LONGEST_VALUE],
        expected=toolkit._(known) if known else expected,
    )


def label_of(finding: Finding, labels: Mapping[str, str]) -> str:
    """Name the field as the form does, with the number of the file; without a field, the property in RDF."""
    place = finding.place
    own = labels.get(f"resources/{place.field}" if place.resource is not None else place.field)
    part = labels.get(f"{place.field}/{place.subfield}") if place.subfield else None
    if own is None:
        named = short(finding.result.path) or finding.rdf_class or toolkit._("the description")
        own = named if not finding.rdf_class or named == finding.rdf_class else f"{finding.rdf_class} {named}"
    elif part:
        own = f"{own}, {part}"
    if place.resource is not None:
        return toolkit._("{field} (file {number})").format(field=own, number=place.resource + 1)
    return own


def labels_of(dataset_type: str) -> dict[str, str]:
    """Give the names of a schema's fields in the reader's language; of files' below ``resources/``."""
    return _labels(dataset_type, language())


@lru_cache(maxsize=32)
def _labels(dataset_type: str, language: str) -> dict[str, str]:
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type) or toolkit.h.scheming_get_dataset_schema("dataset")
    found: dict[str, str] = {"resources": {"nl": "Bestanden", "fr": "Fichiers"}.get(language, "Files")}
    for field in (schema or {}).get("dataset_fields", ()):
        found[field["field_name"]] = _spoken(field.get("label"), language, field["field_name"])
        for part in field.get("repeating_subfields", ()):
            name = part["field_name"]
            found[f"{field['field_name']}/{name}"] = _spoken(part.get("label"), language, name)
    for field in (schema or {}).get("resource_fields", ()):
        name = field["field_name"]
        found[f"resources/{name}"] = _spoken(field.get("label"), language, name)
    return found


def _spoken(label: Any, language: str, name: str) -> str:
    if isinstance(label, Mapping):
        return str(label.get(language) or label.get("en") or name)
    return str(label or name)


def language() -> str:
    """Give the reader's language; English outside a request."""
    try:
        return str(toolkit.h.lang() or "en").split("_")[0]
    except (RuntimeError, TypeError, AttributeError):  # outside a request
        return "en"
