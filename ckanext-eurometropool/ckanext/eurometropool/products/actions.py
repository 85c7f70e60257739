"""Actions of the merged products."""

from __future__ import annotations
