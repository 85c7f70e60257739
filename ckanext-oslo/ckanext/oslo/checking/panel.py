"""What stands beside a form: what the profile still wants, field by field, and the score with what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo.checking import checks, config, standards, wording
from ckanext.oslo.checking.form import Sent
from ckanext.oslo.checking.results import Finding, Severity
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.quality import store
from ckanext.oslo.quality import wording as quality_wording
from ckanext.oslo.quality.measuring import measure

QUIET = frozenset(
    {
        # A place is well enough known by its name or outline; an agent's kind nobody looks for.
        ("dct:Location", "dcat:bbox"),
        ("dct:Location", "dcat:centroid"),
        ("foaf:Agent", "dct:type"),
        ("dct:LicenseDocument", "dct:type"),
    }
)
"""Recommendations that are not worth a steward's time: in the report, not in the form."""
STEPS = 5


def panel(dataset: Mapping[str, Any], profile: str = "", sent: Sent | None = None) -> dict[str, Any]:
    """Give the panel for a dataset as it stands in a form.

    ``profile`` is what the steward chose to check against; ``sent`` is what reading the form gave, None for a dataset
    as it is saved.
    """
    folder, portal = config.shapes_folder(), portal_from_config()
    offered = standards.choices_for(dataset)
    chosen = profile if profile in offered else offered[0]
    prefixes = sent.prefixes if sent else {}
    found = [_as_saving_sees_it(one) for one in checks.check_dataset(dataset, chosen, portal, folder)]
    same = standards.STANDARDS[chosen].profile == standards.DEFAULT
    score = measure(dataset, portal, folder, store.known_links, found if same else None).score
    refused = [_refusal(key, said, chosen) for key, said in (sent.errors if sent else {}).items()]
    wrong = {(one["field"], one["resource"]) for one in refused}
    shown = [one for one in found if worth_showing(one) and (one.place.field, one.place.resource) not in wrong]
    said = [*refused, *wording.in_words(shown, str(dataset.get("type") or "dataset"))]
    for one in said:
        one["input"] = input_of(one, prefixes)
    counts = {str(severity): sum(one["severity"] == severity for one in said) for severity in Severity}
    return {
        "profile": chosen,
        "profiles": [{"name": name, "title": standards.STANDARDS[name].title} for name in offered],
        "findings": said,
        "counts": counts,
        "score": {
            **quality_wording.shown(score),
            "next_steps": [
                {**step, "input": input_of_metric(str(step["field"]), prefixes)}
                for step in map(quality_wording.step, score.next_steps)
            ][:STEPS],
        },
    }


def _as_saving_sees_it(finding: Finding) -> Finding:
    """Make an error of what saving refuses: a harvested dataset may be called what it is, a steward describes it."""
    if finding.place.field != "notes_translated" or finding.result.rule != "StandIn":
        return finding
    return replace(finding, result=replace(finding.result, rule="MinCount", severity=Severity.ERROR))


def worth_showing(finding: Finding) -> bool:
    """Tell whether a finding is something a steward can mend in a form."""
    if not finding.place.field:
        return False
    path = finding.result.path
    name = wording.short(path) if path else ""
    return (finding.rdf_class, name) not in QUIET or finding.severity is Severity.ERROR


def input_of(finding: Mapping[str, Any], prefixes: Mapping[int, str]) -> str:
    """Name the input of the form that mends a finding; empty when it is in another form.

    ``prefixes`` are those of the files that the form asks for.
    """
    if finding["resource"] is not None:
        prefix = prefixes.get(finding["resource"])
        return "resources" if prefix is None else f"{prefix}{finding['field']}"
    if finding["index"] is not None and finding["subfield"]:
        return f"{finding['field']}-{finding['index']}-{finding['subfield']}"
    return str(finding["field"])


def input_of_metric(field: str, prefixes: Mapping[int, str]) -> str:
    """Name the input of the form that mends a metric; that of the first file, for one about files."""
    if not field.startswith("resources/"):
        return field
    name = field.removeprefix("resources/")
    return next((f"{prefix}{name}" for prefix in prefixes.values()), "resources")


def _refusal(key: tuple[Any, ...], said: list[str], profile: str) -> dict[str, Any]:
    resource = key[1] if len(key) == 3 and key[0] == "resources" else None
    group = resource is None and len(key) == 3
    field = str(key[0] if group else key[-1]).partition("-")[0]
    return {
        "severity": str(Severity.ERROR),
        "text": " ".join(said),
        "field": field,
        "label": field,
        "resource": resource,
        "index": key[1] if group else None,
        "subfield": str(key[2]) if group else "",
        "profile": profile,
        "dataset": "",
        "rdf": {},
    }


def of_saved(package_id: str) -> dict[str, Any] | None:
    """Give the panel of a dataset as it is saved, for the page without JavaScript; None when there is none."""
    try:
        dataset = toolkit.get_action("package_show")({}, {"id": package_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    return panel(dataset)


def empty(dataset_type: str) -> dict[str, Any]:
    """Give the panel of a dataset of which nothing is filled in."""
    return panel({"type": dataset_type})
