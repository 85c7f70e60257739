"""The figures above the list of all sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ckan.plugins.toolkit as tk

from ckanext.harvesters.pages import reader, words
from ckanext.harvesters.pages.source_pages import Shown


@dataclass(frozen=True)
class Figure:
    """A large number with its name and what to know about it."""

    label: str
    value: str
    note: str


def figures(sources: Sequence[Shown]) -> list[Figure]:
    """Sum up the latest run of every source."""
    last = [source.last for source in sources if source.last]
    seen, unchanged, failed = (
        sum(getattr(one.counts, kind) for one in last) for kind in ("seen", "unchanged", "failed")
    )
    return [
        Figure(tk._("Sources"), reader.number(len(sources)), ", ".join(_healths(sources))),
        Figure(
            tk._("Records in the last runs"),
            reader.number(seen),
            tk._("{count} unchanged, so not written").format(count=reader.number(unchanged)),
        ),
        _longest(sources),
        Figure(
            tk._("Records refused"),
            reader.number(failed),
            tk._("{share}, each with its reason").format(share=reader.percent(failed, seen)),
        ),
    ]


def _healths(sources: Sequence[Shown]) -> Iterator[str]:
    """Yield how many sources are how, the most frequent first."""
    for health, many in Counter(source.health for source in sources).most_common():
        yield f"{reader.number(many)} {words.health(health)}"


def _longest(sources: Sequence[Shown]) -> Figure:
    timed = [(source.last.seconds, source.title) for source in sources if source.last and source.last.seconds]
    whole = sum(seconds for seconds, _title in timed)
    note = ""
    if timed:
        seconds, title = max(timed)
        note = tk._("longest: {source}, {duration}").format(source=title, duration=reader.duration(seconds))
    return Figure(tk._("Time of the last runs"), reader.duration(whole), note)
