"""How many datasets a source had for this portal over the last weeks: a small line, and how it went up or down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.engine import runs
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.engine.tables import HarvestRun, now

#: How far back the line goes.
SPAN = timedelta(weeks=4)
#: The ground of the line, and what its stroke needs at the edges (units of the SVG).
WIDTH, HEIGHT, EDGE = 72, 20, 2


@dataclass(frozen=True)
class Trend:
    """A line on a ground of `WIDTH` by `HEIGHT`, and what it says: how many more or fewer in how many days."""

    points: str
    end: tuple[float, float]
    change: int
    days: int


def draw(counted: Sequence[tuple[date, int]]) -> Trend | None:
    """Draw the counts of some days, the first day first; None when there are not two. Pure.

    The line fills its height from the least to the most, so it tells the direction; the numbers tell how much.
    """
    if len(counted) < 2:
        return None
    (begin, before), (end, after) = counted[0], counted[-1]
    days = (end - begin).days
    least, most = (choose(count for _day, count in counted) for choose in (min, max))

    def place(day: date, count: int) -> tuple[float, float]:
        across = (day - begin).days / days
        up = (count - least) / (most - least) if most > least else 0.5
        return round(EDGE + (WIDTH - 2 * EDGE) * across, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * up, 1)

    points = [place(*one) for one in counted]
    return Trend(" ".join(f"{x:g},{y:g}" for x, y in points), points[-1], after - before, days)


def of_sources(source_ids: Collection[str]) -> Mapping[str, Trend]:
    """Return the trend of each of these sources that was read whole on two days or more, with one question.

    Of each day (UTC) the last such run counts: a source that is read without pause has hundreds.
    """
    day = sa.cast(HarvestRun.started, sa.Date)
    taken = HarvestRun.added + HarvestRun.updated + HarvestRun.unchanged
    query = (
        sa.select(HarvestRun.source_id, day, taken)
        .where(
            HarvestRun.source_id.in_(source_ids),
            HarvestRun.status == RunStatus.FINISHED,
            HarvestRun.started >= now() - SPAN,
            runs.looked(),
        )
        .distinct(HarvestRun.source_id, day)
        .order_by(HarvestRun.source_id, day, HarvestRun.started.desc())
    )
    counted: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for source_id, when, count in model.Session.execute(query):
        counted[source_id].append((when, count))
    drawn = {source_id: draw(days) for source_id, days in counted.items()}
    return {source_id: trend for source_id, trend in drawn.items() if trend}
