from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.eurometropool.tables.csv_tables import NotATableError, Table, Trouble, names_of, read


def table(text: str | bytes, rows: int = 1_000) -> Table:
    return read(text.encode() if isinstance(text, str) else text, rows)


def types(found: Table) -> dict[str, str]:
    return {column.name: column.type for column in found.columns}


def test_export_of_a_portal_is_read_with_types():
    found = table("id,name,share,day\n1,Gent,0.5,2026-01-31\n22,Aalst,-3,2026-02-01\n")
    assert types(found) == {"id": "numeric", "name": "text", "share": "numeric", "day": "timestamp"}
    assert next(found.records()) == {"id": "1", "name": "Gent", "share": "0.5", "day": "2026-01-31"}


def test_excel_in_dutch_and_french_is_read_with_types():
    found = table("Gemeente;Aandeel;Datum\r\nKortrijk;12,5;31/12/2026\r\nMenen;7;1/2/2026 08:30\r\n".encode("cp1252"))
    assert types(found) == {"Gemeente": "text", "Aandeel": "numeric", "Datum": "timestamp"}
    assert list(found.rows) == [("Kortrijk", "12.5", "2026-12-31"), ("Menen", "7", "2026-02-01T08:30")]


@pytest.mark.parametrize(
    "content",
    [
        "ville;école\nArmentières;œuvre €\n".encode(),
        codecs.BOM_UTF8 + "ville;école\nArmentières;œuvre €\n".encode(),
        "ville;école\nArmentières;œuvre €\n".encode("cp1252"),
        "ville;école\nArmentières;œuvre €\n".encode("utf-16"),
    ],
)
def test_encodings_of_europe_are_understood(content: bytes):
    found = table(content)
    assert [column.name for column in found.columns] == ["ville", "école"]
    assert found.rows == (("Armentières", "œuvre €"),)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiter_is_what_cuts_rows_alike(delimiter: str):
    rows = [["a", "b", "c"], ["1", '"x, y; z"', "3"], ["4", "5", "6"]]
    found = table("\n".join(delimiter.join(row) for row in rows))
    assert [column.name for column in found.columns] == ["a", "b", "c"]
    assert found.rows[0][1] == "x, y; z"


@pytest.mark.parametrize("cell", ["08500", "1e5", "12.345,6", "+32 56 27 70 00", "2026-13-40", "30/02/2026", "NaN"])
def test_what_only_looks_like_a_number_or_date_stays_text(cell: str):
    found = table(f"x;y\n{cell};1\n")
    assert types(found)["x"] == "text"
    assert found.rows[0][0] == cell


def test_cells_that_would_be_formulas_are_data_like_any_other():
    assert table("a,b\n=HYPERLINK(1),@x\n").rows == (("=HYPERLINK(1)", "@x"),)


def test_rows_are_padded_and_wider_ones_get_columns():
    found = table("a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert [column.name for column in found.columns] == ["a", "b", "column_3"]
    assert found.rows == (("1", "2", None), ("3", None, None), ("4", "5", "6"), ("7", "8", None))


def test_title_above_the_header_is_skipped():
    found = table("Statistiek 2026\n\ncode;naam\n1;Menen\n2;Kortrijk\n")
    assert [column.name for column in found.columns] == ["code", "naam"]


def test_no_more_rows_than_asked_for_and_the_rest_is_said():
    text = "n\n" + "\n".join(str(n) for n in range(1, 101))
    assert (len(table(text, 10).rows), table(text, 10).truncated) == (10, True)
    assert (len(table(text, 100).rows), table(text, 100).truncated) == (100, False)


def test_names_fit_the_datastore():
    names = names_of(["_id", "", 'a"b', "A b", "é" * 60, "a b"])
    assert names[:4] == ["id", "column_2", "a b", "A b_2"]
    assert len(names[4].encode()) <= 63
    assert len({name.lower() for name in names}) == 6


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (b"\n\n;;\n", Trouble.EMPTY),
        (b"PK\x03\x04zip", Trouble.NOT_TEXT),
        (b"a\x00b" * 10, Trouble.NOT_TEXT),
        (b"<!doctype html><table>", Trouble.NOT_A_TABLE),
        (b'{"error": "gone"}', Trouble.NOT_A_TABLE),
        (",".join(str(n) for n in range(500)).encode(), Trouble.TOO_MANY_COLUMNS),
        (b'a,b\n"' + b"x" * 1_100_000, Trouble.NOT_A_TABLE),
    ],
)
def test_what_is_no_table_is_said(content: bytes, trouble: Trouble):
    with pytest.raises(NotATableError) as caught:
        read(content, 100)
    assert caught.value.trouble is trouble


@given(st.binary(max_size=300))
def test_no_bytes_escape_as_an_accident(content: bytes):
    try:
        found = read(content, 50)
    except NotATableError:
        return
    names = [column.name for column in found.columns]
    assert len(set(names)) == len(names)
    assert all(name and not name.startswith("_") and '"' not in name for name in names)
    assert all(len(row) == len(names) for row in found.rows)
