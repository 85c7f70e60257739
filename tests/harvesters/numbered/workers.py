"""Workers of the queue and the clock that tends it, in processes of their own, as an installation has them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from rq import Worker

PROGRAM = """
import json, os, sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config(os.environ["CKAN_INI"]))._wsgi_app
from ckan.lib.jobs import Worker
from ckan.plugins import toolkit
from ckanext.harvesters.engine import queue, run
toolkit.config.update(json.loads(sys.argv[2]))
# Ten seconds in an installation, where an index that is away stays away for a while.
run.PUT_OFF = 0.2
with app.test_request_context():
    print("ready", flush=True)
    if sys.argv[1] == "clock":
        queue.watch(every=0.5)
    else:
        Worker(["harvest"]).work()
"""

#: An installation's figures, scaled down: nothing of the kind is thirty seconds here.
QUICK = {"ckanext.harvesters.heartbeat": 1, "ckanext.harvesters.stale_after": 2, "ckanext.harvesters.step_seconds": 3}


#: How long they may take to be up (seconds), on a machine that runs other tests besides.
STARTING = 120


@contextmanager
def installation(workers: int, log: Path, options: Mapping[str, Any]) -> Iterator[list[int]]:
    """Start workers and a clock with these settings; give the workers' process ids, and end all of them.

    Nobody starts them again as an installation's supervisor does, so that they are given when all of them are up.
    """
    settings = {**QUICK, "ckanext.oslo.fetch.allow": tk.config["ckanext.oslo.fetch.allow"], **options}
    with ExitStack() as stack, log.open("ab") as said:
        started = []
        before = _ready(log)
        for what in (*["worker"] * workers, "clock"):
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, what, json.dumps(settings)],
                env=dict(os.environ),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            stack.callback(_end, process)
            started.append(process.pid)
        until = time.monotonic() + STARTING
        while _ready(log) < before + len(started):
            assert time.monotonic() < until, log.read_text(errors="replace")[-4000:]
            time.sleep(0.1)
        yield started[:workers]


def _ready(log: Path) -> int:
    return log.read_bytes().count(b"ready\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    # Stopped first: it must not start another one meanwhile.
    process.send_signal(signal.SIGSTOP)
    for one in (*descendants(process.pid), process.pid):
        kill(one)
    process.wait(timeout=60)
    # It could not take its leave; RQ would list it for seven minutes.
    for worker in Worker.all(connection=connect_to_redis()):
        if worker.pid == process.pid:
            worker.register_death()


def descendants(pid: int) -> list[int]:
    """Return the ids of a process' children and theirs, those that live now."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [one for child in map(int, children) for one in (child, *descendants(child))]


def kill(pid: int) -> bool:
    """Kill a process without a warning; tell whether it was there."""
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return False
    return True
