"""`./portal` itself, as a person or a script types it, on a portal of its own with all its services."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.services import APPLICATION, DATA
from tests.running_portal import RunningPortal

SERVICES = (*DATA, *APPLICATION)
SOURCES = {
    "datagouv": "udata",
    "datavindplaats": "datavindplaats",
    "departement-wse": "opendatasoft",
    "gent": "opendatasoft",
    "geo2france": "csw",
    "hauts-de-france": "csw",
    "mel": "csw",
    "metawal": "csw",
    "odwb": "opendatasoft",
    "transport-data-gouv-fr": "transport",
    "transportdata": "ckan_api",
    "walstat": "dcat",
}
#: Fewest sample datasets of a source that has fewer than the regions' great portals.
FEWER = {"departement-wse": 6, "gent": 5, "geo2france": 3, "hauts-de-france": 3, "mel": 12, "metawal": 4,
         "transport-data-gouv-fr": 12, "transportdata": 11, "walstat": 12}  # fmt: skip
COUNTS = ("seen", "added", "updated", "unchanged", "failed", "deleted", "out_of_scope", "gone")
PATIENCE = 120  # seconds; a machine that runs other tests besides is slow


def until(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)


def lives(pid: int) -> bool:
    """Tell whether a process runs: one that was killed stays listed until somebody asks how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_up(portal: RunningPortal) -> dict[str, int]:
    """Wait until every service runs, and return the process of each.

    One may end because another did: RQ's worker does when it loses Redis in the middle of a job.
    """
    until(lambda: portal.processes().keys() == set(SERVICES), "not every service came back")
    return portal.processes()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status == 200
    except OSError:
        return False


def harvested(portal: RunningPortal) -> dict[str, tuple[str, str]]:
    """Return id → (guid, row version) of what was harvested."""
    query = "SELECT id, extras->>'guid', xmin::text FROM package WHERE extras ? 'guid'"
    return {key: (guid, version) for key, guid, version in portal.rows(query)}


def runs(portal: RunningPortal) -> int:
    return portal.rows("SELECT count(*) FROM harvest_run")[0][0]


def assert_sources(sources: list[dict]) -> None:
    assert {source["name"]: source["protocol"] for source in sources} == SOURCES
    for source in sources:
        assert set(source) == {"name", "protocol", "last_run"}
        assert set(source["last_run"]) == {"status", "started", "seconds", *COUNTS}
        assert source["last_run"]["status"] == "finished"
        assert all(isinstance(source["last_run"][count], int) for count in COUNTS)


# What scripts rely on: docs/commands.md.


def test_status_is_the_one_document_that_was_promised(running: RunningPortal) -> None:
    result = running.done("status", "--json")
    status = json.loads(result.stdout)
    assert set(status) == {"url", "services", "datasets", "sources"}
    assert status["services"] == dict.fromkeys(SERVICES, "up")
    assert answers(status["url"])
    assert set(status["datasets"]) == {"total", "by_source", "by_type", "by_region"}
    assert set(status["datasets"]["by_source"]) == set(SOURCES)
    assert set(status["datasets"]["by_region"]) == {"vlaanderen", "wallonie", "hauts-de-france"}
    assert sum(status["datasets"]["by_type"].values()) == status["datasets"]["total"]
    assert_sources(status["sources"])


def test_every_region_has_its_25_samples(running: RunningPortal) -> None:
    counts = running.status()["datasets"]["by_source"]
    assert all(counts[name] >= FEWER.get(name, 25) for name in SOURCES)


def settled(running: RunningPortal) -> dict[str, tuple[str, str]]:
    """Return what was harvested when the worker has loaded the tables, which changes their datasets once more."""
    rows, until = harvested(running), time.monotonic() + 120
    while time.monotonic() < until:
        time.sleep(5)
        before, rows = rows, harvested(running)
        if rows == before:
            break
    return rows


def test_a_second_up_does_nothing(running: RunningPortal) -> None:
    running.done("up")  # whatever was changed in the code since the first
    rows = settled(running)
    processes, count = running.processes(), runs(running)
    result = running.done("up")
    assert "…" not in result.stderr, "a step was done again"
    assert "Harvesting" not in result.stderr
    assert running.processes() == processes
    assert harvested(running) == rows
    assert runs(running) == count


def test_a_dry_run_tells_what_would_change_and_writes_nothing(running: RunningPortal) -> None:
    rows, count = harvested(running), runs(running)
    found = json.loads(running.done("harvest", "--dry-run", "--json").stdout)
    assert {source["name"] for source in found["sources"]} == set(SOURCES)
    assert harvested(running) == rows
    assert runs(running) == count


