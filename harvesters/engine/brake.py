"""When a source has lost too much at once for a machine to believe it. Pure.

A truncated feed, a filter that changed or a portal half restored looks exactly like a portal that took its datasets
away; portals have been emptied by it (ckanext-harvest's own queue has no brake).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Brake:
    """How much may be gone in one run before a person is asked.

    ``share`` is the part of a source's datasets (0 to 1), ``count`` their number; beyond either, the brake holds.
    """

    share: float = 0.1
    count: int = 50

    def holds(self, missing: int, standing: int) -> bool:
        """Tell whether ``missing`` of ``standing`` datasets are too many. All of them always are."""
        if not missing:
            return False
        return missing > self.count or missing > self.share * standing or missing >= standing
