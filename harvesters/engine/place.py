"""How far a run has come, so that any worker can go on from there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.harvesters.engine.statistics import Counts


@dataclass(frozen=True)
class Place:
    """A place between two records of a pass.

    ``pages`` have been begun, and what is wrong with them is reported; ``taken`` records have been taken, the last of
    them ``last`` (its guid: another record at that place means that the portal gives other pages than before);
    ``absent`` are the known records out of scope; ``put_off`` are those before the place that have not been taken yet
    (`following`), ``moved`` the known ones that others were taken for; ``counts`` are those of the run.
    """

    pages: int = 0
    taken: int = 0
    last: str = ""
    absent: tuple[str, ...] = ()
    put_off: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        """Return the place as JSON keeps it."""
        return {
            "pages": self.pages,
            "taken": self.taken,
            "last": self.last,
            "absent": list(self.absent),
            "put_off": list(self.put_off),
            "moved": list(self.moved),
            "counts": self.counts.as_dict(),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Place:
        """Return a place out of the database; the beginning when there is none."""
        if kept is None:
            return cls()
        counts = Counts(**kept["counts"])
        # Unknown to runs of older versions.
        put_off, moved = tuple(kept.get("put_off", ())), tuple(kept.get("moved", ()))
        return cls(kept["pages"], kept["taken"], kept["last"], tuple(kept["absent"]), put_off, moved, counts)


class ElsewhereError(Exception):
    """The portal does not give the pages again that it gave before: the place is nowhere."""
