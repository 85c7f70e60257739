"""What a refresh changes: rows and sources as they were, and what each source gave now, make a plan. Pure.

A source that answered replaces its rows. A source that failed keeps its last good ones, marked with the moment since
when they are stale. Rows that did not change are not written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from ckanext.eurometropool.products.errors import Text
from ckanext.eurometropool.products.stations import Flaw, Row, RowProblem, Station, moment, stamp

REPORTED = 20  # problems kept a source: enough to see what is wrong


@dataclass(frozen=True)
class Failure:
    """Why a source gave nothing: a stable code, and the sentence for people."""

    code: str
    text: Text


@dataclass(frozen=True)
class Delivery:
    """What a source gave: stations with their municipality, and what was wrong with other rows."""

    stations: tuple[Station, ...]
    problems: tuple[RowProblem, ...]


Outcome = Delivery | Failure


@dataclass(frozen=True)
class SourceState:
    """How a source stands. Times are UTC.

    ``fetched``: its last good answer; ``failed_since``: the first failure after it, None while it answers;
    ``flawed``: how many problems its last good answer had, of which ``problems`` are the first.
    """

    source: str
    fetched: datetime | None = None
    failed_since: datetime | None = None
    failure: Failure | None = None
    stations: int = 0
    flawed: int = 0
    problems: tuple[RowProblem, ...] = ()

    def stale_since(self, now: datetime, stale_after: int) -> datetime | None:
        """Say since when its rows are stale: it fails, or nobody has asked it for ``stale_after`` seconds."""
        if self.failed_since:
            return self.failed_since
        if self.fetched and now - self.fetched > timedelta(seconds=stale_after):
            return self.fetched
        return None

    def to_json(self) -> str:
        """Write the state down, for :meth:`from_json`."""
        values = asdict(self) | {"fetched": stamp(self.fetched), "failed_since": stamp(self.failed_since)}
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> SourceState:
        """Read a state that :meth:`to_json` wrote."""
        values = json.loads(text)
        failure = values["failure"]
        problems = tuple(RowProblem(**{**p, "flaw": Flaw(p["flaw"])}) for p in values["problems"])
        return cls(
            **{
                **values,
                "fetched": moment(values["fetched"]),
                "failed_since": moment(values["failed_since"]),
                "failure": Failure(**failure) if failure else None,
                "problems": problems,
            }
        )


@dataclass(frozen=True)
class Plan:
    """What to write: rows that are new or changed, ids to delete, and how the sources stand now."""

    upserts: tuple[Row, ...]
    deletes: tuple[str, ...]
    states: tuple[SourceState, ...]


def merge(
    rows: Iterable[Row], states: Mapping[str, SourceState], outcomes: Mapping[str, Outcome], now: datetime
) -> Plan:
    """Plan a refresh.

    ``rows``: the table as it is. ``states``: the sources as they were, by name. ``outcomes``: what each source gave
    now; the rows of a source that is not among them are deleted, for it is no longer part of the product.
    """
    before = {row["id"]: row for row in rows}
    after: dict[str, Row] = {}
    standing = []
    for source, outcome in outcomes.items():
        state = _next(states.get(source, SourceState(source)), outcome, now)
        standing.append(state)
        if isinstance(outcome, Delivery):
            after |= {station.id: station.row() for station in outcome.stations}
        else:
            kept = (row for row in before.values() if row["source"] == source)
            after |= {row["id"]: {**row, "stale_since": stamp(state.failed_since)} for row in kept}
    return Plan(
        upserts=tuple(row for key, row in after.items() if before.get(key) != row),
        deletes=tuple(key for key in before if key not in after),
        states=tuple(standing),
    )


def _next(state: SourceState, outcome: Outcome, now: datetime) -> SourceState:
    if isinstance(outcome, Failure):
        return replace(state, failed_since=state.failed_since or now, failure=outcome)
    return SourceState(
        state.source,
        fetched=now,
        stations=len(outcome.stations),
        flawed=len(outcome.problems),
        problems=outcome.problems[:REPORTED],
    )
