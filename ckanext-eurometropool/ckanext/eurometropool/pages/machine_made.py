"""The mark on texts that a machine translated, and from which language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckan.plugins import toolkit as tk


def marks(dataset: Mapping[str, Any]) -> dict[str, str]:
    """Return language → what to say of a dataset's title and description in it, for those a machine translated."""
    said = {
        "nl": tk._("Automatically translated from Dutch"),
        "fr": tk._("Automatically translated from French"),
        "en": tk._("Automatically translated from English"),
    }
    return {
        lang: said.get(origin, tk._("Automatically translated"))
        for lang, origin in made(dataset.get("machine_translated"))
    }


def made(tags: object) -> Iterator[tuple[str, str]]:
    """Yield (language, language it was made from or "") for the BCP 47 tags of ``machine_translated``: ``fr-t-nl``."""
    for tag in tags if isinstance(tags, list | tuple) else ():
        language, _, origin = str(tag).partition("-t-")
        yield language, origin
