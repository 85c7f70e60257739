"""Places by who publishes: a town hall, an intermunicipal body, a transport company. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ckanext.eurometropool.municipalities.evidence import Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.municipalities.said import Said

#: What stands before a municipality's name, by the language that says it; longest first.
_DUTCH = (
    "stads en ocmw bestuur van", "stad en ocmw", "stad ocmw", "gemeente en ocmw", "gemeente ocmw", "stadsbestuur van",
    "gemeentebestuur van", "lokaal bestuur van", "lokaal bestuur", "stadsbestuur", "gemeentebestuur", "ocmw van",
    "ocmw", "gemeente", "stad", "lokale politie", "autonoom gemeentebedrijf",
)  # fmt: skip
_FRENCH = (
    "administration communale de", "administration communale d", "centre public d action sociale de",
    "centre public d action sociale d", "cpas de", "cpas d", "ccas de", "ccas d", "mairie de", "mairie d", "mairie du",
    "ville de", "ville d", "ville du", "commune de", "commune d", "commune du", "ville et cpas de", "ac de",
)  # fmt: skip
_ENGLISH = ("city of", "municipality of", "town of")
_PREFIX = re.compile(
    r"^(?:(?P<nl>{})|(?P<fr>{})|(?P<en>{})) (?P<name>.+)$".format(
        *("|".join(sorted(words, key=len, reverse=True)) for words in (_DUTCH, _FRENCH, _ENGLISH))
    )
)
#: What may follow the name: "Ville de Tournai - Service mobilité".
_NAME_ENDS = re.compile(r"\s*(?:[-–|:,(/]\s|\().*$")

#: Bodies of an area, folded, by the area they work for.
_BODIES: Mapping[str, tuple[str, ...]] = {
    "FR-EPCI-200093201": (
        "metropole europeenne de lille", "mel", "lille metropole", "ilevia", "transpole", "keolis lille",
        "keolis lille metropole", "adulm", "agence de developpement et d urbanisme de lille metropole", "vlille",
    ),
    "BE-34000": ("leiedal", "intercommunale leiedal"),
    "BE-30000": ("provincie west vlaanderen", "west vlaanderen", "westtoer"),
    "BE-50000": ("province de hainaut", "hainaut"),
    "wallonie-picarde": ("ideta", "wapi 2040", "wallonie picarde", "conseil de developpement de wallonie picarde"),
    "FR-DEP-59": ("departement du nord", "conseil departemental du nord", "nord le departement"),
    "hauts-de-france": ("region hauts de france", "conseil regional hauts de france", "geo2france"),
    "vlaanderen": ("de lijn", "vlaamse vervoermaatschappij de lijn", "vdab", "vlaamse overheid", "digitaal vlaanderen"),
    "wallonie": (
        "tec", "otw", "operateur de transport de wallonie", "service public de wallonie", "spw", "le forem", "forem",
        "service public de wallonie spw", "walstat", "iweps",
    ),
    "eurometropool": ("eurometropole lille kortrijk tournai", "eurometropool lille kortrijk tournai"),
}  # fmt: skip


class PublisherFinder:
    """Find the places a publisher speaks for."""

    def __init__(self, register: Register) -> None:
        self._bodies = {name: area for area, names in _BODIES.items() for name in names}
        self._names: dict[str, list[Municipality]] = {}
        for municipality in register:
            for name in {fold(name) for name in (*municipality.names.values(), *municipality.also)}:
                self._names.setdefault(name, []).append(municipality)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the municipality or the area of each publisher that has one."""
        for publisher in said.publishers:
            folded = fold(publisher)
            if key := self._bodies.get(folded):
                yield Finding.by(Evidence.PUBLISHER, key, Kind.PUBLISHER)
            elif municipality := self._town(fold(_NAME_ENDS.sub("", publisher)), said.country):
                yield Finding.by(Evidence.PUBLISHER, municipality.key, Kind.PUBLISHER)

    def _town(self, folded: str, country: str | None) -> Municipality | None:
        match = _PREFIX.match(folded)
        name = match["name"] if match else folded
        candidates = self._names.get(name, [])
        if match and match["nl"]:
            # "Gemeente Lille" is the one in the province of Antwerp: Dutch town halls stand in Flanders.
            candidates = [m for m in candidates if m.region == "vlaanderen"]
        elif match and match["fr"]:
            candidates = [m for m in candidates if m.region != "vlaanderen" or fold(m.names["fr"]) == name]
        elif not match and country is None:
            # A bare word may be a person or a firm; only with a country's web address it is a town.
            return None
        if country:
            candidates = [m for m in candidates if m.country == country]
        best = [m for m in candidates if name in map(fold, m.names.values())] or candidates
        return best[0] if len(best) == 1 else None
