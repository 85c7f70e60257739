"""The command line of ``./portal``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from operations.layout import Layout
from operations.mode import Mode
from operations.portal import Portal
from operations.steps import StepError, say
from operations.testing import bench, test


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 only if all of it worked."""
    words = sys.argv[1:] if arguments is None else arguments
    # What follows these belongs to pytest or to CKAN, dashes and all.
    if words[:1] == ["test"]:
        return guarded(lambda: test(words[1:]))
    if words[:1] == ["ckan"]:
        return guarded(lambda: passthrough(words[1:]))
    options = parser().parse_args(words)
    return guarded(lambda: options.run(options))


def guarded(work) -> int:  # noqa: ANN001
    """Run ``work``; turn what went wrong into words and an exit status."""
    try:
        return work() or 0
    except StepError as error:
        say(f"\nStopped: {error}")
        if error.remedy:
            say(f"What to do: {error.remedy}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. The same command carries on from here.")
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    top = argparse.ArgumentParser(
        prog="./portal", description="The open-data portal of the Eurometropolis Lille–Kortrijk–Tournai."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="set up what is missing, start everything, harvest")
    feed = up.add_mutually_exclusive_group()
    feed.add_argument(
        "--samples", action="store_true", help="invented sample portals on this machine (the first time: the default)"
    )
    feed.add_argument("--live", action="store_true", help="the real portals of config/sources.yaml")
    feed.add_argument("--replay", metavar="DIR", help="recorded catalogues, served by stand-in portals on this machine")
    up.add_argument("--date", default="", help="with --replay: the state of that day (default: the newest)")
    up.add_argument("--limit", type=int, default=0, metavar="N", help="at most N records a source")
    up.add_argument("--polygons", default="", metavar="FILE", help="GeoJSON with the municipalities' polygons")
    up.set_defaults(run=run_up)

    install = commands.add_parser("install", help="only install packages and software, as docker/ does")
    install.set_defaults(run=lambda options: portal().install())

    for name, text, run in (
        ("down", "stop everything; data stay", lambda options: portal().down()),
        ("reset", "stop everything and delete this portal's data", run_reset),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        if name == "reset":
            command.add_argument("--yes", action="store_true", help="do not ask")

    status = commands.add_parser("status", help="services, sources, counts")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=run_status)

    harvest = commands.add_parser(
        "harvest",
        help="harvest now, and follow; `harvest remap SOURCE` maps kept records again, without fetching; "
        "`harvest preview SOURCE` shows the first records of a declared source, and saves nothing",
    )
    harvest.add_argument("sources", nargs="*", metavar="SOURCE")
    harvest.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    harvest.add_argument("--json", action="store_true")
    harvest.set_defaults(run=run_harvest)

    measure = commands.add_parser("bench", help="benchmarks, each against the stock way in the same run")
    measure.add_argument("name", nargs="?")
    measure.add_argument("--json", action="store_true")
    measure.add_argument("more", nargs=argparse.REMAINDER)
    measure.set_defaults(run=lambda options: bench(options.name, options.json, options.more))

    logs = commands.add_parser("logs", help="what the services say")
    logs.add_argument("service", nargs="?", help="one service; without it, all")
    logs.add_argument("-f", "--follow", action="store_true")
    logs.set_defaults(run=run_logs)

    # Handled before parsing; here for the help text.
    commands.add_parser("test", help="the whole test suite, on services of its own [pytest arguments]")
    commands.add_parser("ckan", help="a command of CKAN's, with this portal's configuration")
    return top


def portal() -> Portal:
    """Return the portal of this environment."""
    return Portal(Layout.from_environment())


def existing() -> Portal:
    """Return the portal, or tell the reader to set it up first."""
    found = portal()
    if not found.exists():
        raise StepError("There is no portal here yet", "Set it up: ./portal up")
    return found