def test_a_harvest_of_the_unchanged_portals_writes_no_dataset_and_ends_with_the_sources(running: RunningPortal) -> None:
    rows = harvested(running)
    found = json.loads(running.done("harvest", "--json").stdout)
    assert_sources(found["sources"])
    for source in found["sources"]:
        last = source["last_run"]
        assert last["unchanged"] + last["out_of_scope"] == last["seen"] > 0
    assert harvested(running) == rows


def test_a_harvest_for_a_person_tells_how_far_it_is(running: RunningPortal) -> None:
    result = running.done("harvest")
    for source in SOURCES:
        assert f"{source}: finished" in result.stderr


def test_a_source_that_does_not_exist_is_told_and_fails(running: RunningPortal) -> None:
    result = running("harvest", "nowhere", "--json")
    assert result.returncode != 0
    assert "nowhere" in result.stderr
    assert result.stdout == ""


def test_logs_are_shown_and_named(running: RunningPortal) -> None:
    assert "==> " in running.done("logs").stdout
    running.done("logs", "worker")
    result = running("logs", "nonesuch")
    assert result.returncode == 1
    assert "worker" in result.stderr


def test_reset_asks_and_without_an_answer_deletes_nothing(running: RunningPortal) -> None:
    rows = harvested(running)
    result = running("reset")
    assert result.returncode == 1
    assert "--yes" in result.stderr
    assert harvested(running) == rows


# Accidents.


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_service_comes_back(running: RunningPortal, service: str) -> None:
    before = all_up(running)
    os.kill(before[service], signal.SIGKILL)
    until(lambda: running.processes().get(service, before[service]) != before[service], f"{service} stays away")
    until(lambda: answers(f"{running.url}/dataset/?q=fiets"), f"no search page after {service} was killed")
    all_up(running)


def test_after_all_these_accidents_the_queue_works(running: RunningPortal) -> None:
    found = json.loads(running.done("harvest", "odwb", "--json").stdout)
    assert [source["last_run"]["status"] for source in found["sources"]] == ["finished"]


def test_up_carries_on_when_the_supervisor_was_killed(running: RunningPortal) -> None:
    processes, rows, url = all_up(running), settled(running), running.url
    os.kill(int((running.layout.run / "supervisord.pid").read_text()), signal.SIGKILL)

    until(lambda: not running.supervisor.alive(), "the supervisor lives on")
    result = running("status", "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["url"] == url
    assert running.url == url, "asking for the status changed the ports"

    running.done("up")
    assert [name for name, pid in processes.items() if lives(pid)] == []
    assert set(running.processes()) == set(SERVICES)
    assert running.url == url
    assert answers(url)
    assert harvested(running) == rows


@pytest.fixture
def fresh() -> Iterator[RunningPortal]:
    """Return a portal that is not there yet."""
    portal = RunningPortal("interrupted")
    portal.done("reset", "--yes")
    yield portal
    portal.done("reset", "--yes")
    assert portal.supervisor.leftovers() == []


def interrupted(portal: RunningPortal, step: str, blow: Callable[[subprocess.Popen[bytes]], None]) -> tuple[int, str]:
    """Strike `up` a second after it has begun a step; return its exit status and what it said."""
    command = portal.command("up", "--samples", "--limit", "2")
    with subprocess.Popen(command, env=portal.env, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stderr
        said = b""
        while step.encode() not in said:
            assert select.select([process.stderr], [], [], PATIENCE)[0], f"`up` says no more: {said.decode()}"
            part = os.read(process.stderr.fileno(), 4096)
            assert part, f"`up` ended before {step}: {said.decode()}"
            said += part
        time.sleep(1)
        blow(process)
        # A program that outlives a killed `up` keeps the pipe open: what it says is not waited for.
        status = process.wait(PATIENCE)
        os.set_blocking(process.stderr.fileno(), False)
        return status, (said + (process.stderr.read() or b"")).decode()


@pytest.mark.slow
def test_up_carries_on_wherever_it_was_interrupted(fresh: RunningPortal) -> None:
    status, said = interrupted(fresh, "Databases", lambda process: os.killpg(process.pid, signal.SIGINT))
    assert status == 130
    assert "carries on" in said

    # Only the command itself is killed: what it had started works on.
    status, _ = interrupted(fresh, "Databases", lambda process: process.kill())
    assert status == -signal.SIGKILL

    status, _ = interrupted(fresh, "Harvesting", lambda process: process.kill())
    assert status == -signal.SIGKILL

    fresh.done("up", "--samples", "--limit", "2")
    found = fresh.status()
    assert found["services"] == dict.fromkeys(SERVICES, "up")
    # One of the two samples of a source may be about elsewhere.
    assert {*found["datasets"]["by_source"]} == {*SOURCES}
    assert {*found["datasets"]["by_source"].values()} <= {1, 2}
    assert_sources(found["sources"])
