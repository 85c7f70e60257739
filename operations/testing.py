"""``./portal test`` and ``./portal bench``: on services of their own, beside a running portal."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from operations import debian, software
from operations.layout import PROJECT, Layout
from operations.mode import Mode
from operations.portal import Portal
from operations.settings import Settings, suffix_of
from operations.steps import StepError, say

KEEP = "PORTAL_KEEP_TEST_SERVICES"


def shared_folder() -> Path:
    """Return where recorded catalogues, shapes and polygons are: ``PORTAL_SHARED``, else beside the project."""
    return Path(os.environ.get("PORTAL_SHARED") or PROJECT.parent / "shared").resolve()


#: Two processes of tests, each with databases and an index of its own: what one waits for, the other uses.
LANES = 2


def prepare(lanes: int = 1) -> tuple[Portal, Settings]:
    """Start the test services and bring their databases up; return the portal they belong to and its settings."""
    # Java programs that live for minutes, Solr and Jena: its best compiler would take half a core until they end.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    here = Portal(Layout.from_environment("test"))
    here.install(*debian.TESTING)
    software.ensure_jena(here.layout)
    polygons = shared_folder() / "geo" / "municipalities.geojson"
    settings = here.starting(Mode(polygons=str(polygons) if polygons.exists() else ""))
    # Always the cores of all lanes: another list of cores would have the index made anew.
    here.start_data(settings, *(f"ckan{suffix_of(lane)}" for lane in range(1, LANES + 1)), volatile=True)
    for lane in range(1, lanes + 1):
        settings.write_ini(lane)
        here.prepare_ckan(settings, lane)
    return here, settings


def environment(here: Portal, settings: Settings) -> dict[str, str]:
    """Return what the tests find their services by."""
    return os.environ | {
        "CKAN_INI": str(here.layout.ini_of(1)),
        "PORTAL_TEST_DATABASE": settings.database("postgres"),
        "PORTAL_SHARED": str(shared_folder()),
        "PORTAL_SOFTWARE": str(here.layout.software),
        "PORTAL_JENA": str(here.layout.jena),
        "PATH": f"{here.layout.venv / 'bin'}:{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
    }


def test(arguments: list[str]) -> int:
    """Run pytest and return its exit status: the whole suite in lanes, side by side; what is named, one by one."""
    named = any(not argument.startswith("-") for argument in arguments)
    lanes = 1 if named else LANES
    here, settings = prepare(lanes)
    command = [here.layout.python, "-m", "pytest", f"--ckan-ini={here.layout.ini_of(1)}", *arguments]
    if lanes > 1:
        # A lane that dies ends the run: another one would have no databases.
        command += ["-n", str(lanes), "--no-loadscope-reorder", "--max-worker-restart=0"]
    try:
        return subprocess.run(command, cwd=PROJECT, env=environment(here, settings), check=False).returncode
    finally:
        if not os.environ.get(KEEP):
            here.down()


def bench(name: str | None, as_json: bool, more: list[str]) -> int:
    """Run one benchmark, or all; each prints its figures and the ratios to the stock way."""
    folder = PROJECT / "tests" / "benchmarks"
    known = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    if name and name not in known:
        raise StepError(f"There is no benchmark {name}", f"There are: {', '.join(known)}")
    here, settings = prepare()
    try:
        status = 0
        for each in [name] if name else known:
            say(f"Benchmark {each}")
            command = [here.layout.python, "-m", f"tests.benchmarks.{each}", *(["--json"] if as_json else []), *more]
            status |= subprocess.run(command, cwd=PROJECT, env=environment(here, settings), check=False).returncode
        return status
    finally:
        if not os.environ.get(KEEP):
            here.down()
