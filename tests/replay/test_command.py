"""The command: one ready line, a clean end, a clear word about a mistake."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

COMMAND = [sys.executable, "-m", "ckanext.harvesters.replay"]


def start(*arguments: str) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    return process, process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_answers_and_ends_when_told(number):
    process, ready = start("--samples")
    try:
        word, url, *portals = ready.split()
        assert word == "ready"
        assert {"datavindplaats=28", "odwb=28", "datagouv=29", "files", "bikes"} <= set(portals)
        answer = httpx.get(f"{url}/odwb/api/explore/v2.1/catalog/datasets", trust_env=False)
        assert answer.json()["total_count"] == 28
    finally:
        process.send_signal(number)
        out, errors = process.communicate(timeout=10)
    assert (process.returncode, out, errors) == (0, "", "")


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process, ready = start("--port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, ready) == (2, "")
    assert "replay:" in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["--snapshots", "/no/such/folder"],
        ["--samples", "--snapshots", "."],
        ["--date", "yesterday"],
        ["--limit", "0"],
        ["--port", "99999"],
    ],
)
def test_a_mistake_in_the_arguments_is_told(arguments):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.snapshots
def test_recorded_catalogues_are_ready_soon(shared):
    began = time.monotonic()
    process, ready = start("--snapshots", str(shared / "snapshots"), "--date", "2025-02-14", "--limit", "1000")
    process.terminate()
    process.communicate(timeout=10)
    assert {"datavindplaats=1000", "odwb=995", "datagouv=400"} <= set(ready.split())
    assert time.monotonic() - began < 20
