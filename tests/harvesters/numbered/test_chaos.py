"""Inputs 42 and 43, at random: processes of workers, of the index and of PostgreSQL are killed while sources are read.

CHAOS is how often (30), CHAOS_SEED begins the same chance again; both are printed (``-s``, or where it fails).
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import make_connection
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestJob, HarvestObject

from ckanext.harvesters.engine import jobs, runs
from ckanext.harvesters.engine.originals import HarvestOriginal
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestRecord, HarvestRun
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer
from tests.harvesters.engine.conftest import Portal, context, document, harvest, index, make_source, rows

from .workers import descendants, installation, kill

pytestmark = pytest.mark.usefixtures("with_plugins")

KILLS = int(os.environ.get("CHAOS", "30"))
SEED = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
SOURCES, RECORDS = 2, 10

#: The number of a source's first record: no record is two sources'.
FIRST = 100

#: Seconds between two kills, at most: a step that nobody disturbs takes two to four.
PAUSE = 1.5

#: Seconds that one kill may take on average before the test gives up: a worker that dies is missed after two.
PATIENCE = 6

Result = TypeVar("Result")

#: What differs between two runs that end alike: when it was, and the ids of files, which CKAN draws by lot.
ITS_OWN = {"metadata_created", "metadata_modified", "harvested", "created", "last_modified", "revision_id"}


def insisting(do: Callable[[], Result], seconds: float = 60) -> Result:
    """Do something with the database, again while it is away: whoever kills one of its processes stops all."""
    until = time.monotonic() + seconds
    while True:
        try:
            done = do()
            # Within: it ends a transaction, which fails as well when the database has gone since.
            model.Session.remove()
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.PendingRollbackError):
            model.Session().invalidate()
            model.Session.remove()
            ensure_engine().dispose()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return done


def work_horses(workers: list[int]) -> list[int]:
    """Return the processes that carry out a step."""
    return [horse for worker in workers for horse in descendants(worker)[:1]]


def indexers(workers: list[int]) -> list[int]:
    """Return the processes that index for those."""
    return [one for worker in workers for one in descendants(worker)[1:]]


def backends(_workers: list[int]) -> list[int]:
    """Return the processes of PostgreSQL that serve somebody else than this test."""
    query = sa.text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    return insisting(lambda: list(model.Session.execute(query).scalars()))


def victims(chance: random.Random, workers: list[int]) -> Iterator[tuple[str, int | None]]:
    """Yield what is to be killed next: a kind by chance, and of those that live one by chance, None if none does."""
    kinds = {"work horse": work_horses, "indexing process": indexers, "backend": backends}
    while True:
        (kind,) = chance.choices(list(kinds), (6, 5, 2))
        until = time.monotonic() + 3
        while not kinds[kind](workers) and time.monotonic() < until:
            time.sleep(0.02)
        # At any moment of its life, not always at the same.
        time.sleep(chance.uniform(0, PAUSE))
        found = sorted(kinds[kind](workers))
        yield kind, chance.choice(found) if found else None


def slay(pid: int, kind: str) -> bool:
    """End a process at once; tell whether it was there.

    PostgreSQL stops all its processes when one is killed. Those of the other lane are not this test's, so that beside
    one (and where PostgreSQL is another user's) a backend is ended by PostgreSQL itself.
    """
    if kind != "backend":
        return kill(pid)
    if "PYTEST_XDIST_WORKER" not in os.environ and _is_postgresql(pid):
        with suppress(PermissionError):
            return kill(pid)
    ended = sa.text("SELECT pg_terminate_backend(:pid)")
    return bool(insisting(lambda: model.Session.execute(ended, {"pid": pid}).scalar()))


def _is_postgresql(pid: int) -> bool:
    """Tell whether a process here is PostgreSQL's: one that runs elsewhere names other processes."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres:")
    except OSError:
        return False


def state() -> dict[str, Any]:
    """Return what the catalogue and the engine say in the end, whenever and in whatever order it was written."""
    tables = (HarvestRecord, HarvestOriginal)
    counts = {table.__tablename__: _count(table) for table in tables}
    counts["current"] = _count(HarvestObject, HarvestObject.current.is_(True))
    counts["unfinished"] = _count(HarvestObject, HarvestObject.state == "IMPORT")
    return {"datasets": {name: _without(_saved(name)) for name in rows()}, "counts": counts}


def _saved(name: str) -> dict[str, Any]:
    """Return a dataset as the database has it: by default CKAN shows what the index has, if it is as new."""
    return tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": name})


def found() -> dict[str, Any]:
    """Return the datasets as the index has them."""
    mine = f'+site_id:"{tk.config["ckan.site_id"]}" -dataset_type:harvest'
    documents = make_connection(decode_dates=False).search(mine, fl="name,validated_data_dict", rows=10_000)
    return {one["name"]: json.loads(one["validated_data_dict"]) for one in documents}


def versions(datasets: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return of each dataset which state of it this is: when it was modified, and what it says."""
    return {name: (one["metadata_modified"], one["notes"]) for name, one in datasets.items()}


def _without(said: Any, *, inside: bool = False) -> Any:
    if isinstance(said, dict):
        left = ITS_OWN | ({"id"} if inside else set())
        return {key: _without(value, inside=True) for key, value in said.items() if key not in left}
    if isinstance(said, list):
        return [_without(one, inside=inside) for one in said if not _is_object(one)]
    return said


def _is_object(said: Any) -> bool:
    """Tell whether this names a dataset's object of ckanext-harvest, whose ids are drawn by lot as well."""
    return isinstance(said, dict) and said.get("key") == "harvest_object_id"


def _count(table: Any, *where: Any) -> int:
    return model.Session.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()


class Work:
    """Jobs of several sources, each source's one after the other; every one finds every record changed."""

    def __init__(self, sources: Mapping[Registered, Portal]) -> None:
        self.sources = sources
        self.rounds = dict.fromkeys(sources, 0)
        self.jobs: dict[Registered, str] = {}

    def next(self, source: Registered) -> None:
        """Change what a portal has, and have it harvested."""
        self.rounds[source] += 1
        first = FIRST * list(self.sources).index(source)
        # Not the title: a dataset's name is made of its first, and stays.
        text = f"<p>État {self.rounds[source]}.</p>"
        self.sources[source].put(*(document(first + one, description=text) for one in range(RECORDS)))
        self.jobs[source] = insisting(lambda: jobs.create(source, enqueue=True))

    def all_next(self) -> None:
        """Do so with every source."""
        for source in self.sources:
            self.next(source)

    def done(self) -> list[Registered]:
        """Return the sources whose job has ended."""
        query = sa.select(HarvestJob.id).where(
            HarvestJob.id.in_(self.jobs.values()), HarvestJob.status.in_(("New", "Running"))
        )
        going = insisting(lambda: set(model.Session.execute(query).scalars()))
        return [source for source, job in self.jobs.items() if job not in going]

    def finish(self, seconds: float, log: Path) -> None:
        """Wait until every job has ended."""
        until = time.monotonic() + seconds
        while len(self.done()) < len(self.sources):
            assert time.monotonic() < until, f"jobs go on for ever\n{end_of(log)}"
            time.sleep(0.2)

    def ends(self) -> list[tuple[str, str | None]]:
        """Return how the runs of the jobs have ended, and why."""
        found = insisting(lambda: [(run.status, run.reason) for run in runs.of_jobs(self.jobs.values()).values()])
        return sorted(found, key=str)


def end_of(log: Path) -> str:
    """Return what the workers said last."""
    return log.read_text(errors="replace")[-5000:]


@pytest.fixture
def sources(portal, clean_db, clean_index, clean_queues) -> Iterator[dict[Registered, Portal]]:
    """Make sources, each with a portal of its own; no connection of this process outlives the database it led to."""
    with ExitStack() as stack:
        made = {}
        for number in range(SOURCES):
            odwb = Odwb(Catalogue(), quota=1_000_000)
            odwb.faults = Faults(delay=0.05)
            server = stack.enter_context(ReplayServer([odwb]))
            made[make_source(f"source-{number}", f"{server.url}/odwb")] = Portal(odwb, server)
        yield made
        model.Session.remove()
        ensure_engine().dispose()


@pytest.mark.slow
def test_42_whatever_is_killed_at_whatever_moment_the_end_is_that_of_an_undisturbed_run(sources, tmp_path) -> None:
    chance, log = random.Random(SEED), tmp_path / "workers.log"
    print(f"\nCHAOS={KILLS} CHAOS_SEED={SEED}")
    work, killed = Work(sources), Counter[str]()
    work.all_next()
    with installation(2, log, {"ckanext.harvesters.batch_size": 2, "ckanext.harvesters.step_seconds": 10}) as workers:
        begun = time.monotonic()
        for kind, pid in victims(chance, workers):
            killed[kind] += pid is not None and slay(pid, kind)
            if killed.total() >= KILLS:
                break
            assert time.monotonic() < begun + PATIENCE * KILLS, f"only {killed}\n{end_of(log)}"
            for source in work.done():
                work.next(source)
        seconds = time.monotonic() - begun
        work.finish(120, log)
        broken = Counter(work.ends())
        # A run may have been given up for the deaths of three workers at one place; the next one ends what it began.
        work.all_next()
        work.finish(120, log)
    print(f"{dict(killed)} in {seconds:.0f} s; {sum(work.rounds.values())} runs; those at hand then: {dict(broken)}")
    assert work.ends() == [("finished", None)] * SOURCES, end_of(log)
    assert not insisting(lambda: _count(HarvestRun, HarvestRun.status == "running"))
    disturbed, indexed = insisting(state), found()
    assert len(disturbed["datasets"]) == RECORDS * SOURCES
    assert versions(indexed) == versions({name: _saved(name) for name in disturbed["datasets"]})

    for source in sources:
        tk.get_action("harvest_source_clear")(context(), {"id": source.id})
    assert (rows(), index()) == ({}, {})
    for source in sources:
        assert harvest(source)["added"] == RECORDS
    undisturbed = state()
    assert disturbed["counts"] == undisturbed["counts"]
    for before, after in ((disturbed["datasets"], undisturbed["datasets"]), (indexed, found())):
        assert before.keys() == after.keys()
        for name, told in after.items():
            assert _without(before[name]) == _without(told)
