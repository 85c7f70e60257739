"""Who asks, and where: the reader's language, and the municipalities one may ask about here."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.eurometropool.municipalities import installed


def language() -> str:
    """Give the reader's language: one of ours, else English."""
    code = str(tk.h.lang() or "en")[:2]
    return code if code in {"nl", "fr"} else "en"


def municipalities() -> frozenset[str] | None:
    """Give the keys of the municipalities there are, None without a register."""
    return frozenset(m.key for m in installed.register()) if installed.is_installed() else None
