"""The rows of a sheet as dataset dicts, each cell where its column belongs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.oslo.importing import errors
from ckanext.oslo.importing.columns import FILE, Column, columns, find
from ckanext.oslo.importing.errors import SheetError
from ckanext.oslo.importing.sheets import Row
from ckanext.oslo.reading.errors import _

FORMULA = _("This cell holds a formula. Paste its result as a value.")
_APART = re.compile(r"\s*[;\n]\s*")
MOST_REPETITIONS = 50


@dataclass(frozen=True)
class Said:
    """One row: its number in the sheet, the dataset it describes, and the columns (by name) that hold formulas."""

    row: int
    dataset: dict[str, Any]
    formulas: tuple[str, ...] = field(default=())


def datasets(rows: Sequence[Row], schema: Mapping[str, Any]) -> list[Said]:
    """Read the sheet of a schema: a row of column names, perhaps a row of labels, then a dataset a row.

    :raises SheetError: columns are not known or stand there twice, or there is no dataset
    """
    if not rows:
        raise SheetError(errors.EMPTY)
    known = columns(schema)
    by_name = {column.name: column for column in known}
    header = _header(rows[0], known)
    body = rows[1:]
    if body and all(not cell or find(cell, known) for cell in body[0].cells):
        body = body[1:]  # the labels below the names of a template
    if not body:
        raise SheetError(errors.EMPTY)
    return [_dataset(row, header, by_name) for row in body]


def _header(row: Row, known: Sequence[Column]) -> dict[int, str]:
    header: dict[int, str] = {}
    unknown = []
    for place, cell in enumerate(row.cells):
        if not cell:
            continue
        name = find(cell, known)
        if name is None:
            unknown.append(cell[:60])
        elif name in header.values():
            raise SheetError(errors.TWICE, name=cell[:60])
        else:
            header[place] = name
    if unknown or not header:
        raise SheetError(errors.UNKNOWN_COLUMNS, names=", ".join(unknown[:10]))
    return header


def _dataset(row: Row, header: Mapping[int, str], known: Mapping[str, Column]) -> Said:
    dataset: dict[str, Any] = {}
    formulas = []
    for place, name in header.items():
        if place in row.formulas:
            formulas.append(name)
            continue
        text = row.cells[place] if place < len(row.cells) else ""
        if text:
            column = known.get(_first(name))
            _put(dataset, name, _APART.split(text.strip(" ;")) if column and column.is_list else text)
    for group in [name for name, value in dataset.items() if isinstance(value, dict) and all(map(_is_index, value))]:
        dataset[group] = [dataset[group][index] for index in sorted(dataset[group])]
    return Said(row.number, dataset, tuple(formulas))


def _first(name: str) -> str:
    """Give the name of the same column in the first repetition."""
    return "-".join("0" if part.isdigit() else part for part in name.split("-"))


def _put(dataset: dict[str, Any], name: str, value: Any) -> None:
    """Put a cell where its column belongs: ``contact-0-email`` into the first contact."""
    parts = name.split("-")
    target = dataset
    if len(parts) > 2 and parts[1].isdigit():
        if int(parts[1]) >= MOST_REPETITIONS:
            return
        target = dataset.setdefault(parts[0], {}).setdefault(int(parts[1]), {})
        parts = parts[2:]
    if len(parts) == 2:
        target.setdefault(parts[0], {})[parts[1]] = value
    else:
        target["-".join(parts)] = value


def _is_index(key: object) -> bool:
    return isinstance(key, int)


__all__ = ["FILE", "FORMULA", "Said", "datasets"]
