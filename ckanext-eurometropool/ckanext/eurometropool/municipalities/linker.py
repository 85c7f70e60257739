"""From what a dataset says to the municipalities it is about. Pure: `Linker(register).link(dataset_dict)`.

Evidence counts in this order: codes, URIs, postcodes and the names in its territory; its geometry; who publishes it;
the words of its title and keywords. Weaker evidence never speaks against stronger: words only count where nothing
better names a municipality, and only for places inside what the stronger evidence leaves open. What is then too weak
for a link is a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ckanext.eurometropool.municipalities.codes import CodeFinder
from ckanext.eurometropool.municipalities.evidence import (
    OUTWEIGHED,
    THRESHOLD,
    Evidence,
    Finding,
    Kind,
    Link,
    Places,
)
from ckanext.eurometropool.municipalities.extent import ExtentFinder
from ckanext.eurometropool.municipalities.postcodes import PostcodeFinder
from ckanext.eurometropool.municipalities.publishers import PublisherFinder
from ckanext.eurometropool.municipalities.register import AreaKind, Register
from ckanext.eurometropool.municipalities.said import read
from ckanext.eurometropool.municipalities.words import WordFinder

#: A full set of an area's municipalities, from this number on, is the area itself.
WHOLE_AREA = 7
_KINDS = {Kind.COVERS: 0, Kind.WITHIN: 1, Kind.PUBLISHER: 2}
#: More suggestions than this nobody looks through.
MOST_SUGGESTED = 6
#: Evidence by which an area's municipalities were counted one by one, so that none of them is left to suggest.
_COUNTED = frozenset([Evidence.CODE, Evidence.URI, Evidence.GEOMETRY, Evidence.BOX])


@dataclass(frozen=True, slots=True)
class Findings:
    """What each kind of evidence of a dataset points to.

    `stated` is by codes, identifiers, postcodes and territories, `shown` by its geometry, `words` by titles and
    keywords.
    """

    stated: tuple[Finding, ...]
    shown: tuple[Finding, ...]
    publishers: tuple[Finding, ...]
    words: tuple[Finding, ...]

    @property
    def all(self) -> tuple[Finding, ...]:
        """Give them all, the strongest evidence first."""
        return (*self.stated, *self.shown, *self.publishers, *self.words)


class Linker:
    """Link datasets to the municipalities and areas of a register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._order = {key: number for number, key in enumerate(register.areas)}
        self._codes = CodeFinder(register)
        self._extent = ExtentFinder(register)
        self._postcodes = PostcodeFinder(register)
        self._publishers = PublisherFinder(register)
        self._words = WordFinder(register)

    def link(self, dataset: Mapping[str, Any]) -> Places:
        """Give the places of a dataset dict. Never raises: what cannot be read says nothing."""
        found = self.findings(dataset)
        about = self._municipal(found.stated) or self._inside(self._municipal(found.shown), _sure(found.stated))
        areas = self._areal(found.stated) + self._areal(found.shown)
        if not about:
            named = self._named(self._inside(found.words, _sure([*found.stated, *found.shown])))
            about = self._municipal(named)
            areas += self._areal(named)
        about, whole = self._collapse(about)
        area = whole or (None if about else self._smallest([*areas, *self._areal(found.publishers)]))
        links = self._best([*about, *self._municipal(found.publishers)])
        area_link = Link(area.key, area.kind, area.evidence, area.confidence) if area and area.key else None
        return Places(links, area_link, self._suggested(found.all, links, area_link))

    def findings(self, dataset: Mapping[str, Any]) -> Findings:
        """Give all that a dataset's evidence points to, before one piece of it is weighed against another."""
        said = read(dataset)
        publishers = tuple(self._publishers.find(said))
        territories = tuple(self._words.territories(said))
        if self._publishers.is_elsewhere(said):
            territories = tuple(f for f in territories if not self._is_country(f))
        return Findings(
            stated=(*self._codes.find(said), *self._postcodes.find(said), *territories),
            shown=tuple(self._extent.find(said)),
            publishers=publishers or tuple(self._words.in_publishers(said)),
            words=tuple(self._words.find(said)),
        )

    def _is_country(self, finding: Finding) -> bool:
        area = self._register.area(finding.key or "")
        return area is not None and area.kind is AreaKind.COUNTRY

    def _suggested(self, findings: Iterable[Finding], links: Sequence[Link], area: Link | None) -> tuple[Link, ...]:
        """Give what findings that made no link point to: unsure ones, and those that stronger evidence outweighs."""
        linked = {link.key for link in links}
        if area and area.evidence in _COUNTED and (whole := self._register.area(area.key)) and whole.complete:
            linked |= set(whole.members)
        open_ones = [
            replace(f, confidence=min(f.confidence, OUTWEIGHED))
            for f in findings
            if f.key in self._register.municipalities and f.key not in linked
        ]
        return tuple(sorted(self._best(open_ones), key=lambda link: (-link.confidence, link.key))[:MOST_SUGGESTED])

    def _municipal(self, findings: Iterable[Finding]) -> list[Finding]:
        return [f for f in findings if f.key in self._register.municipalities and f.confidence >= THRESHOLD]

    def _areal(self, findings: Iterable[Finding]) -> list[Finding]:
        return [f for f in findings if f.key in self._register.areas and f.confidence >= THRESHOLD]

    def _inside(self, findings: Sequence[Finding], stronger: Sequence[Finding]) -> list[Finding]:
        """Keep the findings that lie inside what stronger evidence says; all of them when it says nothing."""
        if not stronger:
            return list(findings)
        open_to = {f.key for f in stronger if f.key}
        return [f for f in findings if f.key and open_to.intersection((f.key, *self._above(f.key)))]

    def _named(self, findings: Sequence[Finding]) -> list[Finding]:
        """Leave out keywords where the title names an area: a keyword of "Baggergronden in Vlaanderen" is a detail."""
        wide = any(f.evidence is Evidence.TITLE and f.key in self._register.areas for f in findings)
        return [f for f in findings if not (wide and f.evidence is Evidence.KEYWORD)]

    def _above(self, key: str) -> tuple[str, ...]:
        municipality = self._register.get(key)
        return municipality.areas if municipality else self._register.areas[key].parents

    def _collapse(self, about: list[Finding]) -> tuple[list[Finding], Finding | None]:
        """Say "the arrondissement" where all its municipalities are named one by one."""
        keys = {f.key for f in about}
        if len(keys) < WHOLE_AREA:
            return about, None
        for area in reversed(list(self._register.areas.values())):
            if area.complete and len(area.members) >= WHOLE_AREA and keys == set(area.members):
                return [], Finding(area.key, Kind.COVERS, about[0].evidence, about[0].confidence)
        return about, None

    def _smallest(self, areas: Sequence[Finding]) -> Finding | None:
        """Give the smallest area; of areas side by side, the smallest around them all."""
        keys = {f.key for f in areas if f.key}
        minimal = [key for key in keys if not any(key in self._above(other) for other in keys)]
        if not minimal:
            return None
        common = [key for key in self._order if all(key == one or key in self._above(one) for one in minimal)]
        if not common:
            return None
        deciding = [f for f in areas if f.key in (common[0], *minimal)]
        best = min(deciding, key=lambda f: (_KINDS[f.kind], list(Evidence).index(f.evidence)))
        return replace(best, key=common[0])

    @staticmethod
    def _best(findings: Iterable[Finding]) -> tuple[Link, ...]:
        """Give one link a municipality: the one that says most, then the surest."""
        best: dict[str, Finding] = {}
        for finding in sorted(findings, key=lambda f: (_KINDS[f.kind], -f.confidence)):
            if finding.key:
                best.setdefault(finding.key, finding)
        return tuple(
            Link(key, finding.kind, finding.evidence, finding.confidence) for key, finding in sorted(best.items())
        )


def _sure(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.confidence >= THRESHOLD]
