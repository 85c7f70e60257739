"""Software from the package registries: the virtual environment, Solr, and data packages."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from operations.layout import PROJECT, Layout
from operations.steps import Progress, Stamps, StepError, fingerprint, run

LOCK = PROJECT / "requirements.txt"
DATA_LOCK = PROJECT / "config" / "data-packages.txt"
POM = PROJECT / "config" / "solr" / "pom.xml"
JENA = PROJECT / "tests" / "jena" / "pom.xml"
ONLINE = "Is the machine online? Then run it again: it carries on where it stopped."


def ensure(layout: Layout) -> None:
    """Bring the downloaded software to what the lock files say. Safe to interrupt, and to run twice."""
    stamps = Stamps(layout.software / "stamps.json")
    log = layout.logs / "setup.log"
    jobs = {
        "Python packages": ("python", fingerprint(LOCK, DATA_LOCK, str(layout.venv)), lambda: _python(layout, log)),
        "Solr": ("solr", fingerprint(POM), lambda: _jars(POM, layout.solr, log)),
    }
    due = {title: job for title, job in jobs.items() if not stamps.fresh(job[0], job[1])}
    if due:
        with Progress(f"{' and '.join(due)} from their registries"), ThreadPoolExecutor() as pool:
            # Side by side: the one waits for the network while the other unpacks.
            for future in [pool.submit(work) for _, _, work in due.values()]:
                future.result()
        for name, mark, _ in due.values():
            stamps.set(name, mark)
    project = fingerprint(PROJECT / "setup.py", PROJECT / "pyproject.toml", str(PROJECT), _folders(), str(layout.venv))
    stamps.once("project", project, "This project's own packages", lambda: _project(layout, log))


def _folders() -> str:
    """Name the folders of packages: an editable install knows each by name."""
    roots = ("ckanext-oslo", "ckanext-eurometropool", "harvesters", "schemas")
    inits = (init.relative_to(PROJECT) for root in roots for init in (PROJECT / root).rglob("__init__.py"))
    return "\n".join(sorted(map(str, inits)))


def _pip(layout: Layout, log: Path, *words: str | Path) -> None:
    run([layout.python, "-m", "pip", "--disable-pip-version-check", "-q", *words], log, remedy=ONLINE)


def _python(layout: Layout, log: Path) -> None:
    # An environment whose making was interrupted may have its python already, but not pip.
    whole = [layout.python, "-m", "pip", "--version"]
    if not layout.python.exists() or subprocess.run(whole, capture_output=True, check=False).returncode:
        shutil.rmtree(layout.venv, ignore_errors=True)
        run([_system_python(), "-m", "venv", layout.venv], log)
    _pip(layout, log, "install", "--require-hashes", "-r", LOCK)
    layout.packages.mkdir(exist_ok=True)
    _pip(layout, log, "download", "--no-deps", "--require-hashes", "-r", DATA_LOCK, "-d", layout.packages)


def _system_python() -> str:
    python = shutil.which("python3")
    if not python:
        raise StepError("There is no python3", "As root: apt-get install python3")
    return python


def _project(layout: Layout, log: Path) -> None:
    _pip(layout, log, "install", "--no-deps", "--no-build-isolation", "-e", PROJECT)


def ensure_jena(layout: Layout) -> None:
    """Bring Apache Jena, with which the tests read exports, to what its pom says."""
    stamps = Stamps(layout.software / "stamps.json")
    log = layout.logs / "setup.log"
    stamps.once("jena", fingerprint(JENA), "Apache Jena", lambda: _jars(JENA, layout.jena, log))


def _jars(pom: Path, place: Path, log: Path) -> None:
    """Download what a pom names, and what that needs, into a folder of jar files."""
    fresh = place.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    # Maven writes beside its pom; the project's folder stays clean.
    shutil.copy(pom, fresh / "pom.xml")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
    cache = place.with_suffix(".maven")
    run(["mvn", "-q", "-B", f"-Dmaven.repo.local={cache}", "-f", fresh / "pom.xml", *goal], log, remedy=ONLINE)
    shutil.rmtree(cache)
    shutil.rmtree(place, ignore_errors=True)
    fresh.replace(place)
