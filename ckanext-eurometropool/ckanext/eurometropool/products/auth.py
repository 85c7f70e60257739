"""Who may read and refresh merged products."""

from __future__ import annotations
