"""Serve stand-in portals from the command line: ``python -m ckanext.harvesters.replay --samples``.

Prints one line when it answers (``ready http://127.0.0.1:8123 datavindplaats=28 odwb=28 …``), and ends on SIGTERM and
SIGINT with exit status 0. A mistake in the arguments or a port that is taken: exit status 2 and a line on stderr.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.portals import recorded_portals, sample_portals
from ckanext.harvesters.replay.server import Portal, ReplayServer

DESCRIPTION = "Serve stand-in portals on 127.0.0.1, from invented or recorded catalogues."


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, serve until told to end, and give the exit status."""
    options = _parser().parse_args(arguments)
    try:
        portals = _portals(options)
        server = ReplayServer(portals, options.port)
    except (OSError, ValueError) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        # From a thread of its own: the handler runs in the serving thread, which cannot wait for itself to stop.
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    print("ready", server.url, *map(_counted, portals), flush=True)
    server.serve_forever()
    return 0


def _portals(options: argparse.Namespace) -> list[Portal]:
    if options.snapshots is None:
        return sample_portals(options.limit)
    return recorded_portals(options.snapshots, options.date, options.limit)


def _counted(portal: Portal) -> str:
    catalogue = getattr(portal, "catalogue", None)
    return f"{portal.name}={len(catalogue)}" if isinstance(catalogue, Catalogue) else portal.name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ckanext.harvesters.replay", description=DESCRIPTION)
    content = parser.add_mutually_exclusive_group()
    content.add_argument("--samples", action="store_true", help="serve the invented records (the default)")
    content.add_argument("--snapshots", type=Path, metavar="DIR", help="serve the recorded catalogues of a folder")
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; 0, the default, takes a free one")
    parser.add_argument("--date", type=_date, help="state of the recordings: the newest not after this date")
    parser.add_argument("--limit", type=_count, metavar="N", help="at most N records a portal")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise ValueError
    return number


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2025-02-14")
    return text


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
