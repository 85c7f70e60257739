"""Places by who publishes: a town hall, an intermunicipal body, a transport company. Pure.

The names are in `publishers.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from ckanext.eurometropool.municipalities.evidence import Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.municipalities.said import Said
from ckanext.oslo import quick_yaml

LILLE = "FR-59350"
#: What may follow the name: "Ville de Tournai - Service mobilité".
_NAME_ENDS = re.compile(r"\s*(?:[-–|:,(/]\s|\().*$")


@cache
def _written() -> Mapping[str, Any]:
    text = resources.files("ckanext.eurometropool.municipalities").joinpath("publishers.yaml").read_text("utf-8")
    return quick_yaml.load(text)


@cache
def _prefix() -> re.Pattern[str]:
    kinds = (
        f"(?P<{lang}>{'|'.join(sorted(words, key=len, reverse=True))})"
        for lang, words in _written()["town_halls"].items()
    )
    return re.compile(rf"^(?:{'|'.join(kinds)}) (?P<name>.+)$")


class PublisherFinder:
    """Find the places a publisher speaks for."""

    def __init__(self, register: Register) -> None:
        self._bodies: dict[str, Sequence[str]] = {
            name: body["places"] for body in _written()["bodies"] for name in body["names"]
        }
        self._names: dict[str, list[Municipality]] = {}
        self._villages: dict[str, list[Municipality]] = {}
        self._areas = {fold(name) for area in register.areas.values() for name in (*area.names.values(), *area.also)}
        for municipality in register:
            for name in {fold(name) for name in (*municipality.names.values(), *municipality.also)}:
                self._names.setdefault(name, []).append(municipality)
            for name in map(fold, municipality.villages):
                self._villages.setdefault(name, []).append(municipality)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the municipalities or the areas of each publisher that has some."""
        for publisher in said.publishers:
            folded = fold(publisher)
            named = fold(_NAME_ENDS.sub("", publisher))
            if places := self._bodies.get(folded) or self._bodies.get(named):
                for key in places:
                    yield Finding.by(Evidence.PUBLISHER, key, Kind.PUBLISHER)
            elif municipality := self._town(named, said.country):
                yield Finding.by(Evidence.PUBLISHER, municipality.key, Kind.PUBLISHER)

    def is_elsewhere(self, said: Said) -> bool:
        """Tell whether a publisher is a town outside the territory.

        What it says of its whole country then is what its portal fills in by itself: half of the datasets of Walloon
        and Ghent towns say "Belgique".
        """
        return any(self._is_elsewhere(fold(_NAME_ENDS.sub("", one)), said.country) for one in said.publishers)

    def _is_elsewhere(self, folded: str, country: str | None) -> bool:
        if folded in self._bodies:
            return False
        match = _prefix().match(folded)
        if match is None:
            return country == "BE" and folded in _written()["elsewhere"]
        return not any(match["name"] in known for known in (self._names, self._villages, self._areas))

    def _town(self, folded: str, country: str | None) -> Municipality | None:
        match = _prefix().match(folded)
        name = match["name"] if match else folded
        candidates = self._names.get(name, [])
        if not match and country is None:
            # A bare word may be a person or a firm; only with a country's web address it is a town.
            return None
        if match:
            # A municipality merged away in 2025 still signs as it did: its name is a village's.
            candidates = self._of_town_hall(match, candidates or self._villages.get(name, []))
        if country:
            candidates = [m for m in candidates if m.country == country]
        best = [m for m in candidates if name in map(fold, m.names.values())] or candidates
        return best[0] if len(best) == 1 else None

    @staticmethod
    def _of_town_hall(match: re.Match[str], candidates: list[Municipality]) -> list[Municipality]:
        name = match["name"]
        if match["nl"]:
            # "Gemeente Lille" is the one in the province of Antwerp: in Dutch the city is Rijsel.
            return [m for m in candidates if (m.key, name) != (LILLE, "lille")]
        if match["fr"]:
            french = [m for m in candidates if name in (fold(m.names["fr"]), *map(fold, m.villages))]
            return french or [m for m in candidates if m.region != "vlaanderen"]
        return candidates