def run_up(options: argparse.Namespace) -> int:
    """``./portal up``."""
    mode = None
    if options.replay:
        mode = Mode.replay(options.replay, options.date, options.limit, options.polygons)
    elif options.live or options.samples or options.limit or options.polygons:
        mode = Mode("live" if options.live else "samples", limit=options.limit, polygons=options.polygons)
    here = portal()
    settings = here.up(mode)
    say("")
    say(f"The portal runs: {settings.url}")
    say(f"  Sign in as `admin` or `steward`, password {settings.secrets['steward_password']}")
    say(f"  The bike app: http://127.0.0.1:{settings.ports['biker']}")
    say(f"  Data: {settings.mode.sentence}")
    print_status(status_of(here, settings.url))
    return 0


def status_of(here: Portal, url: str) -> dict:
    """Return the promised status document (docs/commands.md)."""
    services = here.services()
    document: dict = {
        "url": url,
        "services": services,
        "datasets": {"total": None, "by_source": {}, "by_type": {}, "by_region": {}},
        "sources": [],
    }
    if all(services[name] == "up" for name in ("postgresql", "redis", "solr")):
        document |= json.loads(here.ckan("harvesters", "status", "--json"))
    return document


def print_status(document: dict) -> None:
    """Show the status to a person, on stdout."""
    services = document["services"]
    down = [name for name, state in services.items() if state == "down"]
    print(f"  Services: {len(services) - len(down)} up" + (f", down: {', '.join(down)}" if down else ""))  # noqa: T201
    datasets = document["datasets"]
    if datasets["total"] is None:
        return
    kinds = ", ".join(f"{count} {name}" for name, count in datasets["by_type"].items())
    print(f"  Datasets: {datasets['total']}" + (f" ({kinds})" if kinds else ""))  # noqa: T201
    for source in document["sources"]:
        last = source["last_run"]
        words = "not harvested yet"
        if last:
            counts = ", ".join(f"{last[kind]} {kind}" for kind in ("seen", "added", "updated", "unchanged", "failed"))
            words = f"{last['status']}: {counts}, {last['seconds']} s"
        print(f"  Source {source['name']}: {words}")  # noqa: T201


def run_status(options: argparse.Namespace) -> int:
    """``./portal status``; exit status 1 when a service is down."""
    here = existing()
    document = status_of(here, here.settings().url)
    if options.json:
        print(json.dumps(document, indent=1))  # noqa: T201
    else:
        print(document["url"])  # noqa: T201
        print_status(document)
    return int("down" in document["services"].values())


def run_harvest(options: argparse.Namespace) -> int:
    """``./portal harvest``."""
    here = existing()
    flags = [*(["--dry-run"] if options.dry_run else []), *(["--json"] if options.json else [])]
    if options.sources[:1] in (["remap"], ["duplicates"]):
        return passthrough(["harvesters", *options.sources, *flags])
    if options.sources[:1] == ["preview"]:
        mode = here.settings().mode
        replay = [] if mode.live else ["--replay", here.settings().replay_url]
        return passthrough(["harvesters", *options.sources, *flags, *replay])
    return here.harvest([*options.sources, *flags])


def run_reset(options: argparse.Namespace) -> int:
    """``./portal reset``; asks first."""
    here = portal()
    if not options.yes:
        if not sys.stdin.isatty():
            raise StepError("reset deletes all data of this portal and asks first", "In a script: ./portal reset --yes")
        if input(f"Delete all data in {here.layout.state}? Type yes: ") != "yes":
            say("Nothing was deleted.")
            return 1
    here.reset()
    return 0


def run_logs(options: argparse.Namespace) -> int:
    """``./portal logs``."""
    here = existing()
    files = [here.layout.logs / f"{options.service}.log"] if options.service else sorted(here.layout.logs.glob("*.log"))
    if not files or not files[0].exists():
        names = ", ".join(sorted(file.stem for file in here.layout.logs.glob("*.log")))
        raise StepError(f"No log of {options.service}", f"There are: {names}")
    return subprocess.run(["tail", "-n", "40", *(["-f"] if options.follow else []), *files], check=False).returncode


def passthrough(words: list[str]) -> int:
    """``./portal ckan …``: replaces this process, so that signals and the terminal are CKAN's."""
    here = existing()
    binary = here.layout.venv / "bin" / "ckan"
    os.execv(binary, [str(binary), "-c", str(here.layout.ini), *words])  # noqa: S606
