"""Places by postcode: with its label, with the town behind it, or as an identifier. Pure.

A postcode is a town's, a part's, or shared: 8501 is Heule in Kortrijk, 59320 is ten communes. A bare number is one only
where a record names its territory so, and in France even there may be an INSEE code: 59350 is Lille's code and the
postcode of Saint-André.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckanext.eurometropool.municipalities.contexts import tokens_of
from ckanext.eurometropool.municipalities.evidence import UNSURE, Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.municipalities.said import Said

_LABELLED = re.compile(
    r"\b(?:codes? postal|codes? postaux|cp|postcodes?|postnummers?|postal codes?|zip(?: code)?|plz)\W{0,3}(\d{4,5})\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"data\.vlaanderen\.be/id/(?:postinfo|postcode)/(\d{4})\b")
_BEFORE_TOWN = re.compile(r"\b(?:(?:BE?|FR?)[- ]?)?(\d{4,5})\s+(?=[^\W\d_])")
_BARE = re.compile(r"(?:(?:BE?|FR?)[- ]?)?(\d{4,5})")
#: More communes than this share a postcode too widely to ask a steward about each.
MOST_SHARED = 3


class PostcodeFinder:
    """Find places by postcode."""

    def __init__(self, register: Register) -> None:
        self._holders: dict[str, list[Municipality]] = {}
        for municipality in register:
            for postcode in municipality.postcodes:
                self._holders.setdefault(postcode, []).append(municipality)
        self._named: dict[str, list[tuple[tuple[str, ...], str, Kind]]] = {}
        for municipality in register:
            names = [*((name, Kind.COVERS) for name in (*municipality.names.values(), *municipality.also))]
            names += [(name, Kind.WITHIN) for name in municipality.villages]
            found = [(tuple(t.word for t in tokens_of(name)), municipality.key, kind) for name, kind in names]
            for postcode in municipality.postcodes:
                self._named.setdefault(postcode, []).extend(found)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the places that postcodes name, known to the register or not."""
        for uri in said.uris:
            if found := _IDENTIFIER.search(uri):
                yield from self._of(found[1])
        for text in said.territories:
            yield from self._bare(text, said.country)
        for text in said.texts():
            for found in _LABELLED.finditer(text):
                yield from self._of(found[1])
            yield from self._before_towns(text)

    def _bare(self, text: str, country: str | None) -> Iterator[Finding]:
        found = _BARE.fullmatch(text.strip())
        if not found or country is None or len(found[1]) != (4 if country == "BE" else 5):
            return
        for finding in self._of(found[1]):
            if country == "BE":
                yield finding
            elif finding.key:
                yield Finding(finding.key, finding.kind, Evidence.POSTCODE, UNSURE)

    def _of(self, postcode: str) -> Iterator[Finding]:
        holders = self._holders.get(postcode, [])
        if not holders:
            yield Finding.by(Evidence.POSTCODE, None)
        elif len(holders) == 1:
            alone = len(holders[0].postcodes) == 1
            yield Finding.by(Evidence.POSTCODE, holders[0].key, Kind.COVERS if alone else Kind.WITHIN)
        elif len(holders) <= MOST_SHARED:
            for holder in holders:
                yield Finding(holder.key, Kind.COVERS, Evidence.POSTCODE, UNSURE)

    def _before_towns(self, text: str) -> Iterator[Finding]:
        """Give the towns that stand behind their own postcode: "8930 Menen" is no verb."""
        for found in _BEFORE_TOWN.finditer(text):
            if (named := self._named.get(found[1])) is None:
                continue
            words = tuple(token.word for token in tokens_of(text[found.end() : found.end() + 60]))
            fits = [(len(name), key, kind) for name, key, kind in named if name and words[: len(name)] == name]
            if fits:
                _length, key, kind = max(fits, key=lambda fit: (fit[0], fit[2] is Kind.COVERS))
                yield Finding.by(Evidence.POSTCODE, key, kind)
