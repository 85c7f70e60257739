"""Load CSV files into the DataStore, dataset by dataset. What goes wrong is recorded beside the file, never raised."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import uploader
from ckan.types import Context
from ckanext.datastore.backend import DatastoreException

from ckanext.eurometropool.tables import config
from ckanext.eurometropool.tables.choosing import address, fingerprint, is_upload, is_wanted
from ckanext.eurometropool.tables.csv_tables import NotATableError, Table, read
from ckanext.oslo.fetch import Budget, FetchError, TooLarge, from_config

log = logging.getLogger(__name__)

TASK = "table"
CHUNK = 1_000  # rows a call
PATIENCE = 60.0  # seconds a file may take
#: What the DataStore raises for data it does not take.
REFUSED = (tk.ValidationError, DatastoreException)

_loading: ContextVar[bool] = ContextVar("loading", default=False)


@dataclass(frozen=True)
class Loaded:
    """What became of a file: ``loaded`` rows, None where it stays as it is; ``trouble`` a stable code, else empty."""

    resource_id: str
    loaded: int | None = None
    trouble: str = ""


def is_loading() -> bool:
    """Say whether a change of a dataset is our own doing."""
    return _loading.get()


def load(package_id: str, *, force: bool = False) -> list[Loaded]:
    """Load the CSV files of a dataset that changed since they were loaded last; all of them with ``force``.

    Raises ObjectNotFound when there is no such dataset.
    """
    package = tk.get_action("package_show")(_context(), {"id": package_id})
    if package.get("state") != "active":
        return []
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    harvested = bool(package.get("harvest_source_name") or package.get("guid"))
    wanted = [
        resource
        for resource in package["resources"]
        if is_wanted(resource, harvested=harvested, hosts=config.hosts(), site=site)
    ]
    token = _loading.set(True)
    try:
        return [_load(resource, force=force) for resource in wanted]
    finally:
        _loading.reset(token)


def _load(resource: Mapping[str, Any], *, force: bool) -> Loaded:
    mark = fingerprint(resource)
    status = _status(resource["id"])
    if not force and status is not None and _value(status).get("mark") == mark:
        # A harvest that rewrites a dataset forgets that its file is a table: remind it, without loading again.
        if status.state == "complete" and not resource.get("datastore_active"):
            tk.get_action("resource_patch")(_context(), {"id": resource["id"], "datastore_active": True})
        return Loaded(resource["id"])
    try:
        table = read(_content(resource), config.max_rows())
        _write(resource["id"], table)
    except (NotATableError, FetchError, OSError, *REFUSED) as error:
        trouble = _code(error)
        _record(resource["id"], {"mark": mark, "trouble": trouble}, str(error))
        log.info("File %s is not loaded: %s", resource["id"], error)
        return Loaded(resource["id"], trouble=trouble)
    count = len(table.rows)
    _record(resource["id"], {"mark": mark, "rows": count, "truncated": table.truncated})
    return Loaded(resource["id"], loaded=count)


def _code(error: Exception) -> str:
    if isinstance(error, NotATableError):
        return str(error.trouble)
    if isinstance(error, FetchError):
        return str(error.code)
    return "refused-by-datastore" if isinstance(error, REFUSED) else "unreadable-file"


def _content(resource: Mapping[str, Any]) -> bytes:
    """Give the file's bytes. Raises FetchError (also TooLarge for an upload) and OSError."""
    most = config.max_bytes()
    if is_upload(resource):
        return _uploaded(resource["id"], most)
    with from_config() as client:
        client.budget = Budget(seconds=PATIENCE, bytes=most)
        return client.get(address(resource)).content


def _uploaded(resource_id: str, most: int) -> bytes:
    upload: Any = uploader.get_resource_uploader({"id": resource_id, "url_type": "upload"})
    location = upload.get_path(resource_id)
    storage = getattr(upload, "storage", None)
    if storage is None:
        with Path(location).open("rb") as file:
            content = file.read(most + 1)
    else:
        content = b"".join(islice(storage.stream(storage.analyze(location)), most // 4096 + 2))
    if len(content) > most:
        raise TooLarge(f"upload:{resource_id}", most)
    return content


def _write(resource_id: str, table: Table) -> None:
    """Put a table in the place of what was there. Raises ValidationError."""
    _drop(resource_id)
    fields = [{"id": column.name, "type": column.type, "info": {"label": column.title}} for column in table.columns]
    wanted = {"resource_id": resource_id, "force": True}
    tk.get_action("datastore_create")(_context(), wanted | {"fields": fields})
    try:
        chunks = list(_chunks(table))
        for number, records in enumerate(chunks, start=1):
            last = number == len(chunks)
            tk.get_action("datastore_upsert")(
                _context(), wanted | {"method": "insert", "records": records, "calculate_record_count": last}
            )
    except Exception:
        _drop(resource_id)  # half a table would look like a whole one
        raise


def _chunks(table: Table) -> Iterator[list[dict[str, str | None]]]:
    """Give the records in chunks of one call."""
    records = table.records()
    while chunk := list(islice(records, CHUNK)):
        yield chunk


def _drop(resource_id: str) -> None:
    try:
        tk.get_action("datastore_delete")(_context(), {"resource_id": resource_id, "force": True})
    except tk.ObjectNotFound:
        return


def _context() -> Context:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": user["name"]}


def _status(resource_id: str) -> model.TaskStatus | None:
    return model.Session.query(model.TaskStatus).filter_by(entity_id=resource_id, task_type=TASK).one_or_none()


def _value(status: model.TaskStatus) -> dict[str, Any]:
    try:
        return json.loads(status.value)
    except (TypeError, ValueError):
        return {}


def _record(resource_id: str, value: dict[str, Any], error: str = "") -> None:
    status = _status(resource_id)
    if status is None:
        status = model.TaskStatus(entity_id=resource_id, entity_type="resource", task_type=TASK, key="load")
        model.Session.add(status)
    status.value = json.dumps(value)
    status.state = "error" if error else "complete"
    status.error = error
    status.last_updated = datetime.now(UTC).replace(tzinfo=None)
    model.Session.commit()
