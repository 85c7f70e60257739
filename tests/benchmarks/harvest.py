"""`./portal bench harvest`: the same real records through stock ckanext-harvest and ckanext-dcat, and through ours.

N datasets of ODWB as recorded on 2025-02-14. Stock reads them as the DCAT feed it is made for (N-Triples, `dcat_rdf`,
schema `dcat_ap_full.yaml`, plugin `activity`); ours reads them from the stand-in of the portal, with all plugins of the
portal switched on. Each side has a database and a part of the index of its own, and is harvested twice: first into an
empty catalogue, then unchanged. Figures are wall-clock on whatever machine this is; the ratios are what counts.
`cpu_ms_per_record` is the harvesting process's own work; `written` counts datasets whose row changed in PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg2
from pyoxigraph import RdfFormat, Triple, serialize

DATE = "2025-02-14"
SIDES = ("stock", "ours")
STOCK = {
    "ckan.plugins": "activity harvest dcat_rdf_harvester scheming_datasets dcat",
    "scheming.dataset_schemas": "ckanext.dcat.schemas:dcat_ap_full.yaml",
    "scheming.presets": "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml",
    "scheming.organization_schemas": "",
    "licenses_group_url": "",
    "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3",
}


def main() -> None:
    """Run one side, when asked for, else both and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-n", type=int, default=300, help="how many datasets")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measure(asked.side, asked.n)))
        return
    with tempfile.TemporaryDirectory() as folder:
        words = ["-n", str(asked.n)]
        found = {side: side_by_itself("tests.benchmarks.harvest", side, words, Path(folder)) for side in SIDES}
    result = {"benchmark": "harvest", "n": asked.n, **compare(found["ours"], found["stock"])}
    print(json.dumps(result, indent=2) if asked.json else _table(result))


def compare(ours: dict[str, Any], stock: dict[str, Any]) -> dict[str, Any]:
    """Put both sides together, with how many times as many records a minute ours takes."""
    ratios = {
        phase: round(ours[phase]["records_per_minute"] / stock[phase]["records_per_minute"], 1)
        for phase in ("first", "unchanged")
    }
    return {"ours": ours, "stock": stock, "ratios": ratios}


def _table(result: dict[str, Any]) -> str:
    lines = [f"{result['n']} datasets of ODWB          stock        ours     ratio"]
    for phase in ("first", "unchanged"):
        figures = [result[side][phase] for side in SIDES]
        rates = "".join(f"{one['records_per_minute']:>10.0f}/min"[:12].rjust(12) for one in figures)
        lines.append(f"{phase:<24}{rates}{result['ratios'][phase]:>9.1f} ×")
        lines.append(
            f"  arrived, written      {figures[0]['arrived']:>6}, {figures[0]['written']:>4}",
        )
        lines[-1] += f"{figures[1]['arrived']:>6}, {figures[1]['written']:>4}"
    return "\n".join(lines)


# One side, in a process of its own.


def side_by_itself(module: str, side: str, words: list[str], folder: Path) -> dict[str, Any]:
    """Make a database and a configuration for a side, run a module with it in a fresh process, and clean up.

    Returns what the module prints as the last line, which is JSON.
    """
    database = f"bench_{side}_{os.getpid()}"
    ini = folder / f"{side}.ini"
    changes = {"sqlalchemy.url": _url(database), "ckan.site_id": database, "ckan.storage_path": str(folder / side)}
    ini.write_text(_changed(Path(os.environ["CKAN_INI"]).read_text(), changes | (STOCK if side == "stock" else {})))
    env = os.environ | {"CKAN_INI": str(ini)}
    _sql(f'CREATE DATABASE "{database}" TEMPLATE template0')
    try:
        ckan = str(Path(sys.executable).with_name("ckan"))
        for plugin in ("db upgrade", *(("harvesters migrate", "oslo migrate") if side == "ours" else ())):
            _run([ckan, "-c", str(ini), *plugin.split()], env)
        print(f"{side} …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", module, "--side", side, *words]
        return json.loads(_run(command, env).splitlines()[-1])
    finally:
        _sql(f'DROP DATABASE "{database}" WITH (FORCE)')


def _run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def _url(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["PORTAL_TEST_DATABASE"])._replace(path=f"/{database}"))


def _sql(statement: str) -> None:
    connection = psycopg2.connect(os.environ["PORTAL_TEST_DATABASE"])
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def _changed(ini: str, changes: dict[str, str]) -> str:
    """Return a CKAN configuration with other values for some keys of its application."""
    kept = [line for line in ini.splitlines() if line.partition("=")[0].strip() not in changes]
    place = kept.index("[app:main]") + 1
    return "\n".join([*kept[:place], *(f"{key} = {value}" for key, value in changes.items()), *kept[place:]]) + "\n"


def measure(side: str, n: int) -> dict[str, Any]:
    """Harvest N records with one side, twice, in this process."""
    import logging

    from ckan.cli import load_config
    from ckan.config.middleware import make_app
    from ckan.lib.search import clear_all

    app = make_app(load_config(os.environ["CKAN_INI"]))
    logging.disable(logging.WARNING)
    with app._wsgi_app.test_request_context():
        clear_all()
        try:
            with (Stock if side == "stock" else Ours)(n) as harvester:
                return {"first": _timed(harvester, n), "unchanged": _timed(harvester, n)}
        finally:
            clear_all()


