"""A dataset dict in the making: values are cleaned as they go in, and what cannot be taken is reported, never lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from ckanext.harvesters.mapping import dates, detection, languages, text, urls
from ckanext.harvesters.mapping.languages import Tag
from ckanext.harvesters.mapping.subject_matter import classify
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Mapped, Problem, RecordError, Severity, Source, SourceRecord, shorten
from ckanext.oslo.vocabularies import Concept, load

#: Most warnings a record may raise: a record with 3,000 bad resources says so a hundred times, then stops.
WARNING_LIMIT = 100


@dataclass
class _Texts:
    """The texts of a field: one a language, and of those that a machine wrote, from which language it made them."""

    field: str
    texts: dict[str, str]
    machine: dict[str, str | None]


class Draft:
    """The dataset dict of one record while it is being mapped.

    Readers (`line`, `date`, `link`, `concept`, …) return a clean value or None, and note a warning when they had to
    leave something out; ``field`` is always the portal's name for it. `finish` gives the `Mapped` result.
    """

    def __init__(self, source: Source, record: SourceRecord) -> None:
        self.source = source
        self.record = record
        self._problems: list[Problem] = []
        self._unresolved: set[tuple[str, str]] = set()
        self.dataset: dict[str, Any] = {
            "private": False,
            "guid": record.guid,
            "harvest_source_name": source.name,
            "source_url": record.url,
            "source_modified": dates.parse(record.modified) if record.modified else None,
            "metadata_license": source.metadata_license,
        }

    def warn(self, field: str, value: object, reason: Reason) -> None:
        """Note that a value was left out or corrected."""
        problem = Problem(self.record.guid, field, shorten(value), reason, self.record.url, Severity.WARNING)
        if len(self._problems) < WARNING_LIMIT and problem not in self._problems:
            self._problems.append(problem)

    def teller(self, field: str, value: object) -> Callable[[Reason], None]:
        """Give a function that notes for what reason a value was corrected."""
        return partial(self.warn, field, value)

    def unknown(self, field: str, value: str) -> None:
        """Keep a value that no vocabulary knows: among ``unresolved``, and in the report.

        Which resource of a list it stood in does not matter there: ``resources[2].format`` is ``resources.format``.
        """
        value = text.line(value)[: text.TITLE_LIMIT]
        kept = (re.sub(r"\[\d+\]", "", field), value)
        if value and kept not in self._unresolved:
            self._unresolved.add(kept)
            self.warn(field, value, Reason.UNKNOWN_TERM)

    # readers

    def line(self, field: str, value: str | None, limit: int = text.TITLE_LIMIT) -> str | None:
        """Read text of one line."""
        return self._limited(field, value, text.line(value), limit) if value else None

    def prose(self, field: str, value: str | None, limit: int = text.DESCRIPTION_LIMIT) -> str | None:
        """Read a description as Markdown."""
        # Twice the limit is read, so that a megabyte of rubbish is not parsed as HTML only to be cut.
        return self._limited(field, value, text.prose(value[: 2 * limit]), limit) if value else None

    def _limited(self, field: str, raw: str, clean: str, limit: int) -> str | None:
        if text.has_forbidden(raw):
            self.warn(field, raw, Reason.BAD_CHARACTERS)
        if len(clean) > limit:
            self.warn(field, f"{len(raw)} characters: {clean[:100]}", Reason.SHORTENED)
            clean = clean[: limit - 1].rstrip() + "…"
        return clean or None

    def date(self, field: str, value: str | None) -> str | None:
        """Read a date or a moment, as `dates.parse` writes it."""
        if not value or not value.strip():
            return None
        found = dates.parse(value)
        if found is None:
            self.warn(field, value, Reason.BAD_DATE)
        return found

    def period(self, field: str, value: str | None) -> dict[str, str] | None:
        """Read a period in one string; one that is not understood is kept among ``unresolved``."""
        if not value or not value.strip(" /"):
            return None
        found = dates.period(value)
        if found is None:
            self.unknown(field, value)
        return found

    def link(self, field: str, value: str | None) -> str | None:
        """Read a web address."""
        if not value or not value.strip():
            return None
        found = urls.tidy(value)
        if found is None:
            self.warn(field, value, Reason.BAD_URL)
        return found

    def concept(self, vocabulary: str, field: str, value: str | None) -> Concept | None:
        """Find the concept a text means; an unknown one is kept among ``unresolved``."""
        if not value or not value.strip():
            return None
        found = _resolve(vocabulary, value[: text.TITLE_LIMIT].strip())
        if found is None:
            self.unknown(field, value)
        return found

    def uris(self, vocabulary: str, field: str, values: Iterable[str | None]) -> list[str]:
        """Return the URIs of the concepts that texts mean, distinct and in order."""
        found = (self.concept(vocabulary, field, value) for value in values)
        return sorted({concept.uri for concept in found if concept})

    # multilingual text

    def translated(self, field: str, texts: Iterable[tuple[Tag, str]], *, prose: bool = False) -> dict[str, str]:
        """Choose one text for each language kept (nl, fr, en), clean.

        Text that is clearly in another language than its tag says goes under the language it is in; text of which
        only another language exists (German) goes under the source's, both with a warning, so that nothing is lost.
        """
        clean = self._clean(field, texts, prose=prose)
        spoken = (None if tag.language else self._other(value) for tag, value in clean)
        found = self._chosen(field, list(map(partial(self._found, field), clean, spoken)))
        self._put_right(found)
        return self._kept(found)

    def titles(
        self, field: str, titles: Iterable[tuple[Tag, str]], notes_field: str, notes: Iterable[tuple[Tag, str]]
    ) -> None:
        """Set title and description.

        A title is often too short to tell its language: it moves with a description that turns out to be in another one
        than tagged (Infrabel's Dutch records on the French-speaking ODWB), unless it speaks for the tag itself. A short
        description is looked at together with its title. So it is with texts without a tag (INBO's English records in
        the Flemish feed): what stands for their tag is the source's language.
        """
        names, abouts = self._found_together(
            field, self._clean(field, titles), notes_field, self._clean(notes_field, notes, prose=True)
        )
        told, described = self._chosen(field, names), self._chosen(notes_field, abouts)
        for language, notes_in in list(described.texts.items()):
            title = told.texts.get(language, "")
            if spoken := detection.contradicts(_together(title, notes_in), language):
                self._move(described, language, spoken)
                if title and not detection.favours(title, language):
                    self._move(told, language, spoken)
        self._put_right(told)
        values = {"title_translated": self._kept(told), "notes_translated": self._kept(described)}
        machine = described.machine | told.machine
        tags = [f"{language}-t-{origin}" if origin else language for language, origin in sorted(machine.items())]
        self.set(**values, machine_translated=tags)

    def _clean(self, field: str, texts: Iterable[tuple[Tag, str]], *, prose: bool = False) -> list[tuple[Tag, str]]:
        """Return texts clean, without what says nothing: a description "None" is none, a title may be called so."""
        read = self.prose if prose else self.line
        clean = [(tag, found) for tag, value in texts if (found := read(field, value))]
        return [(tag, value) for tag, value in clean if not (prose and text.says_nothing(value))]

    def _other(self, value: str) -> str | None:
        """Return the language that a text is clearly in when that is not the source's."""
        return detection.contradicts(value, self.source.language)

    def _found(self, field: str, told: tuple[Tag, str], spoken: str | None) -> tuple[Tag, str]:
        """Return a text under the language it was found to be in; None, or one not kept: as it is."""
        if spoken not in languages.KEPT:
            return told
        self.warn(field, told[1], Reason.LANGUAGE_FOUND)
        return Tag(spoken), told[1]

    def _found_together(
        self, field: str, titles: list[tuple[Tag, str]], notes_field: str, notes: list[tuple[Tag, str]]
    ) -> tuple[list[tuple[Tag, str]], list[tuple[Tag, str]]]:
        """Return titles and descriptions with the languages that those without a tag are in.

        Where all untagged descriptions leave the source's language for one other, untagged titles go with them.
        """
        title = next((value for tag, value in titles if not tag.language), "")
        spoken = {value: self._other(_together(title, value)) for tag, value in notes if not tag.language}
        described = [
            self._found(notes_field, (tag, value), None if tag.language else spoken[value]) for tag, value in notes
        ]
        common = next(iter(spoken.values())) if len(set(spoken.values())) == 1 else None

        def of_title(value: str) -> str | None:
            return common if common and not detection.favours(value, self.source.language) else self._other(value)

        return [
            self._found(field, (tag, value), None if tag.language else of_title(value)) for tag, value in titles
        ], described

    def _chosen(self, field: str, texts: list[tuple[Tag, str]]) -> _Texts:
        """Choose one text a language; one without a tag is in the source's."""
        chosen, machine = languages.best_of(texts, self.source.language)
        for language in machine:
            self.warn(f"{field}@{language}", chosen[language], Reason.MACHINE_TRANSLATION)
        return _Texts(field, chosen, machine)

    def _put_right(self, found: _Texts) -> None:
        """Move texts that are, each by itself, clearly in another language than tagged."""
        for language, value in list(found.texts.items()):
            if spoken := detection.contradicts(value, language):
                self._move(found, language, spoken)

    def _move(self, found: _Texts, language: str, spoken: str) -> None:
        """Put a text under the language it is in, unless a person's text stands there, or nobody would see it there."""
        taken = spoken in found.texts and not (spoken in found.machine and language not in found.machine)
        lost = spoken not in languages.KEPT and len(found.texts) > 1
        if taken or lost:
            return
        if spoken in languages.KEPT:
            self.warn(f"{found.field}@{language}", found.texts[language], Reason.LANGUAGE_CORRECTED)
        found.texts[spoken] = found.texts.pop(language)
        found.machine.pop(spoken, None)
        if language in found.machine:
            found.machine[spoken] = found.machine.pop(language)

    def _kept(self, found: _Texts) -> dict[str, str]:
        kept = {language: found.texts[language] for language in languages.KEPT if language in found.texts}
        if found.texts and not kept:
            language, value = next(iter(found.texts.items()))
            self.warn(f"{found.field}@{language}", value, Reason.LANGUAGE_NOT_KEPT)
            kept = {self.source.language: value}
        for language in found.machine.keys() - kept.keys():
            del found.machine[language]
        return kept

    def keywords(self, field: str, texts: Iterable[tuple[Tag, str]]) -> dict[str, list[str]]:
        """Collect keywords by language, each spelling of a word once, in alphabetical order.

        No character is forbidden: "protection de l'environnement", "r&d" and "à" are keywords people wrote.
        """
        found: dict[str, dict[str, str]] = {}
        for tag, value in texts:
            word = self.line(field, value, limit=200)
            if word and not tag.machine:
                language = tag.language if tag.language in languages.KEPT else self.source.language
                words = found.setdefault(language, {})
                words[word.casefold()] = min(word, words.get(word.casefold(), word))
        return {language: [words[key] for key in sorted(words)] for language, words in sorted(found.items())}

    # the result

    def set(self, **values: Any) -> None:
        """Set fields of the dataset."""
        self.dataset.update(values)

    def finish(self, title_field: str) -> Mapped:
        """Return the dataset without empty fields, typed by what it is about. Raises `RecordError` without a title."""
        if not self.dataset.get("title_translated"):
            raise RecordError(title_field, self.dataset.get("uri") or self.record.guid, Reason.NO_TITLE)
        shape_spatial(self.dataset)
        if self._unresolved:
            self.dataset["unresolved"] = [{"field": field, "value": value} for field, value in sorted(self._unresolved)]
        classify(self.dataset)
        return Mapped(without_empty(self.dataset), tuple(self._problems))


def _together(title: str, notes: str) -> str:
    """Return what tells a description's language: of a short one, its title too."""
    return f"{title}\n{notes}" if len(notes) < detection.SHORT else notes


@lru_cache(maxsize=8192)
def _resolve(vocabulary: str, text: str) -> Concept | None:
    """Resolve as the vocabulary does; portals write the same few hundred texts in every record."""
    return load(vocabulary).resolve(text)


def shape_spatial(dataset: dict[str, Any]) -> None:
    """Set ``spatial`` to the first geometry of the coverage, which ckanext-spatial indexes."""
    for place in dataset.get("spatial_coverage") or ():
        geometry = place.get("geom") or place.get("bbox") or place.get("centroid")
        if geometry:
            dataset["spatial"] = geometry
            return


def without_empty(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dict without the keys that hold nothing: None, "", [] and {}; False and 0 are something."""
    return {key: inner for key, inner in value.items() if inner is not None and inner not in ("", [], {})}


def in_order(values: Iterable[Any]) -> list[Any]:
    """Return distinct values in an order that depends on them alone: RDF lists nothing in order."""
    found = {json.dumps(value, sort_keys=True): value for value in values}
    return [found[key] for key in sorted(found)]
