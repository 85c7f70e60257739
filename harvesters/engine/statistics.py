"""The counts and the end of a run. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from ckanext.harvesters.engine.difference import Kind


class RunStatus(StrEnum):
    """How a run stands. Every run ends in one of the last five, whatever happens to it."""

    RUNNING = "running"
    #: The whole source was read. Single records may have failed; they are counted and reported.
    FINISHED = "finished"
    #: Part of the source was read; what came is in, nothing can be said of the rest.
    INCOMPLETE = "incomplete"
    #: Nothing could be read or kept.
    FAILED = "failed"
    #: The whole source was read, but so much is missing there that a person has to confirm it.
    BRAKED = "braked"
    #: Stopped by a person, or its worker died.
    INTERRUPTED = "interrupted"


@dataclass
class Counts:
    """How many records a run has seen, and what became of them.

    ``seen`` is the sum of ``added``, ``updated``, ``unchanged``, ``failed`` and ``out_of_scope``; ``gone`` counts
    datasets that the run found to be no longer at the portal, ``deleted`` those that were deleted for it since.
    """

    seen: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    deleted: int = 0
    out_of_scope: int = 0
    gone: int = 0

    def count(self, kind: Kind) -> None:
        """Count one record."""
        self.seen += 1
        setattr(self, kind, getattr(self, kind) + 1)

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def status_of(counts: Counts, *, complete: bool) -> RunStatus:
    """Say how a pass that was not broken off ended, from what it saw and whether every page was whole."""
    if complete and counts.seen:
        return RunStatus.FINISHED
    return RunStatus.INCOMPLETE if counts.seen > counts.failed else RunStatus.FAILED
