"""Spreadsheets as people, programs and enemies make them, as rows."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.oslo.importing import errors, sheets
from ckanext.oslo.importing.errors import SheetError


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return a workbook with one part more, or another in the place of one."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return changed.getvalue()


def read(name: str, content: bytes) -> list[sheets.Row]:
    return sheets.read(name, io.BytesIO(content))


def test_a_workbook_and_a_csv_file_say_the_same() -> None:
    expected = [("naam", "aantal"), ("Markt é", "4"), ("Station", "12")]
    said = [["naam", "aantal"], ["Markt é", 4], ["Station", 12.0]]
    assert [row.cells for row in read("a.xlsx", workbook(*said))] == expected
    for text in ("naam;aantal\nMarkt é;4\nStation;12\n", "naam,aantal\r\nMarkt é,4\r\n\r\nStation,12\r\n"):
        for encoding in ("utf-8-sig", "cp1252", "utf-16"):
            assert [row.cells for row in read("a.csv", text.encode(encoding))] == expected


def test_rows_keep_the_number_that_the_spreadsheet_program_shows() -> None:
    assert [row.number for row in read("a.csv", b"a;b\n\n;\n1;2\n")] == [1, 4]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_formulas_are_marked_and_never_calculated(name: str) -> None:
    formula = '=HYPERLINK("https://example.org";"klik")'
    content = workbook(["a", "b"], ["1", formula]) if name == "a.xlsx" else f"a\tb\n1\t{formula}\n".encode()
    header, row = read(name, content)
    assert (header.formulas, row.formulas) == (frozenset(), frozenset({1}))


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", b"\x00\x01\x02", errors.NOT_TEXT),
        ("a.csv", b"%PDF-1.7", errors.NOT_TEXT),
        ("a.pdf", b"%PDF-1.7", errors.NOT_A_SHEET),
        ("a.xlsx", b"PK\x03\x04 and nothing behind it", errors.NOT_A_WORKBOOK),
        ("a.xlsx", with_part(workbook(["a"]), "bomb.bin", b"0" * 150_000_000), errors.BOMB),
        ("a.xlsx", with_part(workbook(["a"]), "tight.bin", b"0" * 2_000_000), errors.BOMB),
        ("a.csv", b"a;" * 600, errors.TOO_MANY_COLUMNS),
        ("a.csv", b"a\n" * 6_000, errors.TOO_MANY_ROWS),
        ("a.csv", b"a" * 21_000_000, errors.TOO_LONG),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value)[:30],
)
def test_what_is_no_sheet_or_made_to_hurt_is_refused(name: str, content: bytes, text: str) -> None:
    with pytest.raises(SheetError) as caught:
        read(name, content)
    assert caught.value.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_the_workbook_is_opened(encoding: str) -> None:
    hostile = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'.encode(encoding)
    with pytest.raises(SheetError) as caught:
        read("a.xlsx", with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", hostile))
    assert caught.value.text == errors.ENTITIES


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["a.csv", "a.xlsx"]), st.binary(max_size=200), st.booleans())
def test_whatever_comes_is_rows_or_a_refusal(name: str, content: bytes, zipped: bool) -> None:  # noqa: FBT001
    try:
        rows = read(name, with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", content) if zipped else content)
    except SheetError:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row.cells)
