"""`./portal bench export`: the catalogue as others read it, out of stock ckanext-dcat and out of ours.

N datasets of ODWB as recorded on 2025-02-14, brought in as `bench harvest` does: each side harvests them its own way
into a database and a part of the index of its own (stock: `dcat_rdf` into `dcat_ap_full.yaml`, its default profile;
ours: all plugins of the portal). Then each side answers the same questions in one process, through CKAN's whole
application: a page of 100 in each format, and the full catalogue, which stock has only as pages one after the other.

The memory of our dump is measured on M datasets (the same ones, multiplied in the table), over what the process had
before. What the feeds cost a save is measured on our side alone: the same dataset saved with and without their triggers
and their hook, by turns. Stock saves the same dataset in its own schema.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.harvest import SIDES, Ours, Stock, side_by_itself

FORMATS = ("ttl", "rdf", "jsonld")
ROUNDS = 7
SAVES = 40


def main() -> None:
    """Run one side, when asked for, else both and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-n", type=int, default=1000, help="how many datasets")
    parser.add_argument("-m", "--many", type=int, default=10_000, help="how many for the memory of a dump")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measure(asked.side, asked.n, asked.many)))
        return
    with tempfile.TemporaryDirectory() as folder:
        words = ["-n", str(asked.n), "-m", str(asked.many)]
        found = {side: side_by_itself("tests.benchmarks.export", side, words, Path(folder)) for side in SIDES}
    result = {"benchmark": "export", "n": asked.n, **compare(found["ours"], found["stock"])}
    print(json.dumps(result, indent=2) if asked.json else _table(result))


def compare(ours: dict[str, Any], stock: dict[str, Any]) -> dict[str, Any]:
    """Put both sides together: how many times as fast ours is, each by the datasets it has."""
    ratios = {form: round(stock["page_ms"][form] / ours["page_ms"][form], 1) for form in FORMATS}
    each = {name: side["dump_s"] / side["datasets"] for name, side in (("ours", ours), ("stock", stock))}
    return {
        "ours": ours,
        "stock": stock,
        "ratios": {
            "page": ratios["ttl"],
            **{f"page_{form}": ratio for form, ratio in ratios.items()},
            "dump": round(each["stock"] / each["ours"], 1),
            "save": round(ours["save_ms"]["without"] / ours["save_ms"]["with"], 2),
            "save_stock": round(stock["save_ms"] / ours["save_ms"]["with"], 2),
        },
    }


def _table(result: dict[str, Any]) -> str:
    ours, stock, ratios = result["ours"], result["stock"], result["ratios"]
    lines = [f"{result['n']} datasets of ODWB          stock        ours     ratio"]
    for form in FORMATS:
        figures = "".join(f"{side['page_ms'][form]:>9.1f} ms" for side in (stock, ours))
        lines.append(f"page of 100, {form:<11}{figures}{ratios[f'page_{form}']:>8.1f} ×")
    lines.append(f"full catalogue          {stock['dump_s']:>9.2f} s {ours['dump_s']:>9.3f} s {ratios['dump']:>8.1f} ×")
    memory = ours["dump_memory"]
    lines.append(f"dump of {memory['datasets']}: {memory['mb']} MB over the idle process, {memory['seconds']} s")
    save = ours["save_ms"]
    lines.append(
        f"a save: {stock['save_ms']} ms stock, ours {save['without']} ms without the feeds, {save['with']} with"
    )
    return "\n".join(lines)


# One side, in a process of its own.


def measure(side: str, n: int, many: int) -> dict[str, Any]:
    """Harvest N datasets with one side, in this process, and read them out again."""
    import logging

    from ckan.cli import load_config
    from ckan.config.middleware import make_app
    from ckan.lib.search import clear_all

    app = make_app(load_config(os.environ["CKAN_INI"]))
    logging.disable(logging.WARNING)
    client = app._wsgi_app.test_client()
    with app._wsgi_app.test_request_context():
        clear_all()
        try:
            with (Stock if side == "stock" else Ours)(n) as harvester:
                harvester.harvest()
            found = _read(client, side)
            if side == "stock":
                found["save_ms"] = _ms([_save(str(number)) for number in range(SAVES + 4)][4:])
            else:
                found["save_ms"] = _saves()
                found["dump_memory"] = _memory(client, many)
            return found
        finally:
            clear_all()


def _read(client: Any, side: str) -> dict[str, Any]:
    return {
        "datasets": _count(),
        "page_ms": {
            form: round(_median(lambda form=form: _get(client, f"/catalog.{form}")) * 1000, 2) for form in FORMATS
        },
        "dump_s": round(_stock_dump(client) if side == "stock" else _median(lambda: _get(client, DUMP)), 4),
    }


