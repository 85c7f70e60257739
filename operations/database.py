"""PostgreSQL, Redis and Solr: made once, on folders of our own."""

from __future__ import annotations

import os
import shutil
import socket
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET  # parses our own files and CKAN's schema, nothing from outside
from pathlib import Path

from operations.layout import PROJECT, Layout
from operations.services import postgres_account, postgres_binaries, postgres_data
from operations.settings import Settings
from operations.steps import StepError, fingerprint, run, write_private

SOLR_CONFIG = PROJECT / "config" / "solr"


def prepare_postgresql(settings: Settings) -> None:
    """Make the database cluster, if there is none. Its superuser ``portal`` signs in by password on loopback only."""
    data, account = postgres_data(settings.layout), postgres_account()
    if (data / "PG_VERSION").exists() and (data / ".complete").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    password = data.parent / ".initial-password"
    write_private(password, settings.secrets["database_password"])
    prefix: list[str] = []
    if account:
        shutil.chown(data, account, account)
        shutil.chown(password, account)
        prefix = ["runuser", "-u", account, "--"]
    try:
        initdb = [f"{postgres_binaries()}/initdb", "-D", data, "-U", "portal", f"--pwfile={password}"]
        options = ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
        run([*prefix, *initdb, *options], settings.layout.logs / "setup.log", cwd=Path("/"))
    finally:
        password.unlink()
    (data / ".complete").touch()


def psql(settings: Settings, sql: str, database: str = "postgres") -> str:
    """Run SQL as the cluster's owner and return what it printed, unaligned."""
    env = os.environ | {"PGPASSWORD": settings.secrets["database_password"]}
    target = ["-h", "127.0.0.1", "-p", str(settings.ports["postgresql"]), "-U", "portal", "-d", database]
    options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    return run(
        [f"{postgres_binaries()}/psql", *target, *options], settings.layout.logs / "setup.log", env=env, stdin=sql
    )


def prepare_databases(settings: Settings, *names: str) -> None:
    """Make the databases and the reading role that are missing."""
    reader = settings.secrets["reader_password"]
    known = psql(settings, "SELECT rolname FROM pg_roles; SELECT datname FROM pg_database").split()
    if "portal_reader" not in known:
        psql(settings, f"CREATE ROLE portal_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{reader}'")
    for name in names:
        if name not in known:
            psql(settings, f'CREATE DATABASE "{name}" TEMPLATE template0')


def postgresql_ready(settings: Settings) -> bool:
    """Tell whether the database takes connections (it refuses them while it recovers from a crash)."""
    try:
        psql(settings, "SELECT 1")
    except StepError:
        return False
    return True


def has_datasets(settings: Settings) -> bool:
    """Tell whether the portal's database, which has its tables, holds any dataset."""
    return psql(settings, "SELECT EXISTS (SELECT FROM package)", "ckan").strip() == "t"


def prepare_redis(settings: Settings) -> None:
    """Write Redis' configuration: loopback, a password (a job's content is code), a snapshot a minute."""
    folder = settings.layout.state / "redis"
    folder.mkdir(exist_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {settings.ports['redis']}",
        f"requirepass {settings.secrets['redis_password']}",
        f"dir {folder}",
        "save 60 1",
        "daemonize no",
        # A process title is written over the environment, where a redis without its supervisor is found again.
        "set-proc-title no",
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
    ]
    write_private(settings.layout.state / "redis.conf", "\n".join(lines) + "\n")


def worker_listens(settings: Settings) -> bool:
    """Tell whether a worker has signed in to the job queue (RQ keeps its workers in the set ``rq:workers``)."""
    env = os.environ | {"REDISCLI_AUTH": settings.secrets["redis_password"]}
    query = ["redis-cli", "-p", str(settings.ports["redis"]), "SCARD", "rq:workers"]
    return run(query, settings.layout.logs / "setup.log", env=env).strip() not in {"", "0"}


def listening(port: int) -> bool:
    """Tell whether something answers on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def solr_schema(layout: Layout) -> str:
    """Return CKAN's own Solr schema (``ckan/config/solr/schema.xml``) with our ``config/solr/fields.xml`` added.

    Raises ``StepError`` when a field of ours has the name of one of CKAN's.
    """
    stock = next(layout.venv.glob("lib/python3*/site-packages/ckan/config/solr/schema.xml"))
    tree = ET.parse(stock)  # noqa: S314
    root = tree.getroot()
    ours = ET.parse(SOLR_CONFIG / "fields.xml").getroot()  # noqa: S314
    fields = root.find("fields")
    types = root.find("types")
    homes = {"field": fields, "dynamicField": fields, "fieldType": types}
    for element in ours:
        home = homes.get(element.tag)
        if home is None:
            root.append(element)
            continue
        twin = home.find(f"{element.tag}[@name='{element.get('name')}']")
        if twin is not None and element.get("replace") != "true":
            raise StepError(f"config/solr/fields.xml: {element.get('name')} is already in CKAN's schema")
        if twin is not None:
            home.remove(twin)
            del element.attrib["replace"]
        home.insert(0, element) if element.tag == "field" else home.append(element)
    return ET.tostring(root, encoding="unicode")


def solr_mark(layout: Layout, *cores: str) -> str:
    """Return the fingerprint of everything a core is made from: an index made with another one is of no use."""
    return fingerprint(solr_schema(layout), SOLR_CONFIG, *sorted(cores))


def solr_outdated(layout: Layout, *cores: str) -> bool:
    """Tell whether Solr's home must be written again; Solr must be stopped for that."""
    stamp = layout.state / "solr" / "fingerprint"
    return not stamp.exists() or stamp.read_text() != solr_mark(layout, *cores)


def write_solr_home(layout: Layout, *cores: str) -> None:
    """Write Solr's home: a core for each name, with the schema and its word lists, and nothing indexed.

    A core whose fields change their kind (docValues, type) refuses every document while old segments are there.
    """
    home = layout.state / "solr"
    home.mkdir(exist_ok=True)
    (home / "solr.xml").write_text("<solr/>\n")
    for core in cores:
        shutil.rmtree(home / core, ignore_errors=True)
        conf = home / core / "conf"
        conf.mkdir(parents=True)
        (home / core / "core.properties").write_text(f"name={core}\n")
        (conf / "schema.xml").write_text(solr_schema(layout))
        shutil.copy(SOLR_CONFIG / "solrconfig.xml", conf)
        for words in ("protwords.txt", "stopwords.txt", "synonyms.txt"):
            (conf / words).touch()
        for extra in SOLR_CONFIG.glob("*.txt"):
            shutil.copy(extra, conf)
    # Last: a home that was only half written is written again.
    (home / "fingerprint").write_text(solr_mark(layout, *cores))


def solr_ready(settings: Settings, core: str) -> bool:
    """Tell whether a core answers."""
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{settings.ports['solr']}/solr/{core}/admin/ping", timeout=2
        ) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
