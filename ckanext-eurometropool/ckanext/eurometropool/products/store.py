"""Where a product lives: its rows in one DataStore table, the state of its sources in CKAN's task statuses."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.errors import NotSyncedError
from ckanext.eurometropool.products.merging import Plan, SourceState
from ckanext.eurometropool.products.stations import COLUMNS, Row, moment, stamp

TASK = "merged product source"
TIMES = [name for name, kind in COLUMNS.items() if kind == "timestamp"]
MOST_ROWS = 32_000  # what one datastore_search gives at most


def table_id(product: Product) -> str:
    """Give the id of the resource that holds the rows: the same in every portal."""
    return str(uuid5(NAMESPACE_URL, f"eurometropool:product:{product.name}"))


def feed_id(product: Product) -> str:
    """Give the id of the resource that links to the GeoJSON."""
    return str(uuid5(NAMESPACE_URL, f"eurometropool:product:{product.name}.geojson"))


def trusted_context() -> Context:
    """Give the context of the portal's own writes: by the site's user, of whom no activity is kept."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": user["name"]}


def rows(product: Product) -> list[Row]:
    """Give the table as it is. Raises NotSyncedError."""
    question = {"resource_id": table_id(product), "limit": MOST_ROWS, "include_total": False, "fields": list(COLUMNS)}
    try:
        found = tk.get_action("datastore_search")({"ignore_auth": True}, question)["records"]
    except tk.ObjectNotFound as error:
        raise NotSyncedError(product.name) from error
    # PostgreSQL gives milliseconds back that were never written; rows are compared as we write them.
    return [row | {name: stamp(moment(row[name])) for name in TIMES} for row in found]


def states(product: Product) -> dict[str, SourceState]:
    """Give how the sources stood at the last refresh, by name."""
    return {status.key: SourceState.from_json(status.value) for status in _statuses(product)}


def _statuses(product: Product) -> list[model.TaskStatus]:
    query = model.Session.query(model.TaskStatus).filter_by(entity_id=table_id(product), task_type=TASK)
    return query.all()


def write(product: Product, plan: Plan) -> None:
    """Carry out a plan. Nothing is written to the table when nothing in it changed."""
    table = table_id(product)
    if plan.upserts:
        tk.get_action("datastore_upsert")(
            trusted_context(),
            {"resource_id": table, "force": True, "method": "upsert", "records": [dict(row) for row in plan.upserts]}
            | _counted(),
        )
    if plan.deletes:
        tk.get_action("datastore_records_delete")(
            trusted_context(),
            {"resource_id": table, "force": True, "filters": {"id": list(plan.deletes)}} | _counted(),
        )
    _save(product, plan.states)


def _counted() -> dict[str, bool]:
    """Count the rows at once: the table is small, and a job for it every minute would be dearer."""
    return {"calculate_record_count": True}


def _save(product: Product, standing: tuple[SourceState, ...]) -> None:
    known = {status.key: status for status in _statuses(product)}
    for state in standing:
        status = known.pop(state.source, None)
        if status is None:
            status = model.TaskStatus(
                entity_id=table_id(product), entity_type="resource", task_type=TASK, key=state.source
            )
            model.Session.add(status)
        status.value = state.to_json()
        status.state = "failing" if state.failure else "ok"
        status.error = state.failure.text["en"] if state.failure else ""
        status.last_updated = datetime.now(UTC).replace(tzinfo=None)
    for forgotten in known.values():
        model.Session.delete(forgotten)
    model.Session.commit()


def fingerprint(product: Product, standing: dict[str, SourceState], now: datetime) -> str:
    """Give what changes whenever an answer about the product would: for ETags, without reading the table."""
    parts = [product.name, product.version]
    for name in sorted(standing):
        state = standing[name]
        parts += [state.to_json(), stamp(state.stale_since(now, product.stale_after)) or ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
