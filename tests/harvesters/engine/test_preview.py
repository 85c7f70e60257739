"""What the next harvest would change: looked for politely, and not for ever."""

from __future__ import annotations

import threading
import time

import pytest

from ckanext.harvesters.engine import hosts, preview
from ckanext.harvesters.engine.run import rehearse
from ckanext.harvesters.replay.faults import Faults

pytestmark = pytest.mark.usefixtures("with_plugins")


def test_a_rehearsal_waits_for_its_turn_at_the_host(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.per_host", 1)
    portal.server.requests.clear()
    asked: list[int] = []

    def busy() -> None:
        with hosts.turn(portal.server.url.partition("//")[2]):
            held.set()
            time.sleep(1)
            asked.append(len(portal.server.requests))

    held = threading.Event()
    thread = threading.Thread(target=busy)
    thread.start()
    held.wait(5)
    found, _sink = rehearse(source)
    thread.join()
    assert asked == [0]
    assert found["added"] == 12


def test_a_preview_that_takes_too_long_shows_what_was_seen(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.preview_seconds", 4)
    portal.odwb.faults = Faults(delay=2.2)
    preview.make(source.id)
    made = preview.of_source(source.id)
    assert made is not None
    assert (made.counts["status"], made.counts["reason"]) == ("interrupted", "looked-long-enough")
    assert 0 < made.counts["seen"] < 12
    assert made.counts["gone"] == 0
    assert len(made.changes) == made.counts["added"]


def test_a_preview_of_a_portal_that_hangs_ends(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.preview_seconds", 1)
    portal.odwb.faults = Faults(delay=8)
    begun = time.monotonic()
    preview.make(source.id)
    assert time.monotonic() - begun < 5
    made = preview.of_source(source.id)
    assert made is not None
    assert (made.counts["status"], made.counts["reason"]) == ("failed", "unreachable")
