"""The tables of this room. Made by the Alembic migration of plugin ``harvesters``.

All but the decisions can be made anew from the datasets at any time. None refers to CKAN's tables: a row here must
never make a harvest that writes a dataset wait, and `refresh` drops what belongs to no dataset. All times are UTC
without zone, as in CKAN's own tables.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.harvesters.engine.tables import now


class DuplicateDescription(tk.BaseModel):
    """A dataset as the rules saw it last: what was compared, and of which state of the dataset."""

    __tablename__ = "harvest_duplicate_description"

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: The dataset's ``metadata_modified`` then, and whether everybody could see it. What is hidden is not compared.
    modified: Mapped[datetime | None] = mapped_column(sa.DateTime)
    visible: Mapped[bool] = mapped_column(sa.Boolean)
    #: `rules.version` then.
    version: Mapped[int] = mapped_column(sa.Integer)
    #: `rules.Described.as_dict`.
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)


class DuplicateKey(tk.BaseModel):
    """A value by which a dataset is found: the digest of a rule and value, or of a word of its titles."""

    __tablename__ = "harvest_duplicate_key"
    __table_args__ = (sa.Index("harvest_duplicate_key_of", "package_id"),)

    digest: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)


class DuplicatePair(tk.BaseModel):
    """Two datasets that meet a rule, with the evidence: `reasons` is a list of ``rule`` and ``value``, the best first.

    ``first`` comes before ``second`` in the order of ids.
    """

    __tablename__ = "harvest_duplicate_pair"
    __table_args__ = (sa.Index("harvest_duplicate_pair_other", "second"),)

    first: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    second: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    sure: Mapped[bool] = mapped_column(sa.Boolean)
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    found: Mapped[datetime] = mapped_column(sa.DateTime, default=now)


class DuplicateDecision(tk.BaseModel):
    """What a steward decided of two datasets: ``join`` or ``split``.

    It outlives the datasets: harvested again they have the same ids, and are what the steward said.
    """

    __tablename__ = "harvest_duplicate_decision"

    first: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    second: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    decision: Mapped[str] = mapped_column(sa.UnicodeText)
    #: The id of the user; None for a command.
    user_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    decided: Mapped[datetime] = mapped_column(sa.DateTime, default=now)


class DuplicateMember(tk.BaseModel):
    """A dataset of a group, and the group's master: its own id when it is the master itself."""

    __tablename__ = "harvest_duplicate_member"
    __table_args__ = (sa.Index("harvest_duplicate_member_of", "master_id"),)

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    master_id: Mapped[str] = mapped_column(sa.UnicodeText)
    since: Mapped[datetime] = mapped_column(sa.DateTime, default=now)
