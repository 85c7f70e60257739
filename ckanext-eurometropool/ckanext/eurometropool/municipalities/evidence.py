"""What a link says, and how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a dataset has to do with a municipality."""

    COVERS = "covers"
    WITHIN = "within"
    PUBLISHER = "publisher"


class Evidence(StrEnum):
    """By what a dataset was linked, strongest first. Templates translate these codes."""

    STEWARD = "steward"
    CODE = "code"
    URI = "uri"
    GEOMETRY = "geometry"
    BOX = "bounding-box"
    POSTCODE = "postcode"
    TERRITORY = "territory"
    PUBLISHER = "publisher"
    TITLE = "title"
    KEYWORD = "keyword"


#: How sure a link by this evidence is where nothing speaks against it, 0 to 1.
CONFIDENCE: Mapping[Evidence, float] = {
    Evidence.STEWARD: 1.0,
    Evidence.CODE: 1.0,
    Evidence.URI: 0.98,
    Evidence.GEOMETRY: 0.95,
    Evidence.BOX: 0.9,
    Evidence.POSTCODE: 0.9,
    Evidence.TERRITORY: 0.9,
    Evidence.PUBLISHER: 0.85,
    Evidence.TITLE: 0.75,
    Evidence.KEYWORD: 0.7,
}

#: What is less sure than this is not a link but a suggestion for the steward.
THRESHOLD = 0.6
#: How sure a finding is that the record itself leaves open: a name that is also a word, a postcode of three communes.
UNSURE = 0.4
#: How sure a finding is that stronger evidence of the same record does not bear out.
OUTWEIGHED = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that one piece of evidence points to.

    `key` is a municipality's or an area's; None says: a place, but none that the register knows.
    """

    key: str | None
    kind: Kind
    evidence: Evidence
    confidence: float

    @classmethod
    def by(cls, evidence: Evidence, key: str | None, kind: Kind = Kind.COVERS, doubt: float = 0.0) -> Finding:
        """Give a finding as sure as its evidence, less a doubt."""
        return cls(key, kind, evidence, round(CONFIDENCE[evidence] - doubt, 2))


@dataclass(frozen=True, slots=True)
class Link:
    """A dataset's link to a municipality."""

    key: str
    kind: Kind
    evidence: Evidence
    confidence: float

    def as_dict(self) -> dict[str, str | float]:
        """Give the link as the API shows it."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "evidence": self.evidence.value,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class Places:
    """All that a dataset is linked to: municipalities, and the smallest area between them and the world it covers.

    `area_link` is the area with its kind, evidence and confidence. `suggestions` are below the threshold: no links, but
    what a steward may make one, the surest first.
    """

    links: tuple[Link, ...] = ()
    area_link: Link | None = None
    suggestions: tuple[Link, ...] = ()

    @property
    def area(self) -> str | None:
        """Give the area's key."""
        return self.area_link.key if self.area_link else None
