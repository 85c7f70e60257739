"""Template helpers (``h.portal_*``), registered by the plugin's blanket."""

from __future__ import annotations
