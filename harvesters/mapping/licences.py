"""Licences as portals name them: a URL (http or https, with or without "legalcode"), an identifier, a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ckanext.harvesters.mapping import urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.oslo.vocabularies import Concept, load

#: Longest licence text looked at (characters).
LONGEST = 2_000
#: Texts that say that nothing is said.
_NOTHING_SAID = frozenset({"", "notspecified", "not specified", "none", "null", "unknown", "onbekend", "inconnue"})
# A name without its version means no licence in particular. What follows the version in a Creative Commons address
# is a view of the same licence.
_CC = re.compile(r"^https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)\b.*$", re.I)
_CC_WORDS = re.compile(r"\bcc[ -]by(?P<kind>(?:[ -](?:sa|nc|nd))*)[ -]v?(?P<version>[1-4]\.0)\b", re.I)

#: Names of licences inside sentences (→ what the vocabulary resolves), the more exact first.
_NAMES = (
    (
        re.compile(r"licence ouverte[^.]{0,40}\b(?:v\.? ?)?2(?:\.0)?\b|etalab[- ]2\.0|open licen[cs]e 2\.0", re.I),
        "lov2",
    ),
    (re.compile(r"licence ouverte|open licen[cs]e etalab|etalab", re.I), "fr-lo"),
    (re.compile(r"\bODbL\b|open database licen[cs]e", re.I), "odc-odbl"),
    (re.compile(r"\bCC[ -]?0\b|domaine public|publiek domein", re.I), "CC0"),
    (
        re.compile(r"gratis hergebruik", re.I),
        "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
    ),
)


def find(value: str) -> Concept | None:
    """Return the licence a text or address means; None when it is not known."""
    vocabulary = load("licence")
    value = " ".join(value[:LONGEST].split())
    found = vocabulary.resolve(value)
    if found is None and (match := _CC.match(value)):
        kind, name, version = match[1].lower(), match[2].lower(), match[3]
        found = vocabulary.resolve(f"https://creativecommons.org/{kind}/{name}/{version}/")
    if found is None and not value.startswith("http") and (match := _CC_WORDS.search(value)):
        found = vocabulary.resolve(f"CC BY{match['kind']} {match['version']}")
    return found


def in_words(words: str) -> Concept | None:
    """Return the licence that a sentence means: as a whole, by an address in it, or by its name."""
    named = (name for pattern, name in _NAMES if pattern.search(words[:LONGEST]))
    said = (words, *urls.within(words[:LONGEST]), next(named, ""))
    return next((found for value in said if value and (found := find(value))), None)


def read(draft: Draft, field: str, *values: str | None) -> str | None:
    """Return the licence's URI, from the first of several ways the portal wrote it that is known.

    An unknown licence that has an address keeps it (a licence's URI is its address); it is among ``unresolved`` in
    any case. None when nothing is said.
    """
    said = [value.strip() for value in values if value and value.strip().casefold() not in _NOTHING_SAID]
    for value in said:
        found = find(value)
        if found:
            return found.uri
    for value in said[:1]:
        draft.unknown(field, value)
    return next((address for value in said if (address := urls.tidy(value))), None)


def of_dataset(resources: Iterable[dict[str, Any]]) -> str | None:
    """Return the code of the one licence that all licensed files share; None when there is none or they differ."""
    found = {resource["license"] for resource in resources if resource.get("license")}
    concept = load("licence").get(found.pop()) if len(found) == 1 else None
    return concept.code if concept else None
