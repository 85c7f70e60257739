"""The picture of a dataset as it is shared: its words and places, drawn once and kept while the dataset is the same."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards, places
from ckanext.eurometropool.pages.social import Words, picture

#: Pictures kept in each process; one has some 50 kB.
KEPT = 64


def picture_of(dataset: Mapping[str, Any]) -> bytes:
    """Give the picture of a dataset in the reader's language, as PNG of 1200 by 630 pixels."""
    title = cards.text(dataset, "title", otherwise=dataset["name"]).value
    below = " · ".join(part for part in (cards.publisher(dataset).value, cards.where(dataset)) if part)
    keys = tuple(link["key"] for link in cards.links(dataset))
    return _drawn(Words(title, below, tk._("Eurometropolis Open Data")), keys)


@functools.lru_cache(maxsize=KEPT)
def _drawn(words: Words, keys: tuple[str, ...]) -> bytes:
    return picture(words, places.cloth(), keys)
