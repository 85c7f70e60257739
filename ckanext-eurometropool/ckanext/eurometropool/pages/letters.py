"""What forms that send letters share: what an address is, how many may be sent, and sending one.

No account is needed for them. What keeps them from being misused: CKAN's token against forged requests, a field that
only programs fill in, and bounds that are counted in Redis.
"""

from __future__ import annotations

import gettext
import hashlib
import logging
import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ckan import model
from ckan.lib import mailer
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from flask import request
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

DOMAIN = "ckanext-eurometropool"
WORDS = Path(__file__).resolve().parents[1] / "i18n"
#: A field that no person sees: what a program fills in.
TRAP = "website"
HOUR, DAY = 3600, 86_400  # seconds
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}\.[^@\s<>,;\"]{2,24}")


class NotSentError(Exception):
    """Nothing was sent; the message tells who filled in the form why, and `field` what to mend ("" for nothing)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Bound:
    """At most so many (`most`) of what `name` names, within so many `seconds`: an hour or a day."""

    name: str
    seconds: int
    most: int

    def key(self, now: datetime) -> str:
        """Give the name with the hour or the day that it counts for."""
        return f"{self.name}:{now:%Y-%m-%dT%H}" if self.seconds == HOUR else f"{self.name}:{now:%Y-%m-%d}"


def can_send() -> bool:
    """Tell whether this portal sends mail: it has a sender's address."""
    return bool(tk.config.get("smtp.mail_from"))


def is_address(text: str) -> bool:
    """Tell whether a text is an e-mail address that any mail server takes, and nothing else besides."""
    return text.isascii() and text.isprintable() and bool(_ADDRESS.fullmatch(text))


def refuse_programs(form: Mapping[str, str]) -> None:
    """Raise NotSentError for a form that was filled in by a program."""
    if form.get(TRAP):
        raise NotSentError(tk._("This form is for people."))


def anonymous(text: str) -> str:
    """Give a mark of an address, from which only this portal could tell it again: for counting."""
    return hashlib.sha256(f"{tk.config['SECRET_KEY']}{text}".encode()).hexdigest()[:24]


def from_here(most: int) -> Bound:
    """Bound what the machine that asks now may send within an hour."""
    return Bound(f"from:{anonymous(request.remote_addr or '')}", HOUR, most)


def is_within(form: str, bound: Bound) -> bool:
    """Count once more for a form, and tell whether that is still within the bound.

    Raises NotSentError without Redis: what is not counted is not sent.
    """
    key = f"ckan:{tk.config['ckan.site_id']}:{form}:{bound.key(datetime.now(UTC))}"
    try:
        with connect_to_redis().pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, bound.seconds)
            number, _set = pipe.execute()
    except RedisError as error:
        raise not_now() from error
    return number <= bound.most


def not_now() -> NotSentError:
    """Give the error of a letter that cannot be sent at this moment."""
    return NotSentError(tk._("The letter could not be sent now. Try again later."))


def send(to: tuple[str, str], subject: str, body: str, headers: Mapping[str, str]) -> bool:
    """Send a letter to a name ("" for none) and an address; tell whether it was taken. The log says why not."""
    name, address = to
    try:
        # A subject is one line, whatever people have typed.
        mailer.mail_recipient(name, address, " ".join(subject.split()), body, headers=dict(headers))
    except (mailer.MailerException, smtplib.SMTPException, OSError):
        log.exception("A letter could not be sent")
        return False
    return True


def words(language: str) -> gettext.NullTranslations:
    """Give our words in a language; what they lack is English."""
    return gettext.translation(DOMAIN, WORDS, [language], fallback=True)


def editors(organization: str) -> list[str]:
    """Give the addresses of the administrators of an organization (its id), then of its editors."""
    members = (
        model.Session.query(model.User.email, model.Member.capacity)
        .join(model.Member, model.Member.table_id == model.User.id)
        .filter(
            model.Member.group_id == organization,
            model.Member.table_name == "user",
            model.Member.state == "active",
            model.User.state == "active",
            model.Member.capacity.in_(["admin", "editor"]),
        )
        .order_by(model.Member.capacity, model.User.created)
    )
    return [email for email, _capacity in members if email]
