"""The invented records, as they stand in samples/*.yaml, and the rows of their files."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.oslo import quick_yaml

HERE = Path(__file__).parent / "samples"
FILES = HERE / "files"
REGIONS = ("flanders", "wallonia", "france")
#: The files of records: of the three regions' great portals, and of what publishes beside them.
COLLECTIONS = (*REGIONS, "opendatasoft", "walstat", "geography", "transportdata", "transport")

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS84 degrees."""


@dataclass(frozen=True)
class Place:
    """A municipality a sample is about: its key (``BE-34022``), its name in the portal's language, its box."""

    key: str
    name: str
    box: Box

    @property
    def code(self) -> str:
        """The NIS or INSEE code."""
        return self.key.partition("-")[2]


@dataclass(frozen=True)
class SampleFile:
    """A file of a sample: one served here (``name``), or an address elsewhere with its format as the portal says it."""

    name: str | None
    url: str | None
    format: str | None
    title: str | None

    def address(self, server: str) -> str:
        """Give the file's address, for a server at this one."""
        return f"{server}/files/{self.name}" if self.name else str(self.url).replace("{server}", server)


@dataclass(frozen=True)
class Sample:
    """One invented record. Texts by language; ``options`` holds what only one region's portal knows."""

    id: str
    language: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    publisher: str
    places: tuple[Place, ...]
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    frequency: str | None
    licence: str | None
    created: str
    modified: str
    period: tuple[str, str] | None
    files: tuple[SampleFile, ...]
    spatial: str
    options: Mapping[str, Any]

    @property
    def box(self) -> Box | None:
        """The box around all its places."""
        if not self.places:
            return None
        west, south, east, north = zip(*(place.box for place in self.places), strict=True)
        return min(west), min(south), max(east), max(north)


@cache
def samples(region: str) -> tuple[Sample, ...]:
    """Read the records of one of :data:`COLLECTIONS`."""
    document = quick_yaml.load((HERE / f"{region}.yaml").read_text(encoding="utf-8"))
    places = {key: Place(key, place["name"], tuple(place["box"])) for key, place in document["municipalities"].items()}
    notes = {document["language"]: document["note"].strip(), **document.get("notes", {})}
    return tuple(_sample(record, document["language"], notes, places) for record in document["records"])


def _sample(record: Mapping[str, Any], language: str, notes: Mapping[str, str], places: Mapping[str, Place]) -> Sample:
    description = _by_language(record["description"], language)
    return Sample(
        id=record["id"],
        language=language,
        title=_by_language(record["title"], language),
        description={code: f"{text}\n\n{notes[code]}" for code, text in description.items()},
        publisher=record["publisher"],
        places=tuple(places[key] for key in record["places"]),
        keywords=tuple(record["keywords"]),
        themes=tuple(record.get("themes", ())),
        frequency=record.get("frequency"),
        licence=record.get("licence"),
        created=str(record.get("issued") or record["created"]),
        modified=str(record["modified"]),
        period=(str(record["period"][0]), str(record["period"][1])) if "period" in record else None,
        files=tuple(
            SampleFile(file.get("file"), file.get("url"), file.get("format"), file.get("title"))
            for file in record.get("files", ())
        ),
        spatial=record.get("spatial", ""),
        options=record,
    )


def _by_language(text: str | Mapping[str, str], language: str) -> Mapping[str, str]:
    return {language: text} if isinstance(text, str) else text


def slug(text: str) -> str:
    """Give a name in the form of addresses: ASCII, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "-")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Read the rows of a sample file. Raises FileNotFoundError."""
    with (FILES / name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def columns(name: str) -> list[str]:
    """Name the columns of a sample file."""
    return list(rows(name)[0])


def value(text: str) -> str | int | float:
    """Read a cell: a number when it is written like one, except codes that begin with a zero."""
    if text.lstrip("-").replace(".", "", 1).isdigit() and (text[0] != "0" or text[:2] in {"0.", "0"}):
        return float(text) if "." in text else int(text)
    return text
