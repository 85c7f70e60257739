"""Harvested datasets: described here at least as well as at their source, by the European assessment.

Every address is taken to answer, for both: it is the description that is compared. ``PORTAL_RECORDS`` says how many
records of each portal are compared instead of `SAMPLE`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ckanext.harvesters.records import RecordError, Source, SourceRecord
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.recordings import Recording
from ckanext.harvesters.replay.server import Portal as Stand
from ckanext.harvesters.replay.server import ReplayServer
from ckanext.harvesters.replay.snapshots import ODWB, Snapshots
from ckanext.oslo import quality
from ckanext.oslo.checking import checks, standards
from ckanext.oslo.fetch import Client, Policy
from ckanext.oslo.profiles.portal import Portal
from ckanext.oslo.quality.score import Score, addresses_of
from tests.profiles.harvested import LICENCE, SPOKEN, stored
from tests.quality import own_rdf

SAMPLE = 100
"""Records of each portal, spread over its catalogue."""


def flanders(folder: Path, limit: int) -> tuple[Stand, Callable[[SourceRecord], own_rdf.Own]]:
    return Datavindplaats(Catalogue(Snapshots(folder).vlaanderen(limit=limit))), own_rdf.of_flanders


def wallonia(folder: Path, limit: int) -> tuple[Stand, Callable[[SourceRecord], own_rdf.Own]]:
    snapshots = Snapshots(folder)
    recording = Recording(folder / ODWB / f"catalogue-{snapshots.state(ODWB)}.nq.gz")
    return Odwb(Catalogue(snapshots.odwb(limit=limit))), partial(own_rdf.of_wallonia, recording=recording)


def france(folder: Path, limit: int) -> tuple[Stand, Callable[[SourceRecord], own_rdf.Own]]:
    return Datagouv(Catalogue(Snapshots(folder).datagouv(limit=limit)), filtered=False), own_rdf.of_france


PORTALS = {"datavindplaats": flanders, "opendatasoft": wallonia, "udata": france}
OPTIONS = {"opendatasoft": {"domain": "www.odwb.be"}}


@pytest.mark.snapshots
@pytest.mark.parametrize("name", PORTALS)
def test_of_100_records_99_score_at_least_what_their_own_rdf_scores(
    shared: Path, official: Path, portal: Portal, name: str
) -> None:
    wanted = int(os.environ.get("PORTAL_RECORDS", SAMPLE))
    stand, own = PORTALS[name](shared / "snapshots", wanted)
    with ReplayServer([stand]) as server, Client(Policy(allow=("127.0.0.0/8",))) as client:
        address = f"{server.url}/{stand.name}"
        source = Source(name, name, name, address, name, SPOKEN[name], LICENCE, options=OPTIONS.get(name, {}))
        records = [record for page in protocol(name).pages(source, client) for record in page.records]
    before: list[Score] = []
    after: list[Score] = []
    worse: list[str] = []
    for number, record in enumerate(records):
        try:
            dataset: dict[str, Any] = stored(protocol(name).map(source, record).dataset, f"{name}-{number}")
        except RecordError:
            continue
        before.append(_score_of(*own(record), official))
        after.append(quality.score(dataset, portal, official, _Answering()))
        if after[-1].points < before[-1].points:
            worse.append(f"{record.guid} {before[-1].points} → {after[-1].points}: {_lost(before[-1], after[-1])}")
    theirs, ours = (sum(one.points for one in scores) / len(scores) for scores in (before, after))
    reasons = Counter(reason for line in worse for reason in line.rpartition(": ")[2].split())
    print(  # noqa: T201
        f"\n{name}: {len(after)} records: theirs {theirs:.0f}, ours {ours:.0f} of 405;"
        f" {len(worse)} worse {dict(reasons)}"
    )
    assert len(after) >= 0.95 * min(wanted, len(records))
    assert len(worse) <= 0.01 * len(after), "\n".join(worse[:10])


def _score_of(triples: list[Any], iri: str, official: Path) -> Score:
    found = checks.check_graph(triples, standards.get("dcat_ap_3"), official)
    conforms = not any(one.severity == "error" for one in found)
    return quality.score_graph(triples, iri, conforms=conforms, links=dict.fromkeys(addresses_of(triples, iri), True))


def _lost(before: Score, after: Score) -> str:
    had = {one.metric.name: one.earned for one in before.measures}
    return " ".join(one.metric.name for one in after.measures if one.earned < had[one.metric.name] - 0.01)


class _Answering(dict[str, bool]):
    """Every address answers."""

    def get(self, key: str, default: Any = None) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return True