DUMP = "/dump/dcat_ap_3.ttl.gz"


def _get(client: Any, address: str) -> int:
    """Read an answer to its end; return how long it is."""
    answer = client.get(address, buffered=False)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status}")
    size = sum(len(part) for part in answer.response)
    answer.close()
    return size


def _median(task: Callable[[], Any]) -> float:
    task()  # what is made once is made
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _stock_dump(client: Any) -> float:
    """Read page after page, once: it takes long enough."""
    start = time.perf_counter()
    for page in range(1, -(-_count() // 100) + 1):
        _get(client, f"/catalog.ttl?page={page}")
    return time.perf_counter() - start


def _count() -> int:
    return _sql("SELECT count(*) FROM package WHERE type <> 'harvest' AND state = 'active'")


def _sql(statement: str, **values: Any) -> Any:
    import sqlalchemy as sa
    from ckan import model

    result = model.Session.execute(sa.text(statement), values)
    found = result.scalar() if result.returns_rows else None
    model.Session.commit()
    return found


def _saves() -> dict[str, float]:
    """Save one dataset again and again, a changed text each time, with the feeds and without them by turns."""
    from ckanext.oslo.feeds import due

    times: dict[str, list[float]] = {"with": [], "without": []}
    hook = due.indexed
    for number in range(SAVES * 2 + 4):
        kind = "without" if number % 2 else "with"
        what = "DISABLE" if kind == "without" else "ENABLE"
        for table in ("package", "oslo_feed_entry"):
            _sql(f"ALTER TABLE {table} {what} TRIGGER USER")
        due.indexed = hook if kind == "with" else lambda _document: None
        seconds = _save(str(number))
        if number >= 4:
            times[kind].append(seconds)
    for table in ("package", "oslo_feed_entry"):
        _sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    due.indexed = hook
    return {kind: _ms(found) for kind, found in times.items()}


def _ms(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1000, 1)


def _save(version: str) -> float:
    """Change one text of the first dataset and save it; return how many seconds that took."""
    from ckan import model
    from ckan.plugins import toolkit

    name = _sql("SELECT name FROM package WHERE type <> 'harvest' AND state = 'active' ORDER BY title LIMIT 1")
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    start = time.perf_counter()
    toolkit.get_action("package_patch")({"ignore_auth": True, "user": user}, {"id": name, "version": version})
    seconds = time.perf_counter() - start
    model.Session.remove()
    return seconds


def _memory(client: Any, many: int) -> dict[str, Any]:
    """Multiply what is kept to M datasets, and watch this process while it sends them all."""
    from ckan import model

    _multiply(many)
    model.Session.remove()
    gc.collect()
    # What the benchmark itself used before goes back to the system: else the dump would hide in it.
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    idle = _resident()
    peak = [idle]
    with _watched(peak):
        start = time.perf_counter()
        size = _get(client, DUMP)
        seconds = time.perf_counter() - start
    return {
        "datasets": many,
        "mb": round((peak[0] - idle) / 1_000_000, 1),
        "seconds": round(seconds, 2),
        "size_mb": round(size / 1_000_000, 1),
    }


def _multiply(many: int) -> None:
    """Add rows to CKAN's table and ours until there are M; triggers sleep meanwhile."""
    for table in ("package", "oslo_feed_entry"):
        _sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    there = _sql("SELECT count(*) FROM oslo_feed_entry WHERE profile = 'dcat_ap_3' AND turtle IS NOT NULL")
    _sql(
        "INSERT INTO package (id, name, type, state, private)"
        " SELECT e.package_id || '-' || n, e.package_id || '-' || n, 'dataset', 'active', false"
        " FROM oslo_feed_entry e, generate_series(1, :copies) n WHERE profile = 'dcat_ap_3' AND turtle IS NOT NULL"
        " LIMIT :missing",
        copies=-(-(many - there) // there),
        missing=max(0, many - there),
    )
    columns = "iri, digest, changed, publisher, municipality, theme, e.type, turtle, ntriples"
    _sql(
        f"INSERT INTO oslo_feed_entry (package_id, profile, {columns.replace('e.', '')})"  # noqa: S608
        f" SELECT p.id, 'dcat_ap_3', {columns} FROM package p JOIN oslo_feed_entry e"
        " ON e.package_id = left(p.id, 36) AND e.profile = 'dcat_ap_3' WHERE length(p.id) > 36"
        " AND e.turtle IS NOT NULL"
    )


def _resident() -> int:
    """Return the bytes of memory this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _watched(peak: list[int]) -> Iterator[None]:
    """Keep the highest memory of this process in ``peak[0]``."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            peak[0] = max(peak[0], _resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    main()
