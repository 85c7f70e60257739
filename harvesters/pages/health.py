"""How a source or a run is doing, in one of a few words. Pure."""

from __future__ import annotations

from enum import StrEnum

from ckanext.harvesters.engine.statistics import RunStatus


class Health(StrEnum):
    """How the latest run of a source stands. Pages translate these codes."""

    NEVER = "never"
    WAITING = "waiting"
    RUNNING = "running"
    #: It says it runs, but has given no sign of life for longer than a living run would.
    SILENT = "silent"
    CLEAN = "clean"
    #: The whole source was read, but records of it were refused.
    PROBLEMS = "problems"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    #: So much is gone at the source that a person has to confirm it.
    BRAKED = "braked"
    STOPPED = "stopped"

    @property
    def mark(self) -> str:
        """Return the shape that stands before the word: a circle, a square, a triangle or a ring."""
        return _MARKS[self]

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen to the run."""
        return self not in (Health.WAITING, Health.RUNNING, Health.SILENT)

    @property
    def needs_somebody(self) -> bool:
        """Tell whether a person should look at it: the source was not read to its end, or waits for an answer."""
        return self in (Health.SILENT, Health.INCOMPLETE, Health.FAILED, Health.BRAKED, Health.STOPPED)


_MARKS = {
    Health.NEVER: "dot dot-off",
    Health.WAITING: "dot dot-off",
    Health.RUNNING: "dot dot-off",
    Health.SILENT: "dot dot-bad",
    Health.CLEAN: "dot",
    Health.PROBLEMS: "dot dot-warn",
    Health.INCOMPLETE: "dot dot-warn",
    Health.FAILED: "dot dot-bad",
    Health.BRAKED: "dot dot-warn",
    Health.STOPPED: "dot dot-bad",
}

_ENDS = {
    RunStatus.INCOMPLETE: Health.INCOMPLETE,
    RunStatus.FAILED: Health.FAILED,
    RunStatus.BRAKED: Health.BRAKED,
    RunStatus.INTERRUPTED: Health.STOPPED,
}


def health(status: str, failed: int, *, silent: bool = False) -> Health:
    """Return the word for a run, from how it stands, how many records it refused, and whether it has fallen silent."""
    if status == RunStatus.RUNNING:
        return Health.SILENT if silent else Health.RUNNING
    if status == RunStatus.FINISHED:
        return Health.PROBLEMS if failed else Health.CLEAN
    return _ENDS[RunStatus(status)]
