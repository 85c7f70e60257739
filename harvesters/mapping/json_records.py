"""JSON as portals send it: parsed within limits, read by what a field should be, every surprise reported."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Problem, RecordError, SourceError, shorten

if TYPE_CHECKING:
    from ckanext.harvesters.mapping.draft import Draft

#: Longest description of one dataset (bytes). The largest real one met has 1.3 MB (data.gouv.fr, 3,000 resources).
RECORD_LIMIT = 20_000_000
_LONGEST_INTEGER = 30


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else math.inf


def parse(content: bytes) -> Any:
    """Parse JSON. NaN, Infinity and absurdly long integers come as floats that no getter takes for a number.

    Raises ValueError for anything that is not JSON in UTF-8, too deep, or a number Python refuses.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_int=_integer)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def parse_record(content: bytes) -> Mapping[str, Any]:
    """Parse the JSON object of one record. Raises `RecordError`."""
    if len(content) > RECORD_LIMIT:
        raise RecordError("record", f"{len(content)} bytes", Reason.TOO_LARGE)
    try:
        value = parse(content)
    except ValueError as error:
        raise RecordError("record", str(error), Reason.NOT_JSON) from error
    if not isinstance(value, dict):
        raise RecordError("record", value, Reason.WRONG_TYPE)
    return value


def write_record(value: Mapping[str, Any]) -> bytes:
    """Write one record of a page for `parse_record`: escaped, so that lone surrogates last until they are reported."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


class Fields:
    """A JSON object read by what its fields should be.

    A field that is missing or null is None or empty; one of another kind than the protocol says is left out and
    reported (``reason`` wrong-type) through ``draft.warn``. ``path`` names the object in reports.
    """

    def __init__(self, value: Mapping[str, Any], draft: Draft, path: str = "") -> None:
        self._value = value
        self._draft = draft
        self._path = path

    def name(self, key: str) -> str:
        """Return a field's name for a report."""
        return f"{self._path}.{key}" if self._path else key

    def text(self, key: str) -> str | None:
        """Read text; a number becomes its digits."""
        value = self._value.get(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return str(value)
        return self._wrong(key, value)

    def texts(self, key: str) -> list[str]:
        """Read a list of texts; one text alone is a list of one (Opendatasoft: null, "text" or ["text", …])."""
        value = self._value.get(key)
        if value is None:
            return []
        values = value if isinstance(value, list) else [value]
        found = [one for one in values if isinstance(one, str)]
        if len(found) < len(values):
            self._wrong(key, next(one for one in values if not isinstance(one, str)))
        return found

    def number(self, key: str) -> int | None:
        """Read a whole number of zero or more that fits PostgreSQL's bigint."""
        value = self._value.get(key)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
            self._draft.warn(self.name(key), value, Reason.BAD_NUMBER)
            return None
        return value

    def flag(self, key: str) -> bool:
        """Read a mark that is set by being there: true, a date, a non-empty text."""
        return bool(self._value.get(key))

    def object(self, key: str) -> Fields:
        """Read an object; none is an empty one."""
        value = self._value.get(key)
        if value is not None and not isinstance(value, dict):
            self._wrong(key, value)
        return Fields(value if isinstance(value, dict) else {}, self._draft, self.name(key))

    def objects(self, key: str) -> list[Fields]:
        """Read a list of objects."""
        value = self._value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(key, value)
            return []
        found = []
        for number, one in enumerate(value):
            if isinstance(one, dict):
                found.append(Fields(one, self._draft, f"{self.name(key)}[{number}]"))
            elif one is not None:
                self._wrong(f"{key}[{number}]", one)
        return found

    def raw(self, key: str) -> Any:
        """Return what is there, unread."""
        return self._value.get(key)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def _wrong(self, key: str, value: object) -> None:
        self._draft.warn(self.name(key), value, Reason.WRONG_TYPE)


@dataclass(frozen=True)
class Listed:
    """The list in a page: its items, the total it announces, the whole envelope, and what could not be read."""

    items: tuple[Any, ...]
    total: int | None
    envelope: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


def read_list(content: bytes, key: str, url: str) -> Listed:
    """Read a page of JSON whose records stand in a list under ``key`` ("": the page is the list).

    Of a page that breaks off, the records that are whole are taken, with a problem. Raises `SourceError` for what is
    no such page at all: HTML, an error message, another protocol.
    """
    try:
        value = parse(content)
    except ValueError as error:
        items = salvage(content, key)
        if items is None:
            raise SourceError(Reason.PAGE_UNREADABLE, url, error) from error
        return Listed(tuple(items), None, {}, (Problem(None, "page", shorten(str(error)), Reason.PAGE_CUT, url),))
    if key and not isinstance(value, dict):
        raise SourceError(Reason.BAD_ANSWER, url, value)
    items = value[key] if key and key in value else value if not key else None
    if not isinstance(items, list):
        raise SourceError(Reason.BAD_ANSWER, url, value)
    envelope = value if isinstance(value, dict) else {}
    total = next((envelope[name] for name in ("total_count", "total", "numberMatched") if name in envelope), None)
    known = isinstance(total, int) and not isinstance(total, bool) and total >= 0
    return Listed(tuple(items), total if known else None, envelope)


def salvage(content: bytes, key: str) -> list[Any] | None:
    """Return the whole objects at the beginning of a list that breaks off; None when there is no such list."""
    text = content.decode("utf-8-sig", "replace")
    start = re.search(rf'"{re.escape(key)}"\s*:\s*\[' if key else r"\A\s*\[", text)
    if start is None:
        return None
    decoder = json.JSONDecoder(parse_int=_integer)
    items, position = [], start.end()
    try:
        while True:
            position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]  (matches the empty text)
            item, position = decoder.raw_decode(text, position)
            items.append(item)
    except (ValueError, RecursionError):
        return items


_BETWEEN = re.compile(r"[\s,]*")
