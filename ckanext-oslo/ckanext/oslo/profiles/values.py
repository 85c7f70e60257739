"""Write the fields that are one property each, by the table of `properties`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.profiles import terms
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.properties import Kind, Property
from ckanext.oslo.profiles.sheet import Sheet

_ONE = {Kind.CONCEPTS: Kind.CONCEPT, Kind.LINKS: Kind.LINK}


def write(
    sheet: Sheet, subject: NamedNode, values: Mapping[str, Any], properties: Iterable[Property], path: str = ""
) -> None:
    """Say each property that ``values`` has a value for. ``path`` leads to the values, for `NotWritableError`."""
    for one in properties:
        value = values.get(one.field)
        if value not in (None, "", [], {}):
            _write(sheet, subject, one, value, path + one.field)


def _write(sheet: Sheet, subject: NamedNode, one: Property, value: object, field: str) -> None:
    kind = one.kind
    if kind is Kind.TEXTS:
        sheet.texts(subject, one.predicate, value, field)
    elif kind is Kind.DECIMALS:
        _decimals(sheet, subject, one, value, field)
    elif kind in _ONE:
        for number, item in enumerate(listed(value, field)):
            _write_one(sheet, subject, one, _ONE[kind], item, f"{field}/{number}")
    else:
        _write_one(sheet, subject, one, kind, value, field)


def _write_one(sheet: Sheet, subject: NamedNode, one: Property, kind: Kind, value: object, field: str) -> None:
    if kind is Kind.NUMBER:
        sheet.add(subject, one.predicate, _number(value, field))
        return
    if not isinstance(value, str):
        raise NotWritableError(field, value, "expected a text")
    if kind is Kind.CONCEPT:
        sheet.concept(subject, one.predicate, value, one.vocabulary, one.rdf_class)
    elif kind is Kind.LINK:
        sheet.link(subject, one.predicate, value, one.rdf_class)
    elif kind is Kind.TEXT:
        sheet.add(subject, one.predicate, terms.text(value))
    elif kind is Kind.DURATION:
        sheet.add(subject, one.predicate, terms.duration(value))
    else:
        moment = sheet.profile.date(value)
        if moment is not None:
            sheet.add(subject, one.predicate, moment)


def _decimals(sheet: Sheet, subject: NamedNode, one: Property, value: object, field: str) -> None:
    """Say the first number in the standard's property, of which the shapes allow one, the others in our own."""
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise NotWritableError(f"{field}/{number}", item, "expected a number")
        sheet.add(subject, terms.OWN[one.field] if number else one.predicate, terms.decimal(float(item)))


def _number(value: object, field: str) -> Literal:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NotWritableError(field, value, "expected a whole number from 0 up")
    return terms.whole(value)


def listed(value: object, field: str) -> list[Any]:
    """Give a list; one value alone is a list of it.

    :raises NotWritableError: it is a dict
    """
    if value in (None, ""):
        return []
    if isinstance(value, Mapping):
        raise NotWritableError(field, value, "expected a list")
    return list(value) if isinstance(value, list | tuple) else [value]


def groups(value: object, field: str) -> list[Mapping[str, Any]]:
    """Give the repetitions of a repeating field.

    :raises NotWritableError: one of them is no dict
    """
    found = listed(value, field)
    for number, item in enumerate(found):
        if not isinstance(item, Mapping):
            raise NotWritableError(f"{field}/{number}", item, "expected a group of values")
    return found
