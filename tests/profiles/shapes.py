"""The official shapes, and what pySHACL finds with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import OWL, RDF, SH

from ckanext.oslo import profiles
from ckanext.oslo.profiles import Page, Portal

SETS = {
    "DCAT-AP 3.0.1": ("dcat-ap-3.0.1/shapes.ttl", "dcat-ap-3.0.1/range.ttl"),
    "DCAT-AP-VL 2.0": ("dcat-ap-vl-2.0/dcatapvl.jsonld", "dcat-ap-vl-2.0/dcatapvl-usagenotes.jsonld"),
    "DCAT-AP-VL 3.0": ("dcat-ap-vl-3.0-own/dcat-ap-vl-3.0-own.ttl",),
    "mobilityDCAT-AP 1.1.0": (
        "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl.ttl",
        "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl-ranges.ttl",
    ),
    "DCAT-AP HVD 3.0.0": ("dcat-ap-hvd-3.0.0/hvd-SHACL-full.ttl",),
    # apart: both files define the same shapes, and together they are none
    "DCAT-AP HVD 3.0.0 usage notes": ("dcat-ap-hvd-3.0.0/hvd-SHACL-usagenotes.ttl",),
    "GeoDCAT-AP 2.0.0": ("geodcat-ap-2.0.0/geodcat-ap.shacl.ttl",),
}


@cache
def shapes(folder: Path, name: str) -> rdflib.Graph:
    """Read a set of shapes; what it imports from the network, and property shapes nobody defined, are left out."""
    graph = rdflib.Graph()
    for path in SETS[name]:
        graph.parse(folder / path, format="json-ld" if path.endswith(".jsonld") else "turtle")
    graph.remove((None, OWL.imports, None))
    for shape, one in list(graph.subject_objects(SH.property)):
        if (one, SH.path, None) not in graph:
            graph.remove((shape, SH.property, one))
    return graph


def violations(folder: Path, name: str, triples: Iterable[ox.Triple]) -> list[str]:
    """Give a line for each violation: where, which property, which rule, which value."""
    graph = rdflib.Graph()
    graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes(folder, name), inference="none", advanced=False)
    if not isinstance(results, rdflib.Graph):
        raise TypeError(results)
    found = [
        result
        for report in results.subjects(RDF.type, SH.ValidationReport)
        for result in results.objects(report, SH.result)
    ]
    return sorted(_line(results, one) for one in found if results.value(one, SH.resultSeverity) == SH.Violation)


def _line(results: rdflib.Graph, one: Any) -> str:
    said = (results.value(one, term) for term in (SH.focusNode, SH.resultPath, SH.sourceConstraintComponent, SH.value))
    return " ".join(str(term).removeprefix(str(SH)) for term in said if term is not None)


def page(name: str, datasets: Iterable[dict[str, Any]], portal: Portal) -> tuple[list[ox.Triple], int]:
    """Give the catalogue page of those datasets that the profile takes, records and all, and how many they are."""
    profile = profiles.get(name)
    triples: list[ox.Triple] = []
    members: list[str] = []
    for dataset in datasets:
        if profile.takes(dataset):
            written = profiles.apart(dataset) if profiles.dataset_iri(dataset, portal) in members else dataset
            triples += [*profile.dataset(written, portal), *profile.record(written, portal)]
            members.append(profiles.dataset_iri(written, portal))
    here = f"{portal.site_url}/catalog.ttl?page=2"
    view = Page(here, 250, 100, first=f"{here}1", last=f"{here}3", next=f"{here}3", previous=f"{here}1")
    return [*triples, *profile.catalogue(portal, members, view)], len(members)
