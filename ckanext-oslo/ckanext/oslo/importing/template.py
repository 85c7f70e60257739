"""The sheet that stewards fill in: names of columns, their labels, drop-down lists in the reader's language. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ckanext.oslo import vocabularies
from ckanext.oslo.importing.columns import Column, columns
from ckanext.oslo.importing.sheets import MOST_ROWS

LISTS = "lists"
WIDTH = 28
"""Characters across a column."""
SEVERAL = {
    "nl": "Meer waarden: zet er puntkomma’s tussen. Wat er te kiezen valt, staat in het tweede blad.",
    "fr": "Plusieurs valeurs : séparez-les par des points-virgules. Les choix sont dans la deuxième feuille.",
    "en": "Several values: put semicolons between them. What there is to choose stands in the second sheet.",
}
TITLES = {"nl": "Datasets", "fr": "Jeux de données", "en": "Datasets"}
Words = Callable[[Any], str]


def workbook(schema: Mapping[str, Any], language: str, organizations: Sequence[str]) -> bytes:
    """Make the workbook of a schema in a language; ``organizations`` are the names its reader may add for."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("A new workbook has a sheet.")
    sheet.title = TITLES[language]
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "visible"
    known = columns(schema)
    for number, column in enumerate(known, start=1):
        _head(sheet, number, column, language)
        choices = organizations if column.name == "owner_org" else _choices(column, language)
        if choices:
            _offer(sheet, lists, number, column, choices)
    sheet.freeze_panes = "A3"
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[2].height = 34
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def comma_separated(schema: Mapping[str, Any]) -> bytes:
    """Make the same as CSV: one row with the names of the columns."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([column.name for column in columns(schema)])
    return text.getvalue().encode("utf-8-sig")


def _head(sheet: Worksheet, number: int, column: Column, language: str) -> None:
    put(sheet.cell(1, number), column.name)
    label = sheet.cell(2, number)
    put(label, column.labels[language] + (" *" if column.required else ""))
    label.font = Font(bold=True)
    label.fill = PatternFill("solid", fgColor="E6EDFA" if column.essential else "F3F4F2")
    label.alignment = Alignment(wrap_text=True, vertical="top")
    help_text = (column.field.get("help_text") or {}).get(language, "")
    note = " ".join(filter(None, (help_text, SEVERAL[language] if column.is_list and column.vocabulary else "")))
    if note:
        label.comment = Comment(note, "", width=300, height=120)
    sheet.column_dimensions[get_column_letter(number)].width = WIDTH


def _choices(column: Column, language: str) -> list[str]:
    if not column.vocabulary:
        return []
    return [concept.label(language) for concept in vocabularies.load(column.vocabulary).offered]


def _offer(sheet: Worksheet, lists: Worksheet, number: int, column: Column, choices: Sequence[str]) -> None:
    """Write the choices below each other in the sheet of lists, and let the cells choose from them.

    A spreadsheet chooses one value only; where several may stand, another text is no mistake.
    """
    place = (lists.max_column or 0) + (1 if lists.cell(1, 1).value else 0)
    letter = get_column_letter(place)
    put(lists.cell(1, place), column.name)
    for row, choice in enumerate(choices, start=2):
        put(lists.cell(row, place), choice)
    validation = DataValidation(
        type="list",
        formula1=f"'{LISTS}'!${letter}$2:${letter}${len(choices) + 1}",
        allow_blank=True,
        showErrorMessage=column.has_one_choice and not column.field.get("other_uris"),
    )
    sheet.add_data_validation(validation)
    own = get_column_letter(number)
    validation.add(f"{own}3:{own}{MOST_ROWS}")


def put(cell: Cell | Any, text: str) -> None:
    """Write a text as text: a name that begins with = must not become a formula in somebody's spreadsheet."""
    cell.value = text
    cell.data_type = "s"
    if text[:1] in "=+-@\t\r":
        cell.quotePrefix = True
