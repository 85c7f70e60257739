"""Harvested datasets: described here at least as well as at their source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ckanext.harvesters.records import RecordError, Source
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.server import ReplayServer
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.oslo import quality
from ckanext.oslo.checking import checks, standards
from ckanext.oslo.fetch import Client, Policy
from ckanext.oslo.profiles.portal import Portal
from ckanext.oslo.quality.score import addresses_of
from tests.profiles.harvested import LICENCE, stored

SAMPLE = 320
"""Records, spread over the recorded catalogue."""


@pytest.mark.snapshots
def test_of_100_flemish_records_99_score_at_least_what_their_own_rdf_scores(
    shared: Path, official: Path, portal: Portal
) -> None:
    catalogue = Datavindplaats(Catalogue(Snapshots(shared / "snapshots").vlaanderen(limit=SAMPLE)))
    with ReplayServer([catalogue]) as server, Client(Policy(allow=("127.0.0.0/8",))) as client:
        source = Source("vl", "vl", "vl", f"{server.url}/{catalogue.name}", "datavindplaats", "nl", LICENCE, options={})
        pages = list(protocol("datavindplaats").pages(source, client))
    standard = standards.get("dcat_ap_3")
    worse: list[tuple[str, int, int, list[str]]] = []
    ours: list[int] = []
    theirs: list[int] = []
    for number, record in enumerate(record for page in pages for record in page.records):
        try:
            dataset: dict[str, Any] = stored(protocol("datavindplaats").map(source, record).dataset, f"vl-{number}")
        except RecordError:
            continue
        graph = [quad.triple for quad in ox.parse(record.content, format=ox.RdfFormat.RDF_XML)]
        links = dict.fromkeys(addresses_of(graph, record.guid), True)
        conforms = not any(one.severity == "error" for one in checks.check_graph(graph, standard, official))
        before = quality.score_graph(graph, record.guid, conforms=conforms, links=links)
        known = _Answering()
        after = quality.score(dataset, portal, official, known)
        theirs.append(before.points)
        ours.append(after.points)
        if after.points < before.points:
            lost = {one.metric.name: one.earned for one in before.measures}
            worse.append(
                (
                    record.guid,
                    before.points,
                    after.points,
                    [one.metric.name for one in after.measures if one.earned < lost[one.metric.name] - 0.01],
                )
            )
    print(  # noqa: T201
        f"\n{len(ours)} records: theirs {sum(theirs) / len(theirs):.0f}, ours {sum(ours) / len(ours):.0f} of 405;"
        f" {len(worse)} worse: {Counter(name for *_, names in worse for name in names)} {worse[:3]}"
    )
    assert len(ours) >= 300
    assert len(worse) <= 0.01 * len(ours)


class _Answering(dict[str, bool]):
    """Every address answers: the same for both, since it is the description that is compared."""

    def get(self, key: str, default: Any = None) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return True
