"""What can be wrong with a spreadsheet as a whole. Each sentence is a message to translate."""

from __future__ import annotations

from ckanext.oslo.reading.errors import _


class SheetError(Exception):
    """The file cannot be used. ``text`` is to be translated, ``parts`` go into its placeholders."""

    def __init__(self, text: str, **parts: object) -> None:
        self.text = text
        self.parts = parts
        super().__init__(text.format(**parts))


NOT_A_SHEET = _("This is not a spreadsheet. Give an XLSX or CSV file.")
NOT_A_WORKBOOK = _("This file ends in .xlsx but is not a workbook, or is damaged. Save it again and retry.")
BOMB = _("This workbook unpacks to more than {limit} MB and is not opened.")
ENTITIES = _("This workbook declares XML entities, as no spreadsheet program does, and is not opened.")
TOO_LONG = _("This file is larger than {limit} MB. Split it.")
TOO_MANY_ROWS = _("This sheet has more than {limit} rows. Split it.")
TOO_MANY_COLUMNS = _("This sheet has more than {limit} columns.")
NOT_TEXT = _("This file is not text. Save it as CSV in UTF-8.")
EMPTY = _("There is no dataset in this sheet: fill in a row below the names of the columns.")
UNKNOWN_COLUMNS = _("These columns are not known: {names}. Take the names from the template.")
TWICE = _("The column {name} stands there twice.")
CHOOSE = _("Choose a file.")
MANY = _("Too many files wait to be saved. Save this dataset first.")
