"""Services: what runs, under supervisord, and bringing back what is left of a supervisor that was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from operations.layout import PROJECT, Layout
from operations.settings import Settings
from operations.steps import StepError

#: Every process we start carries this variable, so that what outlives its supervisor can be found again.
MARK = "EUROMETROPOOL_STATE"
#: Services that hold data: they start first and stop last.
DATA = ("postgresql", "redis", "solr")
APPLICATION = ("web", "worker", "clock", "replay", "biker")


@dataclass(frozen=True)
class Service:
    """One supervised program. ``user`` is another account than ours; ``stop`` the signal that ends it in good order."""

    name: str
    command: str
    user: str = ""
    stop: str = "TERM"
    environment: dict[str, str] = field(default_factory=dict)
    directory: Path = PROJECT


def postgres_binaries() -> Path:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name))
    if not found:
        raise StepError("PostgreSQL is not installed", "Run ./portal up: it installs it.")
    return found[-1].parent


def postgres_account() -> str:
    """Return the account PostgreSQL runs as: it refuses root (``initdb`` and ``postgres`` both)."""
    return "postgres" if os.geteuid() == 0 else ""


def postgres_data(layout: Layout) -> Path:
    """Return the database's folder: in the state, unless PostgreSQL's account cannot reach it there.

    A checkout in a home folder of mode 700 is such a case; then it is under /var/lib, named after the state's path.
    """
    account = postgres_account()
    inside = layout.state / "postgresql"
    if not account or inside.exists():
        return inside
    reach = subprocess.run(["runuser", "-u", account, "--", "test", "-x", str(layout.state)], check=False)
    if reach.returncode == 0:
        return inside
    return Path("/var/lib") / ("eurometropool-portal" + str(layout.state).replace("/", "-"))


def definitions(settings: Settings, *, volatile: bool = False) -> list[Service]:
    """Return all services. ``volatile`` (for tests) lets PostgreSQL skip what only a power cut needs."""
    layout, ports = settings.layout, settings.ports
    binaries = layout.venv / "bin"
    quick = " -c fsync=off -c full_page_writes=off -c synchronous_commit=off" if volatile else ""
    database = (
        f"{postgres_binaries()}/postgres -D {postgres_data(layout)} -p {ports['postgresql']} "
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=192MB -c max_connections=100 "
        f"-c logging_collector=off{quick}"
    )
    solr = (
        f"java -Xms256m -Xmx512m -Dsolr.solr.home={layout.state}/solr -Dsolr.install.dir={layout.solr} "
        f"-Dsolr.log.dir={layout.logs} -Dsolr.port={ports['solr']} -Dlog4j2.level=WARN -cp {layout.solr}/* "
        f"org.eclipse.jetty.xml.XmlConfiguration {PROJECT}/config/solr/jetty.xml"
    )
    ini = {"CKAN_INI": str(layout.ini), "OMP_NUM_THREADS": "1"}
    return [
        Service("postgresql", database, postgres_account(), "INT"),
        Service("redis", f"redis-server {layout.state}/redis.conf"),
        Service("solr", solr),
        Service(
            "web",
            f"{binaries}/granian --interface wsgi --host 127.0.0.1 --port {ports['web']} --workers 2 "
            "--blocking-threads 4 --backpressure 64 --respawn-failed-workers --no-ws operations.wsgi:application",
            environment=ini,
        ),
        Service(
            "worker", f"{binaries}/ckan -c {layout.ini} jobs worker default harvest tables quality", environment=ini
        ),
        Service("clock", f"{binaries}/ckan -c {layout.ini} harvesters watch", environment=ini),
        Service("replay", _replay(settings)),
        Service(
            "biker",
            f"{binaries}/python -m biker --portal {settings.url} --port {ports['biker']}",
            directory=PROJECT / "apps" / "biker",
        ),
    ]


def _replay(settings: Settings) -> str:
    words = [str(settings.layout.python), "-m", "ckanext.harvesters.replay", "--port", str(settings.ports["replay"])]
    return " ".join(words + settings.mode.replay_arguments)


class Supervisor:
    """Our supervisord: starts services, brings back killed ones, and is itself found again after any accident."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.conf = layout.run / "supervisord.conf"
        self.socket = layout.run / "supervisor.sock"

    def configure(self, services: Iterable[Service]) -> None:
        """Write supervisord's configuration."""
        logs = self.layout.logs
        parts = [
            f"[unix_http_server]\nfile={self.socket}\nchmod=0600",
            f"[supervisord]\nlogfile={logs}/supervisord.log\nlogfile_maxbytes=5MB\nlogfile_backups=1\n"
            f"pidfile={self.layout.run}/supervisord.pid\nchildlogdir={logs}\nminfds=1024",
            "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
            f"[supervisorctl]\nserverurl=unix://{self.socket}",
        ]
        for service in services:
            environment = {MARK: str(self.layout.state), **service.environment}
            pairs = ",".join(f'{name}="{value}"' for name, value in environment.items())
            user = f"\nuser={service.user}" if service.user else ""
            parts.append(
                f"[program:{service.name}]\ncommand={service.command.replace('%', '%%')}\n"
                f"directory={service.directory}\n"
                f"environment={pairs}\nautostart=false\nautorestart=true\nstartsecs=1\nstartretries=20\n"
                f"stopsignal={service.stop}\nstopwaitsecs=30\nstopasgroup={str(not service.user).lower()}\n"
                f"killasgroup=true\nredirect_stderr=true\nstdout_logfile={logs}/{service.name}.log\n"
                f"stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=2{user}"
            )
        self.conf.write_text("\n\n".join(parts) + "\n")
        self.conf.chmod(0o600)

    def alive(self) -> bool:
        """Tell whether our supervisord answers."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except OSError:
                return False
        return True

    def launch(self) -> None:
        """Start supervisord, or let the running one read its configuration again.

        Raises ``StepError`` when it does not come up. What a killed supervisor left running is ended first: it would
        hold the ports and the database's lock.
        """
        if self.alive():
            self._control("reread")
            self._control("update")
            return
        self.sweep()
        command = [str(self.layout.venv / "bin" / "supervisord"), "-c", str(self.conf)]
        env = {key: value for key, value in os.environ.items() if not key.startswith("SUPERVISOR")}
        done = subprocess.run(
            command, capture_output=True, text=True, env=env | {MARK: str(self.layout.state)}, check=False
        )
        if done.returncode:
            raise StepError(
                f"The supervisor did not start: {done.stderr.strip()}", f"See {self.layout.logs}/supervisord.log"
            )
        wait(self.alive, 10, "the supervisor", self.layout.logs / "supervisord.log")

    def _control(self, *words: str) -> str:
        command = [str(self.layout.venv / "bin" / "supervisorctl"), "-c", str(self.conf), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def states(self) -> dict[str, str]:
        """Return each service's state in supervisord's words (RUNNING, STOPPED, BACKOFF…)."""
        if not self.alive():
            return {}
        return {words[0]: words[1] for line in self._control("status").splitlines() if len(words := line.split()) > 1}

    def running(self) -> set[str]:
        """Return the services that run."""
        return {name for name, state in self.states().items() if state in {"RUNNING", "STARTING"}}

    def start(self, *names: str) -> None:
        """Start those of the services that do not run."""
        running = self.running()
        due = [name for name in names if name not in running]
        if due:
            self._control("start", *due)

    def stop(self, *names: str) -> None:
        """Stop services and wait until they are down."""
        self._control("stop", *names)

    def restart(self, *names: str) -> None:
        """Stop and start services."""
        self._control("restart", *names)

    def shutdown(self) -> None:
        """Stop applications before data, then the supervisor, then whatever is left."""
        if self.alive():
            self._control("stop", *APPLICATION)
            self._control("stop", *DATA)
            self._control("shutdown")
            with contextlib.suppress(StepError):
                wait(lambda: not self.alive(), 10, "the supervisor", self.conf)
        self.sweep()
        if self.layout.run != self.layout.state / "run":
            shutil.rmtree(self.layout.run, ignore_errors=True)

    def leftovers(self) -> list[int]:
        """Return the processes that carry our mark in their environment."""
        needle = f"{MARK}={self.layout.state}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if needle in (entry / "environ").read_bytes() + b"\0":
                        found.append(int(entry.name))
        return found

    def sweep(self) -> None:
        """End the leftovers: first in good order, then by force."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for pid in self.leftovers():
                with contextlib.suppress(OSError):
                    os.kill(pid, sign)
            deadline = time.monotonic() + (8 if sign != signal.SIGKILL else 3)
            while self.leftovers() and time.monotonic() < deadline:
                time.sleep(0.1)
            if not self.leftovers():
                return


def wait(ready: Callable[[], bool], seconds: float, what: str, log: Path) -> None:
    """Wait until ``ready``. Raises ``StepError`` after ``seconds`` with the end of the log."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            tail = "\n    ".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
            raise StepError(
                f"{what} did not answer within {seconds:.0f} s:\n    {tail}",
                f"The whole log is {log}; then run it again.",
            )
        time.sleep(0.1)
