"""What an official list says and ours does not, and the other way round. Pure.

Only what the official list says is compared: one without French names says nothing of ours. Spaces and the form of
apostrophes do not count. Matches that ours has beyond the official ones are ours to give, and no difference.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.oslo.vocabularies.concepts import LABEL_LANGUAGES, Concept, Vocabulary, VocabularyError
from ckanext.oslo.vocabularies.explanations import Explanation, What
from ckanext.oslo.vocabularies.files import NAMES, explanations, load
from ckanext.oslo.vocabularies.official import Listed


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference about the concept with this code. ``why`` is its explanation, None when there is none."""

    what: What
    code: str
    language: str
    ours: str
    theirs: str
    why: str | None = None

    def __str__(self) -> str:
        match self.what:
            case What.MISSING:
                return f"missing: {self.code} ({self.theirs})"
            case What.EXTRA:
                return f"extra: {self.code} ({self.ours})"
            case What.LABEL:
                return f"label {self.language} of {self.code}: ours “{self.ours}”, theirs “{self.theirs}”"
            case _:
                return f"{self.what} of {self.code}: ours {self.ours or 'none'}, theirs {self.theirs or 'none'}"


def compare(ours: Vocabulary, theirs: Mapping[str, Listed], reasons: Sequence[Explanation] = ()) -> list[Difference]:
    """Compare a list of ours with the official one; each difference with its reason, if ``reasons`` has one."""
    by_uri = {concept.uri: concept for concept in ours}
    return [
        Difference(
            found.what,
            found.code,
            found.language,
            found.ours,
            found.theirs,
            next((one.why for one in reasons if one.covers(found.what, found.code, found.language)), None),
        )
        for found in _all(by_uri, theirs)
    ]


def vocabulary_of(theirs: Mapping[str, Listed]) -> str:
    """Tell which of our lists has most of these concepts. Raises `VocabularyError` when none has any."""
    shared = {name: sum(concept.uri in theirs for concept in load(name)) for name in NAMES}
    name = max(shared, key=lambda one: shared[one])
    if not shared[name]:
        raise VocabularyError("None of our vocabularies has a concept of this file.")
    return name


def check(name: str, theirs: Mapping[str, Listed]) -> list[Difference]:
    """Compare our vocabulary ``name``, with the reasons its file gives."""
    return compare(load(name), theirs, explanations(name))


def _all(ours: Mapping[str, Concept], theirs: Mapping[str, Listed]) -> Iterator[Difference]:
    for uri, listed in theirs.items():
        if uri not in ours and listed.labels:
            label = listed.labels.get("en") or next(iter(listed.labels.values()))
            yield Difference(What.MISSING, listed.code, "", "", label)
    spaces = {_space(uri) for uri in theirs}
    for uri, concept in ours.items():
        if uri in theirs:
            yield from _labels(concept, theirs[uri])
            yield from _relations(concept, theirs[uri], ours)
        elif _space(uri) in spaces:
            yield Difference(What.EXTRA, concept.code, "", concept.label("en"), "")


def _space(uri: str) -> str:
    return uri.rstrip("/").replace("#", "/").rpartition("/")[0]


def _labels(concept: Concept, listed: Listed) -> Iterator[Difference]:
    for language in LABEL_LANGUAGES:
        theirs, ours = listed.labels.get(language), concept.labels.get(language, "")
        if theirs and _even(theirs) != _even(ours):
            yield Difference(What.LABEL, concept.code, language, ours, theirs)


def _even(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).replace("’", "'").split())


def _relations(concept: Concept, listed: Listed, ours: Mapping[str, Concept]) -> Iterator[Difference]:
    above = {uri for uri in listed.broader if uri in ours}
    if above != {uri for uri in concept.broader if uri in ours} and listed.broader:
        yield Difference(What.BROADER, concept.code, "", _told(concept.broader), _told(above))
    for relation, theirs, known in (
        ("exact", listed.exact_match, concept.exact_match),
        ("close", listed.close_match, concept.close_match),
    ):
        if lacking := {uri for uri in theirs if not any(_same(uri, one) for one in known)}:
            yield Difference(What.MATCH, concept.code, "", f"{relation} {_told(known)}".strip(), _told(lacking))


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").partition("://")[2] == other.rstrip("/").partition("://")[2]


def _told(uris: set[str] | Sequence[str]) -> str:
    return ", ".join(sorted(uris))
