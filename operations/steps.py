"""Steps: what is done once, what is shown while it is done, and what to do when it fails."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar


class StepError(Exception):
    """A step that could not be done. ``remedy`` tells the person at the keyboard what to do next."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


def say(text: str) -> None:
    """Write one line to stderr: stdout is kept for what a script reads."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def fingerprint(*parts: str | Path) -> str:
    """Hash texts and the contents of files (for a folder: of all its files), to tell whether a step is still good."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files: Iterable[Path] = sorted(part.rglob("*")) if part.is_dir() else [part]
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(str(file.relative_to(part) if part.is_dir() else file.name).encode())
                    digest.update(file.read_bytes())
        else:
            digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner reads, replacing the old one in one go."""
    fresh = file.with_name(file.name + ".new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(text)
    fresh.replace(file)


class Stamps:
    """Remembers which steps are done, and for which input.

    A stamp is written only after its step ended well, so that a step that was interrupted is done again.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[str, str]:
        """Return the stamps as written: name to fingerprint."""
        try:
            return json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def fresh(self, name: str, mark: str) -> bool:
        """Tell whether the step was already done for this very input."""
        return self.read().get(name) == mark

    def set(self, name: str, mark: str) -> None:
        """Write the stamp, atomically: a half-written file would undo all steps."""
        stamps = self.read() | {name: mark}
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(stamps, indent=1))
        fresh.replace(self.file)

    def once(self, name: str, mark: str, title: str, work: Callable[[], None]) -> bool:
        """Do ``work`` unless it was done for ``mark``; show a line; return whether it was done now."""
        if self.fresh(name, mark):
            return False
        with Progress(title):
            work()
        self.set(name, mark)
        return True


class Progress:
    """One line for one step, closed with the seconds it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> Progress:
        self.start = time.monotonic()
        sys.stderr.write(f"  {self.title} … ")
        sys.stderr.flush()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        outcome = "done" if kind is None else "failed"
        say(f"{outcome} ({time.monotonic() - self.start:.1f} s)")


class Turn:
    """A lock on a file, held for a ``with`` block by this process and by every program that ``run`` starts in it.

    After a ``kill -9`` such a program works on alone, say at the database's tables. The next ``up`` then waits here for
    it to end, instead of doing the same work beside it.
    """

    #: The open files that programs inherit.
    inherited: ClassVar[set[int]] = set()

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> Turn:
        self.handle = self.file.open("a")
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Waiting for another ./portal, or for what an interrupted one had started, to end")
            fcntl.flock(self.handle, fcntl.LOCK_EX)
        self.inherited.add(self.handle.fileno())
        return self

    def __exit__(self, *error: object) -> None:
        self.inherited.discard(self.handle.fileno())
        self.handle.close()


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
    remedy: str = "",
) -> str:
    """Run a program to its end and return its stdout; what it says goes to ``log``.

    Raises ``StepError`` with the program's last words when it fails.
    """
    words = [str(word) for word in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        kept = [*Turn.inherited]
        done = subprocess.run(
            words, input=stdin, capture_output=True, text=True, env=env, cwd=cwd, check=False, pass_fds=kept
        )
    except FileNotFoundError as missing:
        raise StepError(
            f"{words[0]} is not installed", remedy or "Run ./portal up: it installs what is missing."
        ) from missing
    with log.open("a") as out:
        out.write(f"$ {' '.join(words)}\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        last = "\n    ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-8:])
        raise StepError(
            f"{words[0]} ended with status {done.returncode}:\n    {last}", remedy or f"The whole output is in {log}"
        )
    return done.stdout
