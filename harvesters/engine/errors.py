"""Why a run ends before its source does."""

from __future__ import annotations

from ckanext.harvesters.engine.report import EngineReason
from ckanext.harvesters.records import HarvestError


class RunEnded(HarvestError):  # noqa: N818  (not always an error: a person may have stopped it)
    """A run cannot or may not go on. ``reason`` is its end as a code, ``detail`` what was said about it."""

    def __init__(self, reason: EngineReason, detail: str | None = None) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))


class AlreadyRunning(HarvestError):  # noqa: N818  (a state, met every day)
    """A source has a run that is alive; there is never a second one beside it."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(f"{source} is being harvested")
