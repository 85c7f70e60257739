"""The tables of the wishes. Made by the Alembic migration of plugin ``eurometropool``. Times are UTC without zone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from sqlalchemy.orm import Mapped, mapped_column


class Wish(tk.BaseModel):
    """What one person asked for. It goes when they are told, when they say so, and when its time is over."""

    __tablename__ = "eurometropool_wish"
    __table_args__ = (sa.UniqueConstraint("words", "place", "email", name="eurometropool_wish_once"),)

    #: Only the letters to the person have it: who has it reads that mailbox.
    token: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    question: Mapped[str] = mapped_column(sa.UnicodeText)
    #: The question as it is compared with others.
    words: Mapped[str] = mapped_column(sa.UnicodeText)
    #: Key of a municipality or an area, the name of namesakes, or empty.
    place: Mapped[str] = mapped_column(sa.UnicodeText)
    #: Of the reader: ``nl``, ``fr`` or ``en``.
    language: Mapped[str] = mapped_column(sa.UnicodeText)
    email: Mapped[str] = mapped_column(sa.UnicodeText)
    asked: Mapped[datetime] = mapped_column(sa.DateTime)
    confirmed: Mapped[datetime | None] = mapped_column(sa.DateTime)
    #: When it was last looked for.
    looked: Mapped[datetime | None] = mapped_column(sa.DateTime)


class WishPut(tk.BaseModel):
    """When a question was last put to who may have the data: no person's, so it may stay when the wishes go."""

    __tablename__ = "eurometropool_wish_put"

    words: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    place: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    put: Mapped[datetime] = mapped_column(sa.DateTime)
