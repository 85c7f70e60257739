"""Refreshes over real HTTP into a real DataStore."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import call_action
from ckanext.datastore.backend.postgres import get_read_engine

from ckanext.eurometropool.products import dataset, store
from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.errors import NotSyncedError
from ckanext.eurometropool.products.refreshing import refresh
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.server import ReplayServer
from tests.products.conftest import Clock


def rows(product: Product) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in store.rows(product)}


def versions(product: Product) -> dict[str, str]:
    """Give the transaction that last wrote each row: PostgreSQL's own proof of what was written."""
    with get_read_engine().connect() as connection:
        found = connection.execute(sa.text(f'SELECT id, xmin::text FROM "{store.table_id(product)}"'))  # noqa: S608
        return dict(found.tuples().all())


def test_three_formats_become_one_table(synced: Product):
    table = call_action("datastore_search", resource_id="shared_bike_stations", limit=100)
    assert table["total"] == 61
    assert {row["source"] for row in table["records"]} == {"vlaanderen", "wallonie", "mel"}
    menen = rows(synced)["vlaanderen:vl-7"]
    assert menen["name"] == "Menen, Vander Merschplein"
    assert menen["municipality"] == "BE-34027"
    assert menen["bikes"] + menen["docks"] == menen["capacity"] == 10
    assert menen["stale_since"] is None
    assert rows(synced)["mel:17"]["municipality"] == "FR-59279"


def test_dataset_is_an_ordinary_mobility_dataset_in_three_languages(synced: Product):
    found = call_action("package_show", id=synced.name)
    assert found["type"] == "mobility"
    assert found["organization"]["name"] == "eurometropool"
    assert set(found["title_translated"]) == {"nl", "fr", "en"}
    assert found["title_translated"]["nl"] == "Deelfietsstations"
    assert [resource["format"] for resource in found["resources"]] == ["CSV", "GeoJSON"]
    assert found["resources"][0]["datastore_active"] is True
    assert call_action("package_search", q="deelfietsen")["count"] == 1


def test_sync_again_writes_nothing(synced: Product):
    before = call_action("package_show", id=synced.name)["metadata_modified"]
    assert dataset.sync(synced) is False
    assert call_action("package_show", id=synced.name)["metadata_modified"] == before


def test_sync_brings_a_changed_definition_and_a_deleted_dataset_back(synced: Product):
    assert dataset.sync(replace(synced, version="1.1")) is True
    assert call_action("package_show", id=synced.name)["version"] == "1.1"
    assert len(rows(synced)) == 61
    tk.get_action("package_delete")(store.trusted_context(), {"id": synced.name})
    assert dataset.sync(synced) is True
    assert call_action("package_show", id=synced.name)["state"] == "active"


def test_refresh_of_unchanged_sources_writes_no_row(synced: Product):
    before = versions(synced)
    summary = refresh(synced)
    assert (summary.written, summary.deleted, summary.failures) == (0, 0, ())
    assert versions(synced) == before


def test_refresh_writes_only_rows_that_changed(synced: Product, clock: Clock):
    before, was = versions(synced), rows(synced)
    clock.now += 200
    summary = refresh(synced)
    changed = {key for key, row in rows(synced).items() if row != was[key]}
    assert 0 < len(changed) < 61
    assert summary.written == len(changed)
    assert {key for key, version in versions(synced).items() if version != before[key]} == changed


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (Faults(status=503), "status"),
        (Faults(truncate_page_at=1), "not-json"),
        (Faults(maintenance_page_at=1), "not-json"),
    ],
)
def test_failing_source_keeps_its_last_good_rows_marked_stale(
    synced: Product, connected: ReplayServer, clock: Clock, faults: Faults, code: str
):
    was = rows(synced)
    connected.portals["mel"].faults = faults
    clock.now += 3600
    began = datetime.now(UTC).replace(microsecond=0)
    summary = refresh(synced)
    assert [source for source, _ in summary.failures] == ["mel"]

    now = rows(synced)
    assert len(now) == 61
    for key, row in now.items():
        if row["source"] == "mel":
            assert {**row, "stale_since": None} == was[key]
            assert datetime.fromisoformat(row["stale_since"]).replace(tzinfo=UTC) >= began
        else:
            assert row["stale_since"] is None
    assert any(now[key] != was[key] for key in now if now[key]["source"] == "vlaanderen")
    state = store.states(synced)["mel"]
    assert state.failure is not None
    assert state.failure.code == code
    assert len(set(state.failure.text.values())) == 3

    connected.portals["mel"].faults = Faults()
    assert refresh(synced).failures == ()
    assert {row["stale_since"] for row in rows(synced).values()} == {None}


def test_source_that_failed_for_long_is_stale_since_its_first_failure(synced: Product, connected: ReplayServer):
    connected.portals["bikes"].faults = Faults(status=500)
    refresh(synced)
    first = store.states(synced)["vlaanderen"].failed_since
    before = versions(synced)
    refresh(synced)
    assert store.states(synced)["vlaanderen"].failed_since == first
    assert versions(synced) == before


def test_address_that_policy_forbids_is_a_failure_of_that_source_only(synced: Product, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(tk.config, "ckanext.oslo.fetch.allow", [])
    summary = refresh(synced)
    assert len(summary.failures) == 3
    assert {state.failure.code for state in store.states(synced).values() if state.failure} == {"address"}
    assert len(rows(synced)) == 61


def test_refresh_before_sync_says_so(clean_datastore, connected, product: Product):
    with pytest.raises(NotSyncedError):
        refresh(product)


def test_commands_sync_refresh_and_list(
    with_extended_cli, clean_datastore, clean_index, connected, cli, product: Product
):
    result = cli.invoke(ckan_command(), ["products", "sync"])
    assert result.exit_code == 0, result.output
    assert "shared-bike-stations: written" in result.output
    assert "61 rows written" in result.output
    assert "unchanged" in cli.invoke(ckan_command(), ["products", "sync", "--no-refresh"]).output
    assert "0 rows written" in cli.invoke(ckan_command(), ["products", "refresh"]).output
    assert cli.invoke(ckan_command(), ["products", "list", "--json"]).output == '["shared-bike-stations"]\n'


def ckan_command() -> Any:
    from ckan.cli.cli import ckan

    return ckan


def test_no_activity_row_is_written_for_a_refresh(synced: Product, clock: Clock):
    clock.now += 3600
    count = sa.text("SELECT count(*) FROM activity WHERE object_id = :id")
    package = call_action("package_show", id=synced.name)
    before = model.Session.execute(count, {"id": package["id"]}).scalar()
    refresh(synced)
    assert model.Session.execute(count, {"id": package["id"]}).scalar() == before
    assert call_action("package_show", id=synced.name)["metadata_modified"] == package["metadata_modified"]
