"""Opening an XLSX file that somebody sent: only after its archive was looked at. Pure.

An XLSX file is a ZIP of XML. A small one may unpack to gigabytes, or declare entities that grow; both are refused by
the archive's table of contents and the parts' first bytes, before the reader sees anything.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from ckanext.oslo.importing import errors
from ckanext.oslo.importing.errors import SheetError

MOST_UNPACKED = 100_000_000
"""Bytes of all parts together: a sheet of 100,000 rows and 20 columns unpacks to about 80 MB."""
MOST_PARTS = 2_000
MOST_TIMES = 200
"""How many times larger a part may be than it is packed; deflate reaches 1,032, sheets of text 10 to 40."""
SMALL = 1_000_000
"""Parts that unpack to less may be packed as tightly as they like."""
_PROLOGUE = 4_096

_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError, EOFError)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Workbook]:
    """Open a workbook for reading its cells; formulas come as they are written.

    :raises SheetError: it is none, or is made to hurt
    """
    _inspect(file)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions of Excel that hold no cells
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (*_BROKEN, SyntaxError) as error:  # lxml's errors of syntax are SyntaxErrors
        raise SheetError(errors.NOT_A_WORKBOOK) from error
    with closing(book):
        yield book


def _inspect(file: IO[bytes]) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            tight = [one for one in parts if one.file_size > SMALL and one.file_size > MOST_TIMES * one.compress_size]
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED or tight:
                raise SheetError(errors.BOMB, limit=MOST_UNPACKED // 1_000_000)
            for one in parts:
                if one.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(one) as part:
                        _demand_no_doctype(part.read(_PROLOGUE))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise SheetError(errors.NOT_A_WORKBOOK) from error


def _demand_no_doctype(start: bytes) -> None:
    """Refuse a DOCTYPE, in whatever encoding: without one there are no entities."""
    if b"<!DOCTYPE" in start.replace(b"\x00", b"").upper():
        raise SheetError(errors.ENTITIES)
