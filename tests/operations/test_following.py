"""How ./portal shows a harvest in a terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.following import Step, draw

PROJECT = Path(__file__).resolve().parents[2]
LINES = [
    "odwb: running, 0 seen in 0.1 s\n",
    "2026-11-22 05:00:00 WARNI [ckan] something to know\n",
    "odwb: running, 60 of 120 seen in 2.5 s: 60 added\n",
    "datagouv: failed (unreachable: no answer), 0 seen in 5.0 s\n",
    "odwb: finished, 120 of 120 seen in 7.7 s: 120 added\n",
]


def screen(written: str) -> list[str]:
    """Play what was written on a screen of our own, and return its lines."""
    shown, row = [""], 0
    for part in re.findall(r"\x1b\[\d+A|\x1b\[2K|\n|[^\x1b\n]+", written):
        if part == "\n":
            row += 1
            shown += [""] * (row + 1 - len(shown))
        elif part == "\x1b[2K":
            shown[row] = ""
        elif part.startswith("\x1b["):
            row -= int(part[2:-1])
        else:
            shown[row] = part
    return shown


def test_each_source_has_one_bar_and_other_lines_stand_above(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    terminal = io.StringIO()
    draw(LINES, terminal)
    warning, odwb, datagouv, end = screen(terminal.getvalue())
    assert warning.endswith("something to know")
    assert odwb.startswith("  odwb     [####")
    assert odwb.endswith("] finished, 120/120 in 7.7 s: 120 added")
    assert "." not in odwb[: odwb.index("]")]
    assert datagouv.endswith("] failed, 0 (unreachable: no answer) in 5.0 s")
    assert end == ""


@pytest.mark.parametrize("line", LINES[1:2] + ["", "odwb: on the queue", "odwb: cleared"])
def test_other_lines_are_no_steps(line):
    assert Step.read(line) is None


@given(st.integers(0, 10**6), st.none() | st.integers(1, 10**6), st.integers(1, 300))
def test_a_bar_never_breaks_a_line(seen, total, columns):
    assert len(Step("odwb", "running", seen, total, "in 1 s").drawn(4, columns)) < max(columns, 2)


SAY = "import sys; sys.stderr.write('odwb: finished, 5 of 5 seen in 0.1 s\\n'); print('{}')"
FOLLOW = f"import sys; from operations.following import follow; from pathlib import Path; sys.exit(follow([sys.executable, '-c', {SAY!r}], Path('.'), None))"  # noqa: E501


def test_without_a_terminal_the_lines_are_plain():
    done = subprocess.run([sys.executable, "-c", FOLLOW], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("{}\n", "odwb: finished, 5 of 5 seen in 0.1 s\n")


def test_on_a_terminal_stdout_stays_as_it_is():
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run([sys.executable, "-c", FOLLOW], cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    drawn = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.stdout == b"{}\n"
    assert "[####" in drawn
    assert "finished, 5/5" in drawn
