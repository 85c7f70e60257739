"""Files that were uploaded before their form was saved wait here: nothing chosen is lost when a form comes back.

One folder a user below CKAN's storage path; a file is known by a token that only its user can use. What nobody came
back for is thrown away after a day.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from werkzeug.datastructures import FileStorage

FOLDER = "oslo-waiting"
KEPT = 24 * 60 * 60
"""Seconds."""
MOST = 30
"""Files of one user at a time."""
_TOKEN = re.compile(r"[0-9a-f]{32}")
_CHUNK = 1 << 20


class WaitingError(Exception):
    """A file cannot wait here."""


class TooLargeError(WaitingError):
    """It is larger than a file may be."""


class TooManyError(WaitingError):
    """Its user has too many waiting already."""


class NowhereError(WaitingError):
    """The portal has no place to keep files."""


@dataclass(frozen=True)
class Waiting:
    """A file that waits: its token, its name as its user gave it, its size in bytes."""

    token: str
    name: str
    size: int


class Room:
    """The waiting files of one user."""

    def __init__(self, storage: str | Path, user: str) -> None:
        """Take CKAN's storage path and the user's id; nothing is made on disk yet."""
        self.folder = Path(storage) / FOLDER / hashlib.sha256(user.encode()).hexdigest()[:32]

    def keep(self, file: IO[bytes], name: str, most_bytes: int) -> Waiting:
        """Keep a file, in pieces.

        :raises TooLargeError: it has more than ``most_bytes``; nothing is kept
        :raises TooManyError: the user has `MOST` files waiting
        """
        self._clear_old()
        if sum(1 for _ in self._kept()) >= MOST:
            raise TooManyError
        token = secrets.token_hex(16)
        place = self.folder / token
        place.mkdir(parents=True)
        size = 0
        try:
            with (place / "content").open("wb") as kept:
                while (piece := file.read(_CHUNK)) and size <= most_bytes:
                    size += len(piece)
                    kept.write(piece)
            _demand_size(size, most_bytes)
            found = Waiting(token, name[-200:] or "file", size)
            (place / "about.json").write_text(json.dumps({"name": found.name, "size": size}))
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return found

    def find(self, token: str) -> Waiting | None:
        """Give a waiting file, None when there is none of this token."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            about = json.loads((self.folder / token / "about.json").read_text())
        except (OSError, ValueError):
            return None
        return Waiting(token, str(about["name"]), int(about["size"]))

    @contextmanager
    def opened(self, token: str) -> Iterator[IO[bytes]]:
        """Open a waiting file. :raises FileNotFoundError: there is none of this token."""
        if not _TOKEN.fullmatch(token):
            raise FileNotFoundError(token)
        with (self.folder / token / "content").open("rb") as file:
            yield file

    def as_upload(self, waiting: Waiting) -> FileStorage:
        """Give a waiting file as CKAN's uploader takes one; it closes it."""
        return FileStorage(stream=(self.folder / waiting.token / "content").open("rb"), filename=waiting.name)

    def let_go(self, token: str) -> None:
        """Throw a file away that is saved, or that nobody wants."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self.folder / token, ignore_errors=True)

    def _kept(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (place for place in self.folder.iterdir() if _TOKEN.fullmatch(place.name))

    def _clear_old(self) -> None:
        for place in list(self._kept()):
            try:
                old = time.time() - place.stat().st_mtime > KEPT
            except OSError:  # another request has just thrown it away
                continue
            if old:
                shutil.rmtree(place, ignore_errors=True)


def _demand_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise TooLargeError
