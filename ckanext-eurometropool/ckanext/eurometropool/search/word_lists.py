"""The lists of `words.yaml`. Pure."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from ckanext.oslo import quick_yaml


@cache
def _lists() -> dict[str, Any]:
    return quick_yaml.load(resources.files("ckanext.eurometropool.search").joinpath("words.yaml").read_text("utf-8"))


@cache
def small() -> frozenset[str]:
    """Give the words that say nothing alone."""
    return frozenset(_lists()["small"])


@cache
def leads() -> tuple[tuple[str, ...], ...]:
    """Give the words that lead to a place, each word by word, the longest first."""
    return tuple(sorted((tuple(words.split()) for words in _lists()["leads"]), key=len, reverse=True))


@cache
def common(lang: str) -> frozenset[str]:
    """Give the words of a language (nl, fr, en) that too many records have."""
    return frozenset(_lists()["common"][lang])


@cache
def empty_parts() -> frozenset[str]:
    """Give the parts of compounds that are no subject of their own."""
    return frozenset(_lists()["empty_parts"])
