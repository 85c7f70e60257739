"""A worker of CKAN's job queue, as the portal runs it: a process of its own.

Not CKAN's `with_test_worker`, nor a worker within pytest: what a job forks there is a fork of a process with threads
(stand-in servers, pytest-xdist's), which may wait for ever for a lock that one of them held.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import ckan.plugins.toolkit as tk
from ckan import model

#: Seconds after which a worker that only empties a queue is killed, and its test fails.
LONGEST = 120


def work(queue: str, folder: Path, settings: Iterable[str]) -> None:
    """Let a worker do what is on the queue, then end.

    ``settings`` are the keys of CKAN's configuration that the test has changed: the worker gets their values in a file
    in ``folder``. Raises CalledProcessError or TimeoutExpired.
    """
    ini = folder / "worker.ini"
    lines = [f"{key} = {_written(tk.config[key])}" for key in settings]
    ini.write_text("\n".join(["[app:main]", f"use = config:{os.environ['CKAN_INI']}", *lines, ""]))
    command = ["ckan", "-c", str(ini), "jobs", "worker", "--burst", queue]
    subprocess.run(command, check=True, timeout=LONGEST)
    model.Session.remove()


def _written(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
