"""Score a dataset of ours: written as DCAT-AP 3, checked by its shapes, counted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.oslo import profiles
from ckanext.oslo.checking import checks, standards
from ckanext.oslo.checking.results import Finding, Severity
from ckanext.oslo.profiles import Graph, NotWritableError, Portal
from ckanext.oslo.quality.score import Links, Score, addresses_of, score_graph

NOTHING = "urn:eurometropool:nothing"


@dataclass(frozen=True)
class Measured:
    """A dataset's score, and the addresses in it whose answers count."""

    score: Score
    addresses: tuple[str, ...]


def score(dataset: Mapping[str, Any], portal: Portal, folder: Path | None = None, links: Links | None = None) -> Score:
    """Score a dataset dict, saved or not.

    ``folder`` holds the official shapes, None for our own; ``links`` is what link checks found. A dataset that cannot
    be written scores nothing.
    """
    return measure(dataset, portal, folder, links).score


def measure(
    dataset: Mapping[str, Any],
    portal: Portal,
    folder: Path | None = None,
    links: Links | Callable[[list[str]], Links] | None = None,
    findings: Iterable[Finding] | None = None,
) -> Measured:
    """Score a dataset dict and name its addresses.

    ``links`` may be a function that gives what is known of the addresses; ``findings`` are those of a DCAT-AP 3 check
    done before.
    """
    standard = standards.get(profiles.DEFAULT)
    try:
        triples = checks.graph_of(dataset, standard, portal)
    except NotWritableError:
        return Measured(score_graph((), NOTHING, conforms=False), ())
    if findings is None:
        findings = checks.check_graph(triples, standard, folder)
    whole = dataset if dataset.get("id") or dataset.get("name") or dataset.get("uri") else {**dataset, "id": checks.NEW}
    iri = profiles.dataset_iri(whole, portal)
    graph = Graph(triples)
    found = addresses_of(graph, iri)
    known = links(found) if callable(links) else links
    conforms = not any(one.severity is Severity.ERROR for one in findings)
    return Measured(score_graph(graph, iri, conforms=conforms, links=known), tuple(found))
