"""CSV files, uploaded and elsewhere, into a real DataStore."""

from __future__ import annotations

import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from werkzeug.datastructures import FileStorage

from ckanext.eurometropool.tables import loading
from tests.tables.conftest import TEXT, Files, dataset


def rows(resource_id: str) -> list[dict[str, Any]]:
    found = call_action("datastore_search", resource_id=resource_id)["records"]
    return [{key: value for key, value in row.items() if key != "_id"} for row in found]


def state(resource_id: str) -> dict[str, Any]:
    status = model.Session.query(model.TaskStatus).filter_by(entity_id=resource_id, task_type=loading.TASK).one()
    return {"state": status.state, **json.loads(status.value)}


def test_linked_file_becomes_a_table(files: str, organization_id: str):
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    (done,) = loading.load(made["id"])
    assert done.loaded == 2
    assert rows(done.resource_id) == [
        {"Gemeente": "Kortrijk", "Fietsen": 1200},
        {"Gemeente": "Menen", "Fietsen": 310},
    ]
    assert call_action("resource_show", id=done.resource_id)["datastore_active"] is True
    assert state(done.resource_id)["state"] == "complete"


def test_unchanged_file_is_not_fetched_again_unless_forced(files: str, organization_id: str):
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    loading.load(made["id"])
    assert loading.load(made["id"])[0].loaded is None
    assert Files.asked == ["/bikes.csv"]
    assert loading.load(made["id"], force=True)[0].loaded == 2


def test_changed_address_replaces_the_table(files: str, organization_id: str):
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    resource = made["resources"][0]
    loading.load(made["id"])
    Files.content["/other.csv"] = b"a,b\n1,2\n"
    tk.get_action("resource_patch")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
        {"id": resource["id"], "url": f"{files}/other.csv"},
    )
    loading.load(made["id"])
    assert rows(resource["id"]) == [{"a": 1, "b": 2}]


def test_upload_becomes_a_table(files: str, organization_id: str):
    made = dataset(organization_id)
    upload = FileStorage(stream=io.BytesIO(TEXT.encode()), filename="bikes.csv", content_type="text/csv")
    resource = tk.get_action("resource_create")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
        {"package_id": made["id"], "url": "bikes.csv", "format": "CSV", "upload": upload},
    )
    (done,) = loading.load(made["id"])
    assert (done.resource_id, done.loaded) == (resource["id"], 2)


@pytest.mark.parametrize(
    ("path", "body", "trouble"),
    [
        ("/gone.csv", None, "status"),
        ("/page.csv", b"<!doctype html><p>Onderhoud", "not-a-table"),
        ("/large.csv", b"a,b\n" + b"1,2\n" * 1000, "too-large"),
    ],
)
def test_failure_is_recorded_not_raised(
    files: str, organization_id: str, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes | None, trouble: str
):
    monkeypatch.setitem(tk.config, "ckanext.eurometropool.tables.max_bytes", 1000)
    if body is not None:
        Files.content[path] = body
    made = dataset(
        organization_id,
        {"url": f"{files}{path}", "format": "CSV"},
        {"url": f"{files}/bikes.csv", "format": "CSV"},
    )
    bad, good = loading.load(made["id"])
    assert (bad.trouble, good.loaded) == (trouble, 2)
    assert state(bad.resource_id)["state"] == "error"
    assert not call_action("resource_show", id=bad.resource_id)["datastore_active"]


def test_address_that_policy_forbids_is_recorded(files: str, organization_id: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(tk.config, "ckanext.oslo.fetch.allow", [])
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    assert loading.load(made["id"])[0].trouble == "address"
    assert Files.asked == []


def test_harvested_files_are_loaded_from_named_hosts_only(
    files: str, organization_id: str, monkeypatch: pytest.MonkeyPatch
):
    made = dataset(
        organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"}, guid="g-1", harvest_source_name="odwb"
    )
    assert loading.load(made["id"]) == []
    monkeypatch.setitem(tk.config, "ckanext.eurometropool.tables.hosts", files.removeprefix("http://"))
    assert loading.load(made["id"])[0].loaded == 2


def test_ten_thousand_rows_are_loaded_whole(files: str, organization_id: str):
    Files.content["/many.csv"] = b"n,name\n" + b"".join(b"%d,row %d\n" % (n, n) for n in range(10_000))
    made = dataset(organization_id, {"url": f"{files}/many.csv", "format": "CSV"})
    (done,) = loading.load(made["id"])
    assert done.loaded == 10_000
    assert call_action("datastore_search", resource_id=done.resource_id, limit=0)["total"] == 10_000


def test_command_loads_all(with_extended_cli: None, files: str, organization_id: str, cli: Any):
    from ckan.cli.cli import ckan

    dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    result = cli.invoke(ckan, ["tables", "load", "--all"])
    assert result.exit_code == 0, result.output
    assert "2 rows" in result.output
    assert cli.invoke(ckan, ["tables", "load", "unicorns"]).exit_code != 0
