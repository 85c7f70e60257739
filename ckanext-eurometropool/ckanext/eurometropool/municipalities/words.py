"""Places by words, the weakest evidence: names in titles, keywords and territories. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ckanext.eurometropool.municipalities import contexts
from ckanext.eurometropool.municipalities.contexts import Span, Token
from ckanext.eurometropool.municipalities.evidence import UNSURE, Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.gazetteer import Name, names, words_of
from ckanext.eurometropool.municipalities.register import Area, AreaKind, Municipality, Register
from ckanext.eurometropool.municipalities.said import Said

LILLE = "FR-59350"
#: How much less sure an ambiguous name is, even with a cue.
STRICT_DOUBT = 0.1
#: How many places a name that stays open may mean to be worth a steward's question.
MOST_OPEN = 3
_SEPARATOR = re.compile(r"[,;|/\n]|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a text."""

    name: Name
    span: Span


class WordFinder:
    """Find places by their names."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._by_first: dict[str, list[Name]] = {}
        for name in names(register):
            self._by_first.setdefault(name.tokens[0], []).append(name)
        for found in self._by_first.values():
            found.sort(key=lambda name: -len(name.tokens))

    def territories(self, said: Said) -> Iterator[Finding]:
        """Give the places its territories name: here a name alone is a place."""
        for text in said.territories:
            for part in _SEPARATOR.split(text):
                name = self._exactly(part)
                if name is None:
                    yield from self._in_text(part, said, Evidence.TERRITORY)
                else:
                    yield from self._meant(name, said, part, Evidence.TERRITORY)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the places that titles and keywords name."""
        keywords = [word for words in said.keywords.values() for word in words]
        if contexts.about_geology([*said.titles.values(), *keywords]):
            return
        # Who lists the provinces one by one is about more than ours.
        wider = contexts.names_other_provinces([*said.titles.values(), *keywords])
        for finding in self._by_texts(said, keywords):
            area = self._register.area(finding.key or "")
            if not (wider and area and area.kind is AreaKind.PROVINCE):
                yield finding

    def _by_texts(self, said: Said, keywords: Sequence[str]) -> Iterator[Finding]:
        for text in said.titles.values():
            yield from self._in_text(text, said, Evidence.TITLE)
        for word in keywords:
            name = self._exactly(word)
            if name is None:
                yield from self._in_text(word, said, Evidence.KEYWORD)
            elif word[:1].isupper() or not name.strict:
                # Where every keyword is in capitals, BOSSUIT is as well a reservoir's.
                yield from self._meant(name, said, word, Evidence.KEYWORD, sure=not (name.part and word.isupper()))

    def in_publishers(self, said: Said) -> Iterator[Finding]:
        """Give the municipalities in names of publishers that are no town hall's: "CHU de Lille". Unsure."""
        for publisher in said.publishers:
            for finding in self._in_text(publisher, said, Evidence.PUBLISHER):
                if finding.key in self._register.municipalities:
                    yield Finding(finding.key, Kind.PUBLISHER, Evidence.PUBLISHER, UNSURE)

    def _exactly(self, text: str) -> Name | None:
        words = tuple(token.word for token in contexts.tokens_of(text))
        return (
            next((name for name in self._by_first.get(words[0], ()) if name.tokens == words), None) if words else None
        )

    def _in_text(self, text: str, said: Said, evidence: Evidence) -> Iterator[Finding]:
        tokens = contexts.tokens_of(text)
        if contexts.is_file_name(text):
            text, tokens = contexts.as_words(text)
        matches = list(self._matches(tokens))
        spans = [None, *(match.span for match in matches), None]
        for number, match in enumerate(matches, 1):
            name, span = match.name, match.span
            read = _capitals(tokens, span) if name.adjective else tokens
            if not name.keys or not contexts.stands_for_place(text, read, span, spans[number - 1], spans[number + 1]):
                continue
            if name.strict and not contexts.has_cue(text, tokens, span):
                if not contexts.begins_sentence(text, tokens[span.first].start) and not text.isupper():
                    yield from self._meant(name, said, text, evidence, sure=False)
                continue
            yield from self._meant(name, said, text, evidence)

    def _matches(self, tokens: Sequence[Token]) -> Iterator[Match]:
        position = 0
        while position < len(tokens):
            for name in self._by_first.get(tokens[position].word, ()):
                end = position + len(name.tokens)
                if len(name.tokens) == 1 or tuple(token.word for token in tokens[position:end]) == name.tokens:
                    yield Match(name, Span(position, end - 1))
                    position = end
                    break
            else:
                position += 1

    def _meant(self, name: Name, said: Said, text: str, evidence: Evidence, *, sure: bool = True) -> Iterator[Finding]:
        """Give the place a name means here; each of those it may mean, unsure, where that stays open."""
        keys = self._possible(name, said, text, evidence)
        own = [key for key in keys if name.tokens in map(words_of, self._place(key).names.values())] or keys
        if len(own) == 1 and sure:
            doubt = STRICT_DOUBT if name.strict and evidence is not Evidence.TERRITORY else 0.0
            yield Finding.by(evidence, own[0], name.kind, doubt)
            return
        for key in keys[:MOST_OPEN]:
            yield Finding(key, name.kind, evidence, UNSURE)

    def _possible(self, name: Name, said: Said, text: str, evidence: Evidence) -> tuple[str, ...]:
        """Give the places a name may mean here."""
        keys = name.keys
        if LILLE in keys and name.tokens == ("lille",):
            texts = (text, *said.titles.values(), *said.territories, *(w for ws in said.keywords.values() for w in ws))
            if not contexts.is_french_lille(texts, doubtful=said.only_dutch and said.country != "FR"):
                return ()
        if said.country:
            here = tuple(key for key in keys if self._place(key).country in (said.country, ""))
            if not here and name.strict and evidence is not Evidence.TERRITORY:
                return ()
            keys = here or keys
        return keys

    def _place(self, key: str) -> Municipality | Area:
        return self._register.get(key) or self._register.areas[key]


def _capitals(tokens: Sequence[Token], span: Span) -> list[Token]:
    return [
        replace(token, capital=True) if span.first <= place <= span.last else token
        for place, token in enumerate(tokens)
    ]
