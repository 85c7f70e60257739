"""What lies wholly elsewhere: counted in the run, not imported, no error.

What came before goes as what its source no longer has.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from ckanext.harvesters.engine import gone
from ckanext.harvesters.engine.declaration import Declared, Organization
from ckanext.harvesters.engine.run import rehearse
from ckanext.harvesters.engine.sources import Registered, registered
from ckanext.harvesters.engine.synchronise import retire, synchronise
from ckanext.harvesters.replay import invented_mobility
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import ReplayServer
from ckanext.harvesters.replay.transport import Transport
from tests.harvesters.engine.conftest import harvest

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "clean_queues")

TITLE = {"nl": "Vervoer", "fr": "Transport", "en": "Transport"}


def declare(url: str, **scope: Any) -> Registered:
    settings = {"language": "fr", "metadata_license": "https://example.org/licence", "title": TITLE, "scope": scope}
    organization = Organization("vervoer", TITLE)
    synchronise([Declared("vervoer", TITLE, "transport", url, organization, "MANUAL", settings=settings)])
    return next(registered(["vervoer"]))


@pytest.fixture
def url(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.allow", ["127.0.0.0/8"])
    with ReplayServer([Transport(Catalogue(invented_mobility.french()))]) as server:
        yield f"{server.url}/transport"


def titles() -> set[str]:
    found = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 100})["results"]
    return {one["title_translated"]["fr"] for one in found if one["type"] != "harvest"}


def test_a_run_counts_what_is_out_of_scope_and_leaves_it_out(url: str) -> None:
    source = declare(url, area={"places": ["FR-59", "fr:epci:200093201", "fr:region:32"]})
    done = harvest(source)
    assert done["status"] == "finished"
    assert (done["seen"], done["added"], done["failed"], done["out_of_scope"]) == (14, 12, 0, 2)
    assert not any("autre" in title for title in titles())

    again = harvest(source)
    assert (again["unchanged"], again["out_of_scope"]) == (12, 2)


def test_a_much_narrower_scope_waits_for_a_person_and_says_so_beforehand(url: str) -> None:
    harvest(declare(url))
    before = titles()
    assert len(before) == 14
    source = declare(url, area={"places": ["FR-59512"]})
    found, sink = rehearse(source)
    assert (found["out_of_scope"], sink.changes) == (10, [])
    assert found["status"] == "braked"
    assert harvest(source)["status"] == "braked"
    assert titles() == before
    assert [one.until for one in gone.of_source(source.id)] == [None] * 10


def test_a_dataset_that_is_out_of_scope_now_is_marked_and_stays_a_while(url: str, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.brake_count", 20)
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.brake_percent", 100)
    harvest(declare(url))
    before = titles()
    source = declare(url, area={"places": ["FR-59512"]})
    assert harvest(source)["gone"] == 10
    assert titles() == before
    assert len(gone.of_source(source.id)) == 10
    # Back in the scope, they are as they were.
    source = declare(url)
    assert harvest(source)["unchanged"] == 14
    assert gone.of_source(source.id) == []


def test_a_mistake_in_the_scope_is_refused_when_the_source_is_saved(url: str) -> None:
    with pytest.raises(tk.ValidationError, match="should be a list of texts"):
        declare(url, themes="TRAN")


def test_a_source_without_stand_in_rests_and_comes_back(url: str) -> None:
    declare(url)
    retire(["vervoer", "no-such-source"])
    assert list(registered(["vervoer"])) == []
    assert declare(url).name == "vervoer"
