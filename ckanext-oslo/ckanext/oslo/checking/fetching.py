"""Fetching the official shapes: all files of a set or none, and the last good ones kept when the new are no good."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ckanext.oslo.checking import standards
from ckanext.oslo.checking.engine import Shapes
from ckanext.oslo.checking.errors import ShapesError
from ckanext.oslo.fetch import Client, FetchError


@dataclass(frozen=True)
class Fetched:
    """What became of one set. ``error`` is what a failure says, None when the files are new or as they were."""

    name: str
    changed: bool
    error: FetchError | ShapesError | None = None


def fetch_all(
    client: Client, folder: Path, names: tuple[str, ...] = (), sets: Iterable[standards.Official] = ()
) -> Iterator[Fetched]:
    """Fetch each set of official shapes into ``folder``; those of ``names``, or all. ``sets`` are others to fetch."""
    for official in sets or standards.OFFICIAL.values():
        if not names or official.name in names:
            yield _fetch(client, folder, official)


def _fetch(client: Client, folder: Path, official: standards.Official) -> Fetched:
    try:
        contents = {file: client.get(url).content for file, url in official.files.items()}
        Shapes(official.name, [triple for file, data in contents.items() for triple in standards.parsed(data, file)])
    except (FetchError, ShapesError) as error:
        return Fetched(official.name, changed=False, error=error)
    changed = False
    for file, data in contents.items():
        target = folder / file
        if target.is_file() and target.read_bytes() == data:
            continue
        _write(target, data)
        changed = True
    return Fetched(official.name, changed=changed)


def _write(target: Path, data: bytes) -> None:
    """Put a file in its place at once, so that nobody reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(target)
