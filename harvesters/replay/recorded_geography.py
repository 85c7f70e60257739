"""Recorded ISO records, as their GeoNetworks wrote them, and which of them belongs to which catalogue.

The recordings lie in folders by where they were found, and some in two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ckanext.harvesters.replay.catalogue import Record

#: Portal → folders of its records.
FOLDERS = {
    "metawal": ("csw/gnui-dump", "wallonie-metawal/raw-records"),
    "mel": ("mel",),
    "geo2france": ("geo2france",),
    "hautsdefrance": ("csw/gnui-dump",),
}
#: What tells the records of a portal in a folder that holds several portals'.
_MARKS = {"metawal": b"wallonie.be", "hautsdefrance": b"hautsdefrance.fr"}
#: Records of a test suite that somebody edited.
_EDITED = ("_dummy", "generic-dataset")
_GUID = re.compile(
    r"<(?:\w+:)?(?:fileIdentifier|metadataIdentifier)\b.*?<(?:\w+:)?CharacterString[^>]*>\s*([^<\s]+)\s*<", re.DOTALL
)
_ISO = re.compile(rb"<(?:\w+:)?MD_Metadata\b")


def records(folder: Path, portal: str) -> dict[str, Record]:
    """Give the records of a portal, keyed by their identifier; empty when none is recorded."""
    found: dict[str, str] = {}
    for content in _contents(folder, portal):
        text = content.decode("utf-8")
        guid = _GUID.search(text)
        if guid:
            found.setdefault(guid[1], text)
    return {key: partial(_as_recorded, found[key]) for key in found}


def _contents(folder: Path, portal: str) -> Iterator[bytes]:
    for name in FOLDERS[portal]:
        for path in sorted((folder / name).glob("*.xml")):
            content = path.read_bytes()
            edited = any(mark in path.name for mark in _EDITED)
            if not edited and _ISO.search(content) and _MARKS.get(portal, b"") in content:
                yield content


def _as_recorded(text: str, _server: str) -> str:
    return text
