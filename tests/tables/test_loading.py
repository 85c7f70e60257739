"""CSV files, uploaded and elsewhere, into a real DataStore."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rq.job import Job
from rq.registry import ScheduledJobRegistry
from werkzeug.datastructures import FileStorage

from ckanext.eurometropool.tables import config, loading

TEXT = "Gemeente;Fietsen\nKortrijk;1200\nMenen;310\n"


class Files(BaseHTTPRequestHandler):
    content: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:  # noqa: N802
        self.asked.append(self.path)
        body = self.content.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def files(with_plugins: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Files.content = {"/bikes.csv": TEXT.encode("cp1252")}
    Files.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    monkeypatch.setitem(tk.config, "ckanext.oslo.fetch.allow", [address])
    monkeypatch.setitem(tk.config, "ckanext.eurometropool.products.replay_url", "")
    yield f"http://{address}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def organization_id(clean_db: None, clean_index: None) -> str:
    return factories.Organization()["id"]


def dataset(organization_id: str, *resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return factories.Dataset(
        owner_org=organization_id, title_translated={"nl": "Fietsen"}, resources=list(resources), **more
    )


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


@pytest.mark.usefixtures("clean_redis")
def test_saving_a_dataset_puts_one_job_on_the_queue_and_loading_none(files: str, organization_id: str):
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    dataset(organization_id, {"url": f"{files}/x.pdf", "format": "PDF"})
    registry = ScheduledJobRegistry(queue=get_queue(config.queue()))
    (job_id,) = [job_id for job_id in registry.get_job_ids() if "-tables-" in job_id]
    job = Job.fetch(job_id, connection=connect_to_redis())
    assert job.args == (made["id"],)
    registry.remove(job)
    loading.load_later(made["id"])
    assert [job_id for job_id in registry.get_job_ids() if "-tables-" in job_id] == []


def test_dataset_that_is_not_committed_yet_is_tried_again(files: str, organization_id: str):
    with pytest.raises(loading.NotYetError):
        loading.load_later("not-there-yet")


def test_command_loads_all(with_extended_cli: None, files: str, organization_id: str, cli: Any):
    from ckan.cli.cli import ckan

    dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    result = cli.invoke(ckan, ["tables", "load", "--all"])
    assert result.exit_code == 0, result.output
    assert "2 rows" in result.output
    assert cli.invoke(ckan, ["tables", "load", "unicorns"]).exit_code != 0
