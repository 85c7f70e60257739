"""What stewards decided: these two are one dataset, those two are not. Remembered for every later harvest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters.duplicates.groups import Ids
from ckanext.harvesters.duplicates.rules import ordered
from ckanext.harvesters.duplicates.tables import DuplicateDecision
from ckanext.harvesters.engine.tables import now


class Choice(StrEnum):
    """What a steward may decide of two datasets. Codes are stored and never renamed."""

    JOIN = "join"
    SPLIT = "split"


@dataclass(frozen=True)
class Decision:
    """What was decided of two datasets, by whom (the id of a user, None for a command) and when (UTC)."""

    first: str
    second: str
    choice: Choice
    user_id: str | None
    decided: datetime


def keep(one: str, other: str, choice: Choice, user_id: str | None) -> None:
    """Keep a decision on two datasets in the place of an earlier one, in the current transaction."""
    first, second = ordered(one, other)
    values = {"decision": str(choice), "user_id": user_id, "decided": now()}
    upsert = insert(DuplicateDecision).values(first=first, second=second, **values)
    model.Session.execute(upsert.on_conflict_do_update(index_elements=["first", "second"], set_=values))


def every() -> list[Decision]:
    """Return all decisions, the latest first."""
    made = DuplicateDecision
    query = sa.select(made.first, made.second, made.decision, made.user_id, made.decided).order_by(made.decided.desc())
    return [
        Decision(first, second, Choice(choice), user_id, decided)
        for first, second, choice, user_id, decided in model.Session.execute(query)
    ]


def ids(decisions: Sequence[Decision], choice: Choice) -> list[Ids]:
    """Return the pairs of which this was decided."""
    return [(one.first, one.second) for one in decisions if one.choice is choice]
