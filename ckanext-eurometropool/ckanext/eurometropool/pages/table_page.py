"""A table of the DataStore as its page shows it: sorted, filtered, page by page, and as a chart.

All that was chosen is in the address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit as tk
from flask import request

from ckanext.eurometropool.pages import cards, phrases
from ckanext.eurometropool.pages.files import type_name

ROWS = 25  # a page
COLUMNS = 30
BARS = 12
LAST_ROW = 100_000  # further on is for the API
#: Numbers that nobody compares: the last to be offered for a chart.
COORDINATES = {"lat", "lon", "latitude", "longitude", "x", "y"}
NUMBERS = ("int", "bigint", "numeric", "float")
#: The parameters of the address, apart from those of others.
NAMES = ("t_words", "t_column", "t_sort", "t_page", "t_label", "t_value")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Column:
    """A column: its name, what it holds in words, how it is sorted now, and the address that sorts by it."""

    name: str
    kind: str
    number: bool
    sorted: str
    url: str


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: its label, its number as written, and its length in percent of the longest."""

    label: str
    said: str
    share: int


@dataclass(frozen=True)
class Chart:
    """The rows with the largest numbers of one column, named by another."""

    label: str
    value: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class TablePage:
    """What the page shows. `trouble` says why there are no rows."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: int
    first: int
    words: str
    column: str
    sort: str
    previous: str
    following: str
    clear: str
    labels: Sequence[str]
    values: Sequence[str]
    chart: Chart | None
    trouble: str


def table_page(resource: Mapping[str, Any]) -> TablePage | None:
    """Gather what the page of a file shows of its table; None where the DataStore has none."""
    if not resource.get("datastore_active"):
        return None
    asked = {name: request.args.get(name, "").strip()[:200] for name in NAMES}
    try:
        fields = _fields(resource["id"])
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    numbers = sorted((name for name, kind in fields if kind.startswith(NUMBERS)), key=lambda name: name in COORDINATES)
    names = [name for name, _kind in fields]
    sort, down = asked["t_sort"].removesuffix(" desc"), asked["t_sort"].endswith(" desc")
    number = max(1, int(asked["t_page"])) if asked["t_page"].isdecimal() and len(asked["t_page"]) < 6 else 1
    start = min((number - 1) * ROWS, LAST_ROW)
    question = _filter(asked["t_words"], asked["t_column"] if asked["t_column"] in names else "")
    order = _order(sort, down=down) if sort in names else "_id"
    found, trouble = _search(resource["id"], {**question, "limit": ROWS, "offset": start, "sort": order})
    shown = [(name, kind) for name, kind in fields[:COLUMNS]]
    return TablePage(
        columns=[_column(name, kind, sort if sort in names else "", asked, down=down) for name, kind in shown],
        rows=[[_cell(row.get(name)) for name, _kind in shown] for row in found["records"]],
        total=found["total"],
        first=start + 1 if found["records"] else 0,
        words=asked["t_words"],
        column=asked["t_column"],
        sort=asked["t_sort"],
        previous=_address(asked, t_page=str(number - 1)) if number > 1 else "",
        following=_address(asked, t_page=str(number + 1)) if start + ROWS < min(found["total"], LAST_ROW) else "",
        clear=_address({"t_sort": asked["t_sort"]}) if asked["t_words"] else "",
        labels=[name for name in names if name not in numbers] or names,
        values=numbers,
        chart=_chart(resource["id"], question, asked, names, numbers),
        trouble=trouble,
    )


def _fields(resource_id: str) -> list[tuple[str, str]]:
    found = tk.get_action("datastore_search")({}, {"resource_id": resource_id, "limit": 0})
    return [(field["id"], field["type"]) for field in found["fields"] if field["id"] != "_id"]


def _search(resource_id: str, asked: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Ask the DataStore; what it does not take gives no rows and words for the reader."""
    try:
        return tk.get_action("datastore_search")({}, {"resource_id": resource_id, **asked}), ""
    except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized):
        return {"records": [], "total": 0}, tk._("The table cannot be sorted or filtered like this.")


def _filter(words: str, column: str) -> dict[str, Any]:
    """Give the question for rows that have all these words, or their beginnings, in a column or anywhere."""
    found = _WORD.findall(words)
    if not found:
        return {}
    text = " & ".join(f"{word}:*" for word in found)
    return {"q": {column: text} if column else text, "plain": False}


def _order(name: str, *, down: bool) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}" {"desc" if down else "asc"} nulls last'


def _column(name: str, kind: str, sort: str, asked: Mapping[str, str], *, down: bool) -> Column:
    state = "none" if name != sort else "descending" if down else "ascending"
    after = f"{name} desc" if state == "ascending" else name
    return Column(name, type_name(kind), kind.startswith(NUMBERS), state, _address(asked, t_sort=after, t_page=""))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _chart(
    resource_id: str,
    question: Mapping[str, Any],
    asked: Mapping[str, str],
    names: Sequence[str],
    numbers: Sequence[str],
) -> Chart | None:
    """Chart the rows with the largest numbers, when somebody chose a column of numbers and one of names."""
    label, value = asked["t_label"], asked["t_value"]
    if value not in numbers or label not in names:
        return None
    order = _order(value, down=True)
    fields = [name for name in names if name in (label, value)]
    found, trouble = _search(resource_id, {**question, "limit": BARS, "sort": order, "fields": fields})
    rows = [(_cell(row.get(label)), float(row[value])) for row in found["records"] if row.get(value) is not None]
    most = max((abs(number) for _name, number in rows), default=0)
    if trouble or not most:
        return None
    lang = cards.reader()
    bars = [Bar(name, phrases.number(number, lang), max(0, round(100 * number / most))) for name, number in rows]
    return Chart(label, value, bars)


def _address(asked: Mapping[str, str], **changed: str) -> str:
    kept = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"?{urlencode(kept)}#table"
