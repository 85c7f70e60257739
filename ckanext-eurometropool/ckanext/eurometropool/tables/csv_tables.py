"""A CSV file as people publish it to a table with typed columns. Pure.

Excel in Dutch and French writes ``;`` between fields, a comma before decimals, dates as 31/12/2026 and often Latin-1;
exports of portals write UTF-8 with ``,`` and ISO dates. Both are read, and what is not sure stays text: a postcode
``08500`` is no number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from ckanext.oslo.importing import csv_files
from ckanext.oslo.importing.errors import SheetError

SAMPLE = 200  # rows that decide where the header is, and how many blank ones may stand between
MOST_COLUMNS = 400  # PostgreSQL takes 1,600, a reader far fewer
LONGEST_NAME = 63  # bytes of a column's name in PostgreSQL

NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,17})(\.\d{1,30})?")
DECIMAL_COMMA = re.compile(r"[+-]?(0|[1-9]\d{0,17})(,\d{1,30})?")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?")
DAY_FIRST = re.compile(r"\d{1,2}/\d{1,2}/\d{4}( \d{2}:\d{2}(:\d{2})?)?")


class Trouble(StrEnum):
    """Why a file is no table. Stable: states refer to the values."""

    EMPTY = "empty"
    NOT_TEXT = "not-text"
    NOT_A_TABLE = "not-a-table"
    TOO_MANY_COLUMNS = "too-many-columns"


class NotATableError(Exception):
    """The file cannot be read as a table."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(f"The file cannot be read as a table: {trouble}")


@dataclass(frozen=True)
class Column:
    """A column: its name in the DataStore, its name in the file, its type (``text``, ``numeric``, ``timestamp``)."""

    name: str
    title: str
    type: str


@dataclass(frozen=True)
class Table:
    """A file as a table. Cells are None where empty, else text that PostgreSQL reads as the column's type."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    truncated: bool

    def records(self) -> Iterator[dict[str, str | None]]:
        """Give the rows as the DataStore takes them."""
        names = [column.name for column in self.columns]
        for row in self.rows:
            yield dict(zip(names, row, strict=True))


def read(content: bytes, most_rows: int) -> Table:
    """Read a CSV file. Raises NotATableError."""
    text = _text(content)
    try:
        rows = [
            row
            for row in islice(csv_files.rows_of(text, csv_files.delimiter_of(text)), most_rows + 1 + SAMPLE)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise NotATableError(Trouble.NOT_A_TABLE) from error
    if not rows:
        raise NotATableError(Trouble.EMPTY)
    width = _usual_width(rows)
    start = next(number for number, row in enumerate(rows) if len(row) >= width)  # a title may stand above the header
    header, body = rows[start], rows[start + 1 :]
    width = max(len(header), max((len(row) for row in body), default=0))
    if width > MOST_COLUMNS:
        raise NotATableError(Trouble.TOO_MANY_COLUMNS)
    kept = body[:most_rows]
    cells = [_padded(row, width) for row in kept]
    kinds = [kind_of([cell for row in cells if (cell := row[i]) is not None]) for i in range(width)]
    titles = [header[i].strip() if i < len(header) else "" for i in range(width)]
    columns = tuple(
        Column(name, title, kind.type) for name, title, kind in zip(names_of(titles), titles, kinds, strict=True)
    )
    written = tuple(
        tuple(None if cell is None else kind.write(cell) for cell, kind in zip(row, kinds, strict=True))
        for row in cells
    )
    return Table(columns, written, truncated=len(body) > most_rows)


def _text(content: bytes) -> str:
    try:
        text, _encoding = csv_files.decode(content)
    except SheetError as error:
        raise NotATableError(Trouble.NOT_TEXT) from error
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "{", "[")):
        raise NotATableError(Trouble.NOT_A_TABLE)
    return text.replace("\x00", "")


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows[:SAMPLE])
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _padded(row: Sequence[str], width: int) -> list[str | None]:
    cells: list[str | None] = [cell.strip() or None for cell in row]
    return cells + [None] * (width - len(cells))


def names_of(titles: Sequence[str]) -> list[str]:
    """Make names the DataStore takes: not empty, no leading underscore, no double quote, short, each its own."""
    names: list[str] = []
    taken: set[str] = set()
    for number, title in enumerate(titles, start=1):
        plain = " ".join("".join(c if c.isprintable() and c != '"' else " " for c in title).split()).lstrip("_")
        base = _shortened(plain, LONGEST_NAME - 5) or f"column_{number}"
        name, again = base, 2
        while name.lower() in taken:
            name, again = f"{base}_{again}", again + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _shortened(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").strip()


@dataclass(frozen=True)
class Kind:
    """A type of column, and how its cells are written for PostgreSQL."""

    type: str
    write: Callable[[str], str]


def _as_it_is(cell: str) -> str:
    return cell


def _with_point(cell: str) -> str:
    return cell.replace(",", ".")


def _day_first(cell: str) -> str:
    date, _, time = cell.partition(" ")
    day, month, year = date.split("/")
    return f"{year}-{month:0>2}-{day:0>2}{'T' if time else ''}{time}"


TEXT = Kind("text", _as_it_is)
KINDS = (
    (NUMBER, Kind("numeric", _as_it_is)),
    (DECIMAL_COMMA, Kind("numeric", _with_point)),
    (ISO, Kind("timestamp", _as_it_is)),
    (DAY_FIRST, Kind("timestamp", _day_first)),
)


def kind_of(cells: Sequence[str]) -> Kind:
    """Find the type that all cells of a column have; text where they do not agree or there are none."""
    if not cells:
        return TEXT
    for pattern, kind in KINDS:
        if all(pattern.fullmatch(cell) for cell in cells):
            return kind if kind.type != "timestamp" or all(_is_moment(kind.write(cell)) for cell in cells) else TEXT
    return TEXT


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).year >= 1
    except ValueError:
        return False
