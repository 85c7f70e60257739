"""Places by words, the weakest evidence: names in titles, keywords and territories. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckanext.eurometropool.municipalities import contexts
from ckanext.eurometropool.municipalities.contexts import Span, Token
from ckanext.eurometropool.municipalities.evidence import Evidence, Finding
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Area, Municipality, Register
from ckanext.eurometropool.municipalities.said import Said

LILLE = "FR-59350"
#: How much less sure an ambiguous name is, even with a cue.
STRICT_DOUBT = 0.1
_SEPARATOR = re.compile(r"[,;|/\n]|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class Name:
    """A name to look for. `keys` are the municipalities or the area it may stand for, none for places elsewhere."""

    tokens: tuple[str, ...]
    keys: tuple[str, ...]
    strict: bool


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
        for name in _names(register):
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
                elif key := self._choose(name, said, part, Evidence.TERRITORY):
                    yield Finding.by(Evidence.TERRITORY, key)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the places that titles and keywords name."""
        keywords = [word for words in said.keywords.values() for word in words]
        if contexts.about_geology([*said.titles.values(), *keywords]):
            return
        for text in said.titles.values():
            yield from self._in_text(text, said, Evidence.TITLE)
        for word in keywords:
            name = self._exactly(word)
            if name is None:
                yield from self._in_text(word, said, Evidence.KEYWORD)
            elif (word[:1].isupper() or not name.strict) and (key := self._choose(name, said, word, Evidence.KEYWORD)):
                yield Finding.by(Evidence.KEYWORD, key)

    def _exactly(self, text: str) -> Name | None:
        words = tuple(token.word for token in contexts.tokens_of(text))
        return (
            next((name for name in self._by_first.get(words[0], ()) if name.tokens == words), None) if words else None
        )

    def _in_text(self, text: str, said: Said, evidence: Evidence) -> Iterator[Finding]:
        tokens = contexts.tokens_of(text)
        matches = list(self._matches(tokens))
        spans = [None, *(match.span for match in matches), None]
        for number, match in enumerate(matches, 1):
            name = match.name
            if not name.keys or not contexts.stands_for_place(
                text, tokens, match.span, spans[number - 1], spans[number + 1]
            ):
                continue
            if name.strict and not contexts.has_cue(text, tokens, match.span):
                continue
            if key := self._choose(name, said, text, evidence):
                yield Finding.by(evidence, key, doubt=STRICT_DOUBT if name.strict else 0.0)

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

    def _choose(self, name: Name, said: Said, text: str, evidence: Evidence) -> str | None:
        """Say which of its places a name means here, or None."""
        keys = name.keys
        if LILLE in keys and name.tokens == ("lille",):
            texts = (text, *said.titles.values(), *said.territories, *(w for ws in said.keywords.values() for w in ws))
            if not contexts.is_french_lille(texts, doubtful=said.only_dutch and said.country != "FR"):
                return None
        if said.country:
            here = tuple(key for key in keys if self._place(key).country in (said.country, ""))
            if not here and name.strict and evidence is not Evidence.TERRITORY:
                return None
            keys = here or keys
        own = tuple(key for key in keys if " ".join(name.tokens) in map(fold, self._place(key).names.values()))
        keys = own or keys
        return keys[0] if len(keys) == 1 else None

    def _place(self, key: str) -> Municipality | Area:
        return self._register.get(key) or self._register.areas[key]


def _names(register: Register) -> Iterator[Name]:
    """Give every name to look for, once."""
    strict = contexts.words("strict")
    names: dict[str, dict[str, bool]] = {}
    for municipality in register:
        for word in map(fold, municipality.names.values()):
            names.setdefault(word, {})[municipality.key] = word in strict
    for municipality in register:
        # Villages and by-names are less known, and more often somebody's or something else's.
        for word in map(fold, (*municipality.also, *municipality.villages)):
            names.setdefault(word, {}).setdefault(municipality.key, True)
    for area in register.areas.values():
        for word in map(fold, (*area.names.values(), *area.also)):
            if word not in names:
                names[word] = {area.key: word in strict}
    names |= {word: {} for word in contexts.words("elsewhere")}
    for word, keys in names.items():
        yield Name(tuple(word.split()), tuple(keys), bool(keys) and all(keys.values()))
