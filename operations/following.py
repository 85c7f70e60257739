"""A harvest followed in a terminal: a bar for each source, drawn over and over; plain lines anywhere else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

#: A line of ``ckan harvesters run``: "odwb: running, 50 of 120 seen in 2.5 s: 50 added".
_LINE = re.compile(
    r"(?P<source>[a-z0-9_-]+): (?P<status>running|finished|incomplete|failed|braked|interrupted)(?P<why> \(.*\))?, "
    r"(?P<seen>\d+)(?: of (?P<total>\d+))? seen(?P<rest>.*)"
)

#: Cells of a bar, and of what stands beside it when the terminal has room for less.
WIDEST, NARROWEST = 40, 10

_UP, _CLEAR = "\x1b[{lines}A", "\x1b[2K"


@dataclass(frozen=True)
class Step:
    """How far the harvest of one source is. ``total`` is None while nobody knows how many records there are."""

    source: str
    status: str
    seen: int
    total: int | None
    rest: str

    @classmethod
    def read(cls, line: str) -> Step | None:
        """Read a line of the command, None when it says something else."""
        found = _LINE.fullmatch(line.rstrip())
        if found is None:
            return None
        total = int(found["total"]) if found["total"] else None
        rest = f"{found['why'] or ''}{found['rest']}".strip()
        return cls(found["source"], found["status"], int(found["seen"]), total, rest)

    def drawn(self, names: int, columns: int) -> str:
        """Draw it in one line of at most ``columns`` cells; ``names`` is the width of the longest source's name."""
        done = self.status != "running"
        count = f"{self.seen}/{self.total}" if self.total else f"{self.seen}"
        said = f"{self.status}, {count}" + (f" {self.rest}" if self.rest else "")
        head = f"  {self.source:<{names}} "
        width = max(NARROWEST, min(WIDEST, columns - len(head) - len(said) - 3))
        share = self.seen / self.total if self.total else float(done and self.status == "finished")
        full = round(width * min(share, 1.0))
        return f"{head}[{'#' * full}{'.' * (width - full)}] {said}"[: max(columns - 1, 1)]


class Bars:
    """The bars of all sources, at the bottom of what a terminal shows; other lines pass above them."""

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal
        self.steps: dict[str, Step] = {}
        self._lines = 0

    def take(self, line: str) -> None:
        """Show a line of the command: as a bar, or as it is."""
        step = Step.read(line)
        above = "" if step else line.rstrip("\n") + "\n"
        if step:
            self.steps[step.source] = step
        columns = shutil.get_terminal_size().columns
        names = max((len(name) for name in self.steps), default=0)
        bars = [one.drawn(names, columns) for one in self.steps.values()]
        back = _UP.format(lines=self._lines) if self._lines else ""
        over = f"{_CLEAR}{above}" if above else ""
        self.terminal.write(back + over + "".join(f"{_CLEAR}{bar}\n" for bar in bars))
        self.terminal.flush()
        self._lines = len(bars)


def has_bars(terminal: TextIO) -> bool:
    """Tell whether bars can be drawn here: on a terminal that can move its cursor."""
    return terminal.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def follow(command: Sequence[str | Path], cwd: Path, stdout: int | IO[bytes] | None) -> int:
    """Run a harvest in the foreground, its progress on stderr; return its exit status."""
    if not has_bars(sys.stderr):
        return subprocess.run(command, cwd=cwd, stdout=stdout, check=False).returncode
    with subprocess.Popen(command, cwd=cwd, stdout=stdout, stderr=subprocess.PIPE, text=True, errors="replace") as run:
        draw(run.stderr or (), sys.stderr)
    return run.returncode


def draw(lines: Iterable[str], terminal: TextIO) -> None:
    """Draw the lines of a command as they come."""
    bars = Bars(terminal)
    for line in lines:
        bars.take(line)
