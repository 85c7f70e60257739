"""Check a dataset, a catalogue or any graph: shapes run on it, each result with the field that mends it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ckanext.oslo import profiles
from ckanext.oslo.checking import standards
from ckanext.oslo.checking.engine import to_rdflib
from ckanext.oslo.checking.fields import Map
from ckanext.oslo.checking.results import Finding, Place, Result, Severity
from ckanext.oslo.profiles import NotWritableError, Portal
from ckanext.oslo.profiles.terms import DCT, OWN

_PLACEHOLDER = "\N{BULLET}"
NEW = "new"


def graph_of(dataset: Mapping[str, Any], standard: standards.Standard, portal: Portal) -> list[ox.Triple]:
    """Write a dataset and its record as a profile has them; one that has no title or name yet as well.

    :raises NotWritableError: a value that no graph can hold
    """
    whole = dict(dataset)
    if not (whole.get("id") or whole.get("name") or whole.get("guid") or whole.get("uri")):
        whole["id"] = NEW
    titled = bool(whole.get("title_translated"))
    if not titled:
        whole["title_translated"] = {"und": _PLACEHOLDER}
    profile = profiles.get(standard.profile)
    triples = profile.dataset(whole, portal)
    if titled:
        return triples
    return [one for one in triples if getattr(one.object, "value", "") != _PLACEHOLDER]


def check_dataset(dataset: Mapping[str, Any], name: str, portal: Portal, folder: Path | None) -> list[Finding]:
    """Check a dataset dict against the standard ``name``; the worst come first.

    ``folder`` holds the official shapes, None for our own only. A value that cannot be written is an error of its
    field, and the rest cannot be told until it is mended.
    """
    standard = standards.get(name)
    try:
        triples = graph_of(dataset, standard, portal)
    except NotWritableError as error:
        return [unwritable(error, standard)]
    found = check_graph(triples, standard, folder, files_of(dataset, portal))
    if dataset.get("title_translated"):
        found += [_described_by_title(one, standard) for one in triples if _is_described_by_title(one)]
    found += stand_ins(dataset, standard, portal, found)
    return in_order({_key(one): one for one in (mended(one, dataset) for one in found)}.values())


def stand_ins(
    dataset: Mapping[str, Any], standard: standards.Standard, portal: Portal, found: Iterable[Finding]
) -> list[Finding]:
    """Find what a profile wants and the portal said in the dataset's place: "other", "unknown".

    The graph conforms, and its readers learn nothing. It is found by asking our own shapes about the dataset as
    DCAT-AP 3 has it, where nothing is filled in.
    """
    if not standard.stand_ins:
        return []
    known = {(one.result.focus, one.result.path) for one in found if one.result.rule == "MinCount"}
    triples = graph_of(dataset, standards.get(profiles.DEFAULT), portal)
    places = Map(triples, files_of(dataset, portal))
    filled = []
    for result in standards.own(standard.own).check(to_rdflib(triples)):
        place = places.place(result.focus, result.path)
        if result.rule != "MinCount" or (result.focus, result.path) in known or not place.field:
            continue
        if result.severity is Severity.ERROR:
            result = replace(result, rule="StandIn", severity=Severity.WARNING)
        else:
            result = replace(result, severity=Severity.HINT)
        filled.append(
            Finding(standard.name, result, places.class_of(result.focus), place, places.dataset_of(result.focus))
        )
    return filled


def _is_described_by_title(triple: ox.Triple) -> bool:
    return triple.predicate == OWN.inherits and triple.object == DCT.description


def _described_by_title(triple: ox.Triple, standard: standards.Standard) -> Finding:
    """Tell that a dataset without a description is described by its title: DCAT-AP has none without."""
    result = Result(
        severity=Severity.WARNING,
        focus=str(getattr(triple.subject, "value", "")),
        path=DCT.description.value,
        rule="StandIn",
        value="",
        expected="",
        shapes=standard.title,
        message="the title stands in for the description",
    )
    return Finding(standard.name, result, "dcat:Dataset", Place(field="notes_translated"), result.focus)


def mended(finding: Finding, dataset: Mapping[str, Any]) -> Finding:
    """Point to the field that mends it best: files take the licence of the dataset, which has none."""
    place = finding.place
    if place.resource is not None and place.field == "license" and not dataset.get("license_id"):
        return replace(finding, place=Place(field="license_id"))
    if place.resource is not None and place.field == "rights" and dataset.get("type") == "mobility":
        return replace(finding, place=replace(place, field="conditions_for_access"))
    return finding


def _key(finding: Finding) -> tuple[object, ...]:
    """Tell what makes two findings one to a reader: the same field of the dataset, wrong in the same way."""
    result, place = finding.result, finding.place
    focus = "" if place == Place(field="license_id") else result.focus
    return (place, focus, result.path, result.rule, result.value, finding.severity)


def check_graph(
    triples: Iterable[ox.Triple],
    standard: standards.Standard,
    folder: Path | None,
    files: Mapping[str, int] | None = None,
) -> list[Finding]:
    """Check any graph; the worst come first, and what is said of one value once."""
    triples = list(triples)
    graph = to_rdflib(triples)
    places = Map(triples, files)
    found: dict[tuple[str, str, str, str], Finding] = {}
    for shapes in standards.shapes_of(standard, folder):
        for result in shapes.check(graph):
            key = (result.focus, result.path, result.rule, result.value)
            if key in found and found[key].severity.rank <= result.severity.rank:
                continue
            found[key] = Finding(
                profile=standard.name,
                result=result,
                rdf_class=places.class_of(result.focus),
                place=places.place(result.focus, result.path),
                dataset=places.dataset_of(result.focus),
            )
    return in_order(without_echoes(found.values()))


def without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out a hint or warning that a value is missing where an error says so already."""
    findings = list(findings)
    missing = {(one.result.focus, one.result.path): Severity.HINT for one in findings if one.result.rule == "MinCount"}
    for one in findings:
        key = (one.result.focus, one.result.path)
        if key in missing and one.result.rule == "MinCount" and one.severity.rank < missing[key].rank:
            missing[key] = one.severity
    return [
        one
        for one in findings
        if one.result.rule != "MinCount" or one.severity is missing[(one.result.focus, one.result.path)]
    ]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Put the worst first, then by file and field."""
    return sorted(
        findings,
        key=lambda one: (
            one.severity.rank,
            -1 if one.place.resource is None else one.place.resource,
            one.place.field,
            one.result.path,
            one.result.value,
        ),
    )


def unwritable(error: NotWritableError, standard: standards.Standard) -> Finding:
    """Tell of a value that cannot be written as RDF at all."""
    parts = error.field.split("/")
    place = Place(field=parts[0])
    if parts[0] == "resources" and len(parts) > 2 and parts[1].isdigit():
        place = Place(field=parts[2], resource=int(parts[1]))
    elif len(parts) > 1 and parts[1].isdigit():
        place = Place(field=parts[0], index=int(parts[1]), subfield=parts[2] if len(parts) > 2 else "")
    result = Result(Severity.ERROR, "", "", "Unwritable", error.value, error.reason, standard.title, str(error))
    return Finding(standard.name, result, place=place)


def files_of(dataset: Mapping[str, Any], portal: Portal) -> dict[str, int]:
    """Give the number of each resource by the IRI its distribution is written with."""
    key = next((dataset[name] for name in ("id", "name") if dataset.get(name)), NEW)
    own = portal.dataset_iri(str(key))
    return {
        f"{own}/resource/{resource.get('id') or number}": number
        for number, resource in enumerate(dataset.get("resources") or [])
    }
