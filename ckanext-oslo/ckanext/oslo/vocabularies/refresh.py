"""Bring the names of the official lists of today, and keep the last good ones when that fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from ckanext.oslo.fetch import Client, FetchError
from ckanext.oslo.vocabularies import official, refreshed
from ckanext.oslo.vocabularies.concepts import Vocabulary, VocabularyError
from ckanext.oslo.vocabularies.files import load
from ckanext.oslo.vocabularies.official import Listed

ACCEPT = "application/rdf+xml, text/turtle;q=0.9, application/n-triples;q=0.8, application/ld+json;q=0.7"

LEAST = 0.8
"""Share of our concepts, of those that the list at the address should have, that an answer must name to be believed."""


class Done(StrEnum):
    """What became of a list."""

    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    SHIPPED = "shipped"


@dataclass(frozen=True)
class Outcome:
    """What became of one list, and a sentence about it.

    ``KEPT``: the answer could not be used and an earlier one stays; ``SHIPPED``: it could not and there is no earlier.
    """

    name: str
    done: Done
    said: str


def refresh(names: Iterable[str], client: Client, folder: Path) -> Iterator[Outcome]:
    """Fetch the lists that say where they are published, one after the other; yield what became of each.

    :raises OSError: the folder cannot be written
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        vocabulary = load(name)
        if vocabulary.official:
            yield _refresh(vocabulary, client, folder)


def _refresh(vocabulary: Vocabulary, client: Client, folder: Path) -> Outcome:
    path = refreshed.file_of(folder, vocabulary.name)
    before = refreshed.read(path)
    try:
        answer = client.get(vocabulary.official, {"Accept": ACCEPT})
        listed = official.read_answer(answer.content, answer.media_type, vocabulary.official)
        labels, refused = _labels(vocabulary, listed)
    except (FetchError, VocabularyError) as error:
        reason = error.text("en") if isinstance(error, FetchError) else str(error)
        return Outcome(vocabulary.name, Done.KEPT if before else Done.SHIPPED, reason)
    unknown = sum(uri not in vocabulary for uri in listed)
    said = f"{len(labels)} concepts"
    said += f", {refused} names left out that cannot be one" if refused else ""
    said += f", {unknown} more in the official list" if unknown else ""
    if labels == before:
        return Outcome(vocabulary.name, Done.UNCHANGED, said)
    _write(path, vocabulary.official, labels)
    return Outcome(vocabulary.name, Done.REFRESHED, said)


def _labels(vocabulary: Vocabulary, listed: Mapping[str, Listed]) -> tuple[dict[str, dict[str, str]], int]:
    """Give the usable names of our concepts, and how many are not usable.

    :raises VocabularyError: the answer names too few of our concepts to be this list
    """
    expected = [concept for concept in vocabulary if concept.uri.startswith(vocabulary.scheme)] or vocabulary.concepts
    known = [concept for concept in expected if concept.uri in listed]
    labels = {concept.uri: refreshed.valid(listed[concept.uri].labels) for concept in known}
    labels = {uri: names for uri, names in labels.items() if names}
    if len(labels) < LEAST * len(expected):
        raise VocabularyError(f"the answer names {len(labels)} of {len(expected)} concepts: this is not the list")
    refused = sum(len(listed[concept.uri].labels) for concept in known) - sum(map(len, labels.values()))
    return labels, refused


def _write(path: Path, address: str, labels: Mapping[str, Mapping[str, str]]) -> None:
    """Write so that a reader never sees half of it."""
    content = {"from": address, "fetched": datetime.now(UTC).isoformat(timespec="seconds"), "labels": labels}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)
