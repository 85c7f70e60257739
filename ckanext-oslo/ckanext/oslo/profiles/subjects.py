"""What a dataset is about beside its theme: EuroVoc, branches of activity, occupations, and our categories of work.

All are dct:subject. Which field one belongs to is told by its vocabulary; where that would mislead, a property of our
own says it.
"""

from __future__ import annotations

from functools import lru_cache

from ckanext.oslo import vocabularies
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCT, OWN, iri
from ckanext.oslo.profiles.values import listed

FIELDS = {"work_category": "work_category", "nace": "nace", "isco": "isco"}
"""Fields of a dataset about work whose values are subjects, and their vocabularies."""


@lru_cache(maxsize=4_096)
def field_of(uri: str) -> str:
    """Give the field that a subject of a dataset about work belongs to."""
    return next((field for field, name in FIELDS.items() if uri in vocabularies.load(name)), "subject")


@lru_cache(maxsize=512)
def implied(category: str) -> tuple[str, ...]:
    """Give the EuroVoc concepts that one of our categories of work means."""
    concept = vocabularies.load("work_category").get(category)
    return concept.exact_match if concept else ()


def write_subjects(sheet: Sheet) -> None:
    """Say what the dataset is about."""
    is_work = sheet.dataset.get("type") == "work"
    said = _uris(sheet, "subject")
    for uri in said:
        sheet.concept(sheet.iri, DCT.subject, uri, "eurovoc")
    follows: list[str] = []
    for field, vocabulary in FIELDS.items():
        for uri in _uris(sheet, field):
            sheet.concept(sheet.iri, DCT.subject, uri, vocabulary)
            if field == "work_category":
                follows += implied(uri)
    for uri in dict.fromkeys(follows):
        if uri in said:
            _keep(sheet, "subject", uri)
        else:
            sheet.concept(sheet.iri, DCT.subject, uri, "eurovoc")
    for uri in said:
        if is_work and field_of(uri) != "subject":
            _keep(sheet, "subject", uri)


def _keep(sheet: Sheet, field: str, uri: str) -> None:
    node = iri(uri)
    if node is not None:
        sheet.add(sheet.iri, OWN[field], node)


def _uris(sheet: Sheet, field: str) -> list[str]:
    found = listed(sheet.dataset.get(field), field)
    for number, uri in enumerate(found):
        if not isinstance(uri, str):
            raise NotWritableError(f"{field}/{number}", uri, "expected a text")
    return found
