"""A spreadsheet as rows of text, whichever file it comes in. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from ckanext.oslo.importing import csv_files, errors, workbooks
from ckanext.oslo.importing.errors import SheetError

MOST_BYTES = 20_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 500


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its number as the spreadsheet program shows it, its cells, and which of them are formulas."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


def read(name: str, file: IO[bytes]) -> list[Row]:
    """Give the rows of a CSV file, or of a workbook's first sheet, that have anything in them.

    :raises SheetError: it is neither, or too large
    """
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise SheetError(errors.TOO_LONG, limit=MOST_BYTES // 1_000_000)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK"):
        rows = _of_workbook(file)
    elif name.lower().endswith((".csv", ".txt", ".tsv")):
        rows = _of_text(file.read())
    else:
        raise SheetError(errors.NOT_A_SHEET)
    return [row for row in rows if any(cell for cell in row.cells) or row.formulas]


def _of_text(content: bytes) -> list[Row]:
    text, _encoding = csv_files.decode(content)
    try:
        return [
            Row(
                number,
                tuple(cell.strip() for cell in _bounded(cells)),
                frozenset(place for place, cell in enumerate(cells) if is_formula(cell)),
            )
            for number, cells in _numbered(csv_files.rows_of(text, csv_files.delimiter_of(text)))
        ]
    except csv.Error as error:
        raise SheetError(errors.NOT_TEXT) from error


def _of_workbook(file: IO[bytes]) -> list[Row]:
    with workbooks.opened(file) as book:
        sheet = book.worksheets[0]
        rows = []
        try:
            for number, cells in _numbered(sheet.iter_rows()):
                bounded = _bounded(cells)
                rows.append(
                    Row(
                        number,
                        tuple(_shown(cell.value) for cell in bounded),
                        frozenset(place for place, cell in enumerate(bounded) if cell.data_type == "f"),
                    )
                )
        except (ValueError, KeyError, SyntaxError, TypeError) as error:
            raise SheetError(errors.NOT_A_WORKBOOK) from error
        return rows


def _numbered(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in enumerate(islice(rows, MOST_ROWS + 2), start=1):
        if number > MOST_ROWS + 1:
            raise SheetError(errors.TOO_MANY_ROWS, limit=MOST_ROWS)
        yield number, cells


def _bounded(cells: Sequence[Any]) -> Sequence[Any]:
    """Give the cells up to the last that has something: programs pad rows with thousands of empty ones."""
    filled = [place for place, cell in enumerate(cells) if getattr(cell, "value", cell) not in (None, "")]
    end = filled[-1] + 1 if filled else 0
    if end > MOST_COLUMNS:
        raise SheetError(errors.TOO_MANY_COLUMNS, limit=MOST_COLUMNS)
    return cells[:end]


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet program would calculate a cell of a CSV file instead of showing it."""
    return cell.lstrip("\t\r ").startswith("=") or cell.startswith(("\t", "\r"))


def _shown(value: object) -> str:
    """Write a cell as text: dates as ISO 8601, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