def _timed(harvester: Stock | Ours, n: int) -> dict[str, Any]:
    before = _versions()
    start, worked = time.perf_counter(), time.process_time()
    harvester.harvest()
    seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    after = _versions()
    return {
        "seconds": round(seconds, 2),
        "cpu_ms_per_record": round(cpu * 1000 / n, 1),
        "records_per_minute": round(n * 60 / seconds, 1),
        "arrived": len(after),
        "written": len(set(after.items()) - set(before.items())),
    }


def _versions() -> dict[str, str]:
    """Return id → row version of all datasets."""
    import sqlalchemy as sa
    from ckan import model

    model.Session.remove()
    found = model.Session.execute(sa.text("SELECT id, xmin::text FROM package WHERE type <> 'harvest'"))
    return {identifier: version for identifier, version in found}  # noqa: C416  (rows are no pairs to dict())


def _recorded(n: int) -> tuple[Any, list[str]]:
    from ckanext.harvesters.replay.catalogue import chosen
    from ckanext.harvesters.replay.recorded_odwb import ODWB
    from ckanext.harvesters.replay.recordings import Recording

    path = Path(os.environ["PORTAL_SHARED"]) / "snapshots" / "wallonie-odwb" / f"catalogue-{DATE}.nq.gz"
    recording = Recording(path)
    return recording, chosen([iri for iri in recording.titled() if iri.startswith(ODWB.datasets)], n)


def _source(name: str, **source: Any) -> str:
    import ckan.plugins.toolkit as tk

    def context() -> dict[str, Any]:
        return {"ignore_auth": True, "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}

    owner = tk.get_action("organization_create")(context(), {"name": f"{name}-bench", "title": "Bench"})
    made = {"name": name, "title": name, "frequency": "MANUAL", "owner_org": owner["id"], **source}
    return tk.get_action("harvest_source_create")(context(), made)["id"]


class Stock:
    """ckanext-harvest's three stages with ckanext-dcat's RDF harvester, one record after the other, without a queue."""

    def __init__(self, n: int) -> None:
        recording, iris = _recorded(n)
        triples = (
            Triple(subject, name, value)
            for iri in iris
            for subject, statements in recording.around(iri)[0].items()
            for name, value in statements
        )
        self._feed = serialize(triples, format=RdfFormat.N_TRIPLES) or b""

    def __enter__(self) -> Stock:
        self._server = _serving(self._feed)
        url = self._server.__enter__()
        self._source_id = stock_source(url, "nt")
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(*error)

    def harvest(self) -> None:
        """Run one job from gather to import."""
        stock_harvest(self._source_id)


def stock_source(url: str, rdf_format: str) -> str:
    """Register a feed as a source of ckanext-dcat's harvester; give the source's id."""
    return _source("stock", url=url, source_type="dcat_rdf", config=json.dumps({"rdf_format": rdf_format}))


def stock_harvest(source_id: str) -> None:
    """Run one job of ckanext-dcat's harvester from gather to import."""
    import ckan.plugins as p
    from ckanext.harvest import queue
    from ckanext.harvest.model import HarvestJob, HarvestObject

    job = HarvestJob(source_id=source_id, status="Running")
    job.save()
    harvester = p.get_plugin("dcat_rdf_harvester")
    for identifier in queue.gather_stage(harvester, job) or []:
        queue.fetch_and_import_stages(harvester, HarvestObject.get(identifier))
    job.status = "Finished"
    job.save()


class Ours:
    """The engine, on the stand-in portal."""

    def __init__(self, n: int) -> None:
        from ckanext.harvesters.replay.catalogue import Catalogue
        from ckanext.harvesters.replay.odwb import Odwb
        from ckanext.harvesters.replay.recorded_odwb import records
        from ckanext.harvesters.replay.server import ReplayServer

        recording, _iris = _recorded(n)
        self._server = ReplayServer([Odwb(Catalogue(records(recording, n)))])

    def __enter__(self) -> Ours:
        import ckan.plugins.toolkit as tk

        self._server.__enter__()
        tk.config["ckanext.oslo.fetch.allow"] = ["127.0.0.0/8"]
        settings = {"language": "fr", "metadata_license": "https://creativecommons.org/publicdomain/zero/1.0/"}
        _source("ours", url=f"{self._server.url}/odwb", source_type="opendatasoft", config=json.dumps(settings))
        # A stand-in makes its documents when it is asked first: before the clock runs, as stock's feed is made.
        with urlopen(f"{self._server.url}/odwb/api/explore/v2.1/catalog/datasets?limit=1") as answer:
            answer.read()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(None, None, None)

    def harvest(self) -> None:
        """Run one job."""
        from ckanext.harvesters.engine import jobs
        from ckanext.harvesters.engine.run import run
        from ckanext.harvesters.engine.sources import registered

        source = next(registered(["ours"]))
        done = run(source, jobs.create(source, enqueue=False))
        if done["status"] != "finished":
            sys.exit(f"ours: {done}")


@contextmanager
def _serving(feed: bytes) -> Iterator[str]:
    """Serve one file over HTTP on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/n-triples")
            self.send_header("Content-Length", str(len(feed)))
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(feed)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/catalogue.nt"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
