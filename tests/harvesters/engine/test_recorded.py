"""Real catalogues of three regions, as recorded: they arrive, they stay untouched, and what changed changes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.declaration import Declared
from ckanext.harvesters.engine.identity import TOUCHED
from ckanext.harvesters.engine.sources import Registered, registered, settings_of
from ckanext.harvesters.engine.synchronise import synchronise
from ckanext.harvesters.registry import protocols
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.oslo import fetch
from tests.harvesters.engine.conftest import harvest, index, rows
from tests.schemas.test_shown import compared

pytestmark = [pytest.mark.snapshots, pytest.mark.slow, pytest.mark.usefixtures("with_plugins")]

BEFORE, AFTER = "2025-02-10", "2025-02-14"
FLEMISH = 1000
ARRIVE = 0.995


@pytest.fixture
def portals(shared: Path, ckan_config, monkeypatch) -> Iterator[tuple[ReplayServer, Snapshots]]:
    """Serve the recorded catalogues in their earlier state."""
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.allow", ["127.0.0.0/8"])
    snapshots = Snapshots(shared / "snapshots")
    served = [
        Odwb(Catalogue(snapshots.odwb(BEFORE))),
        Datavindplaats(Catalogue(snapshots.vlaanderen(AFTER, FLEMISH))),
        Datagouv(Catalogue(snapshots.datagouv()), filtered=False),
    ]
    with ReplayServer(served) as server:
        yield server, snapshots


@pytest.fixture
def sources(portals, clean_db, clean_index, clean_queues) -> dict[str, Registered]:
    """Make the sources as the project declares them, pointing to the stand-ins."""
    synchronise(declared(), portals[0].url)
    return {source.name: source for source in registered()}


def declared() -> tuple[Declared, ...]:
    return declaration.load(Path(__file__).resolve().parents[3] / "config" / "sources.yaml", protocols())


def failures(name: str) -> list[dict[str, Any]]:
    report = tk.get_action("harvest_report")({"ignore_auth": True}, {"source": name, "severity": "error"})
    return report["problems"]


def mapped(source: Registered) -> dict[str, str]:
    """Return guid → what its record says now, without the dates of touching, as one text."""
    settings = settings_of(source)
    protocol = protocols()[source.protocol]
    said = {}
    with fetch.from_config() as client:
        for page in protocol.pages(settings, client):
            for record in page.records:
                dataset = protocol.map(settings, record).dataset
                said[record.guid] = json.dumps({k: v for k, v in dataset.items() if k not in TOUCHED}, sort_keys=True)
    return said


def test_three_regions_arrive_stay_and_change(sources, portals) -> None:
    server, snapshots = portals
    for name, expected in (("odwb", None), ("datavindplaats", FLEMISH), ("datagouv", 400)):
        done = harvest(sources[name])
        offered = len(server.portals[name].catalogue)
        assert expected in (None, offered)
        assert done["status"] == "finished", (done, failures(name)[:3])
        assert done["added"] >= ARRIVE * offered, failures(name)[:10]
        assert done["added"] + done["failed"] == offered
        assert len({one["guid"] for one in failures(name)}) == done["failed"]
    assert set(index()) == set(rows())
    for name in random.sample(sorted(rows()), 150):
        found, expected = compared(name)
        assert found == expected, name

    before = rows(), index()
    for name, source in sources.items():
        done = harvest(source)
        assert (done["added"], done["updated"], done["deleted"]) == (0, 0, 0), name
    assert (rows(), index()) == before

    was = mapped(sources["odwb"])
    server.portals["odwb"].catalogue.replace(snapshots.odwb(AFTER))
    now = mapped(sources["odwb"])
    done = harvest(sources["odwb"])
    changed = {guid for guid in was.keys() & now.keys() if was[guid] != now[guid]}
    assert done["added"] == len(now.keys() - was.keys())
    assert done["updated"] <= len(changed)
    assert done["unchanged"] >= len(was.keys() & now.keys()) - len(changed)
    written = {name for name, row in rows().items() if before[0].get(name) != row}
    assert len(written) == done["added"] + done["updated"]
    arrived = tk.get_action("package_search")({"ignore_auth": True}, {"fq": "harvest_source_name:odwb", "rows": 0})
    assert len(now) == 995
    assert done["seen"] - done["failed"] >= ARRIVE * 995
    assert arrived["count"] == len(was.keys() | now.keys()) - done["failed"]
