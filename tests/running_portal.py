"""A portal that `./portal up` set up, with all its services: what browser tests walk and operations tests break.

It is an instance beside the one that the person at the keyboard may be running, and beside the test services.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from operations.layout import PROJECT, Layout
from operations.services import Supervisor
from operations.testing import KEEP, shared_folder

#: What `./portal test` sets for CKAN's fixtures; a portal of its own must not see it.
OF_THE_TESTS = ("CKAN_INI", "PORTAL_TEST_DATABASE", "PORTAL_URL")

#: Seconds after which a command of the portal is held to hang; setting one up takes five minutes on a busy machine.
LONGEST = 600


class RunningPortal:
    """`./portal` on one instance: call it with the words of a command. ``None`` is the portal of the environment."""

    def __init__(self, instance: str | None) -> None:
        self.env = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        if instance:
            self.env["PORTAL_INSTANCE"] = instance
        self.layout = Layout.from_environment(instance)
        self.supervisor = Supervisor(self.layout)

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, without a terminal; one that does not end fails the test with what it said."""
        # Files, not pipes: what a killed command has started keeps its pipes open.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            command = self.command(*words)
            try:
                streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
                status = subprocess.run(command, env=self.env, timeout=LONGEST, check=False, **streams).returncode
            except subprocess.TimeoutExpired:
                status = None
            for file in (out, err):
                file.seek(0)
            result = subprocess.CompletedProcess(command, -1 if status is None else status, out.read(), err.read())
        if status is None:
            pytest.fail(f"./portal {' '.join(words)} did not end in {LONGEST} s\n{result.stdout}\n{result.stderr}")
        return result

    def command(self, *words: str) -> list[str]:
        return [str(PROJECT / "portal"), *words]

    def done(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that has to end well."""
        result = self(*words)
        assert result.returncode == 0, f"./portal {' '.join(words)}\n{result.stdout}\n{result.stderr}"
        return result

    def status(self) -> dict[str, Any]:
        return json.loads(self("status", "--json").stdout)

    def processes(self) -> dict[str, int]:
        """Return the process of each service that runs."""
        command = [self.layout.venv / "bin" / "supervisorctl", "-c", self.supervisor.conf, "status"]
        lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
        found = (line.replace(",", "").split() for line in lines)
        return {words[0]: int(words[3]) for words in found if words[1:3] == ["RUNNING", "pid"]}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{json.loads((self.layout.state / 'ports.json').read_text())['web']}"

    @property
    def password(self) -> str:
        """The password of `admin` and `steward`."""
        return json.loads((self.layout.state / "secrets.json").read_text())["steward_password"]

    def setting(self, name: str) -> str:
        """Return a value of its CKAN configuration."""
        return setting(self.layout.ini, name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask its database."""
        connection = psycopg2.connect(self.setting("sqlalchemy.url"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            connection.close()


def setting(ini: Path, name: str) -> str:
    parser = configparser.RawConfigParser()
    parser.read(ini)
    return parser["app:main"][name]


@pytest.fixture(scope="session")
def running() -> Iterator[RunningPortal]:
    """Return a portal fed with the samples: one for the whole suite, set up from nothing when it is first asked for.

    ``PORTAL_KEEP_TEST_SERVICES`` leaves it up, and takes it as it is the next time.
    """
    portal = RunningPortal("tested")
    if not os.environ.get(KEEP):
        portal.done("reset", "--yes")
    polygons = shared_folder() / "geo" / "municipalities.geojson"
    portal.done("up", "--samples", *(["--polygons", str(polygons)] if polygons.exists() else []))
    yield portal
    if not os.environ.get(KEEP):
        portal.done("reset", "--yes")
