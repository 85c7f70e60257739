"""What a file tells about itself: format, columns, language, where and when it lies. Pure.

Every finding is a proposal that a steward accepts or not. A file is looked at within bounds: of text its first
`HEAD` bytes, of a workbook its first rows, of GeoJSON all of it up to `LONGEST_GEOJSON`.
"""

from __future__ import annotations

import csv
import json
import math
import mimetypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import IO, Any

from ckanext.oslo.forms.extent import Box, Point, extent_of, period_of, points_of
from ckanext.oslo.importing import csv_files, workbooks
from ckanext.oslo.importing.errors import SheetError
from ckanext.oslo.reading import format_of

HEAD = 1_000_000
LONGEST_GEOJSON = 20_000_000
MOST_ROWS = 2_000
MOST_COLUMNS = 200
LONGEST_NAME = 120


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


WORDS = {
    "nl": _listed(
        "de het een en van in op te voor met aan bij is zijn naam straat gemeente postcode plaats aantal datum jaar "
        "adres soort nummer omschrijving huisnummer wijk niet"
    ),
    "fr": _listed(
        "le la les des un une et du au aux en dans pour sur avec est sont nom rue commune code postal lieu nombre "
        "année adresse type numéro libellé quartier pas avenue"
    ),
    "en": _listed(
        "the a an and of in on to for with at is are name street town city postal place number date year "
        "address kind description not road"
    ),
}


@dataclass(frozen=True)
class Found:
    """What was found. ``rows`` is None when not all were counted.

    ``box`` is west, south, east, north in degrees; ``spots`` are all places in it, longitude first, where they are few;
    ``period`` is the first and last day (or year).
    """

    format: str | None = None
    media_type: str | None = None
    size: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    rows: int | None = None
    sheets: tuple[str, ...] = ()
    features: int | None = None
    box: Box | None = None
    spots: tuple[Point, ...] = ()
    period: tuple[str, str] | None = None
    language: str | None = None
    trouble: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it, without what was not found."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}


@dataclass
class _Table:
    """Rows while they are looked at."""

    columns: list[str]
    rows: list[Sequence[str]] = field(default_factory=list)


def look(name: str, file: IO[bytes]) -> Found:
    """Look at a file; what cannot be read says so in ``trouble`` and keeps the rest."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(HEAD)
    kind = format_of(name) or _kind_of(head)
    common: dict[str, Any] = {"format": kind, "media_type": mimetypes.guess_type(name)[0], "size": size}
    try:
        if kind == "CSV":
            return Found(**common, **_csv(head, whole=size <= HEAD))
        if kind == "XLSX":
            return Found(**common, **_workbook(file))
        if kind in ("GeoJSON", "JSON"):
            found = _geojson(file, size)
            return Found(**{**common, "format": "GeoJSON"}, **found) if found else Found(**common)
    except SheetError as error:
        return Found(**common, trouble=error.text)
    return Found(**common)


def _kind_of(head: bytes) -> str | None:
    start = head.lstrip()[:300]
    if start.startswith(b"{") and b"FeatureCollection" in head[:2000]:
        return "GeoJSON"
    return "PDF" if start.startswith(b"%PDF") else None


def _csv(head: bytes, *, whole: bool) -> dict[str, Any]:
    if not whole:
        head = head[: head.rfind(b"\n") + 1] or head
    text, encoding = csv_files.decode(head)
    delimiter = csv_files.delimiter_of(text)
    try:
        rows = [row for row in csv_files.rows_of(text, delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return {"encoding": encoding}
    if not rows:
        return {"encoding": encoding}
    table = _table(rows)
    return {
        "encoding": encoding.upper().replace("CP1252", "Windows-1252"),
        "delimiter": delimiter if len(table.columns) > 1 else None,
        "rows": len(table.rows) if whole else None,
        **_of_table(table, whole=whole),
    }


def _workbook(file: IO[bytes]) -> dict[str, Any]:
    with workbooks.opened(file) as book:
        names = tuple(str(name)[:LONGEST_NAME] for name in book.sheetnames[:50])
        sheet = book.worksheets[0] if book.worksheets else None
        rows: list[list[str]] = []
        for cells in islice(sheet.iter_rows(values_only=True), MOST_ROWS) if sheet else ():
            row = ["" if cell is None else str(cell) for cell in cells[:MOST_COLUMNS]]
            if any(row):
                rows.append(row)
    return {"sheets": names, **(_of_table(_table(rows), whole=len(rows) < MOST_ROWS) if rows else {})}


def _table(rows: Sequence[Sequence[str]]) -> _Table:
    """Take the first row that is as wide as most for the names of the columns: a title may stand above."""
    width = Counter(len(row) for row in rows[:100]).most_common(1)[0][0]
    start = next(number for number, row in enumerate(rows) if len(row) >= width)
    columns = [str(name).strip()[:LONGEST_NAME] for name in rows[start][:MOST_COLUMNS]]
    return _Table(columns, list(rows[start + 1 :]))


def _of_table(table: _Table, *, whole: bool) -> dict[str, Any]:
    """Say what the rows tell; of a part of a file nothing that has to hold for all of it."""
    extent = extent_of(points_of(table.columns, table.rows))
    return {
        "columns": tuple(table.columns),
        "box": extent.box,
        "spots": extent.spots if whole else (),
        "period": period_of(table.columns, table.rows) if whole else None,
        "language": language_of([*table.columns, *(cell for row in table.rows[:300] for cell in row)]),
    }


def _geojson(file: IO[bytes], size: int) -> dict[str, Any] | None:
    if size > LONGEST_GEOJSON:
        return {}
    file.seek(0)
    try:
        content = json.loads(file.read())
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("type") not in ("FeatureCollection", "Feature"):
        return None
    features = content.get("features") if content["type"] == "FeatureCollection" else [content]
    features = [one for one in features if isinstance(one, dict)] if isinstance(features, list) else []
    names: dict[str, None] = {}
    said: list[str] = []
    for one in features[:300]:
        properties = one.get("properties")
        if isinstance(properties, dict):
            names.update(dict.fromkeys(str(name)[:LONGEST_NAME] for name in properties))
            said += [value for value in properties.values() if isinstance(value, str)]
    extent = extent_of(point for one in features for point in _coordinates(one.get("geometry")))
    return {
        "features": len(features),
        "columns": tuple(islice(names, MOST_COLUMNS)),
        "box": extent.box,
        "spots": extent.spots,
        "language": language_of([*names, *said]),
    }


def _coordinates(geometry: Any) -> Iterator[tuple[float, float]]:
    """Yield every position of a geometry, without recursion: a hostile file nests as deep as it likes."""
    waiting = [geometry]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [one.get("coordinates"), one.get("geometries")]
        elif isinstance(one, list) and one:
            if len(one) >= 2 and all(isinstance(part, int | float) and math.isfinite(part) for part in one[:2]):
                yield float(one[0]), float(one[1])
            else:
                waiting += one


def language_of(texts: Iterable[str]) -> str | None:
    """Give the language that clearly more words belong to than to any other, else None."""
    counts: Counter[str] = Counter()
    for text in texts:
        for word in re.findall(r"[^\W\d_]+", text.casefold()):
            counts.update(language for language, known in WORDS.items() if word in known)
    ranked = [*counts.most_common(2), ("", 0), ("", 0)]
    (first, most), (_second, next_most) = ranked[0], ranked[1]
    return first if most >= 3 and most >= 2 * next_most else None
