"""Keeping wishes in the database. Every function that changes something commits."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.eurometropool.wishes import wish
from ckanext.eurometropool.wishes.tables import Wish, WishPut
from ckanext.eurometropool.wishes.wish import Asked
from ckanext.oslo.quality.tables import now


def keep(asked: Asked, email: str, language: str) -> Wish:
    """Keep a wish, unconfirmed; one that the same person made before is given as it is."""
    fresh = {"token": secrets.token_urlsafe(24), "words": asked.words, "place": asked.place, "email": email}
    row = insert(Wish).values(**fresh, question=asked.question, language=language, asked=now())
    # Two at once make one, and neither learns which was first.
    model.Session.execute(row.on_conflict_do_nothing(constraint="eurometropool_wish_once"))
    model.Session.commit()
    return model.Session.query(Wish).filter_by(words=asked.words, place=asked.place, email=email).one()


def by_token(token: str) -> Wish | None:
    """Give the wish of a letter; None where it is no longer kept."""
    # PostgreSQL refuses what no letter ever had in it.
    return model.Session.get(Wish, token) if token.isascii() and token.isprintable() else None


def confirm(kept: Wish) -> None:
    """Confirm a wish; a second time changes nothing."""
    kept.confirmed = kept.confirmed or now()
    model.Session.commit()


def forget(email: str) -> None:
    """Delete all wishes of an address."""
    model.Session.query(Wish).filter_by(email=email).delete()
    model.Session.commit()


def delete(kept: Wish) -> None:
    """Delete one wish."""
    model.Session.delete(kept)
    model.Session.commit()


def delete_old() -> None:
    """Delete what has been kept long enough."""
    old = sa.or_(
        sa.and_(Wish.confirmed.is_(None), Wish.asked < wish.oldest(now(), confirmed=False)),
        Wish.confirmed < wish.oldest(now(), confirmed=True),
    )
    model.Session.execute(sa.delete(Wish).where(old))
    model.Session.execute(sa.delete(WishPut).where(WishPut.put < wish.oldest(now(), confirmed=True)))
    model.Session.commit()


def is_any() -> bool:
    """Tell whether any wish is kept, confirmed or not."""
    return model.Session.query(sa.exists().where(Wish.token.is_not(None))).scalar()


def waiting() -> list[Asked]:
    """Give the confirmed questions, each once, those that were looked for longest ago first."""
    query = (
        sa.select(sa.func.min(Wish.question), Wish.place)
        .where(Wish.confirmed.is_not(None))
        .group_by(Wish.words, Wish.place)
        .order_by(sa.func.min(Wish.looked).nulls_first())
    )
    return [Asked(question, place) for question, place in model.Session.execute(query)]


def looked(asked: Asked) -> None:
    """Remember that a question was looked for now."""
    model.Session.query(Wish).filter_by(words=asked.words, place=asked.place).update({"looked": now()})
    model.Session.commit()


def who_wait(asked: Asked) -> Iterator[Wish]:
    """Yield the confirmed wishes of a question one after the other, locked until the next commit.

    One that another worker tells now, or that was forgotten meanwhile, is passed over.
    """
    same = model.Session.query(Wish.token).filter_by(words=asked.words, place=asked.place)
    for (token,) in same.filter(Wish.confirmed.is_not(None)).order_by(Wish.confirmed).all():
        kept = model.Session.query(Wish).filter_by(token=token).with_for_update(skip_locked=True).one_or_none()
        if kept is not None:
            yield kept


def another(kept: Wish) -> str:
    """Give the token of another wish of the same person; "" where there is none."""
    others = model.Session.query(Wish.token).filter(Wish.email == kept.email, Wish.token != kept.token)
    return others.limit(1).scalar() or ""


def take_to_put(asked: Asked) -> bool:
    """Tell whether a question may be put to people now, and take note that it was: once in a while, by one worker."""
    moment: datetime = now()
    row = insert(WishPut).values(words=asked.words, place=asked.place, put=moment)
    taken = row.on_conflict_do_update(
        index_elements=["words", "place"], set_={"put": moment}, where=WishPut.put < moment - wish.PUT_AGAIN
    ).returning(WishPut.words)
    found = model.Session.execute(taken).first()
    model.Session.commit()
    return found is not None


def was_put(asked: Asked) -> bool:
    """Tell whether a question was ever put to people, within the year that this is known."""
    return model.Session.get(WishPut, (asked.words, asked.place)) is not None


def not_put(asked: Asked) -> None:
    """Take back that a question was put: no letter was taken."""
    model.Session.query(WishPut).filter_by(words=asked.words, place=asked.place).delete()
    model.Session.commit()
