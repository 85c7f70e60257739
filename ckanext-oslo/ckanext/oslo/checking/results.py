"""What a check finds: one requirement of a profile that a graph does not meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters: an error breaks the profile, a warning is recommended by it, a hint is worth doing."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """Give 0 for the worst."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


@dataclass(frozen=True)
class Result:
    """One result of SHACL. IRIs are full; ``path`` is empty when the node itself is wrong.

    ``rule`` is the constraint's name without "ConstraintComponent": ``MinCount``, ``Class``, ``Pattern`` …
    ``expected`` is what the rule wants to see: a class, a datatype, a pattern, a count.
    """

    severity: Severity
    focus: str
    path: str
    rule: str
    value: str
    expected: str
    shapes: str
    message: str


@dataclass(frozen=True)
class Place:
    """Where in our forms a result is mended.

    ``field`` is the name in the schema, empty when no field of a form holds it; ``resource`` counts the dataset's
    files from 0, None for the dataset itself; ``index`` and ``subfield`` are for groups that repeat (contact, places).
    """

    field: str = ""
    resource: int | None = None
    index: int | None = None
    subfield: str = ""


@dataclass(frozen=True)
class Finding:
    """A result, the profile it was checked against, and where it is mended.

    ``dataset`` is the IRI of the dataset it belongs to, empty for the catalogue itself. ``rdf_class`` is the class of
    the node that is wrong, by its prefixed name.
    """

    profile: str
    result: Result
    rdf_class: str = ""
    place: Place = field(default_factory=Place)
    dataset: str = ""

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return self.result.severity
