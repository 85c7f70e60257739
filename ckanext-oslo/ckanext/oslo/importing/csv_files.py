"""CSV as spreadsheet programs write it in Dutch, French and English. Pure.

Excel writes ``;`` between cells and often Windows-1252 where the decimal sign is a comma; others write UTF-8 and ``,``.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from ckanext.oslo.importing import errors
from ckanext.oslo.importing.errors import SheetError

DELIMITERS = ";,\t|"
SAMPLE = 100
"""Rows that decide about what stands between cells."""
LONGEST_CELL = 1_000_000


def decode(content: bytes) -> tuple[str, str]:
    """Give the text and the name of its encoding: UTF-8, UTF-16 with its mark, else Windows-1252.

    :raises SheetError: it is no text
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        attempts = ("utf-16",)
    elif b"\x00" in content[:4096] or content.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b")):
        raise SheetError(errors.NOT_TEXT)
    else:
        attempts = ("utf-8-sig", "cp1252", "latin-1")
    for encoding in attempts:
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise SheetError(errors.NOT_TEXT)


def delimiter_of(text: str) -> str:
    """Find what stands between cells: what cuts most rows into the same number of them, the more the better."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in islice(rows_of(text, delimiter), SAMPLE) if row)
        except csv.Error:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (count / widths.total(), width) if width > 1 else (0.0, width)

    return max(DELIMITERS, key=score)


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """Give the rows; :raises csv.Error: a cell is longer than any is."""
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
