"""Report a problem with a dataset to whoever looks after it: a letter to its contact, from anybody.

No account is needed. What keeps it from being misused: CKAN's token against forged requests, a field that only programs
fill in, and a bound on letters an hour from one address and a day about one dataset.
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
from typing import Any

from ckan import model
from ckan.lib import mailer
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from flask import request
from redis.exceptions import RedisError

from ckanext.eurometropool.pages import cards, places

log = logging.getLogger(__name__)

DOMAIN = "ckanext-eurometropool"
WORDS = Path(__file__).resolve().parents[1] / "i18n"
SHORTEST, LONGEST = 10, 4000  # characters of what is reported
FROM_ONE_ADDRESS = 5  # letters an hour
ABOUT_ONE_DATASET = 20  # letters a day
HOUR, DAY = 3600, 86_400  # seconds
#: A field that no person sees: what a program fills in.
TRAP = "website"
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}\.[^@\s<>,;\"]{2,24}")


@dataclass(frozen=True)
class Report:
    """What somebody wrote: the problem, and where to answer ("" for nowhere)."""

    text: str
    answer_to: str


class NotReportedError(Exception):
    """The report was not sent; the message tells its writer why, and `field` what to mend ("" for nothing)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def can_report(dataset: Mapping[str, Any]) -> bool:
    """Tell whether a letter about this dataset would reach anybody."""
    return bool(tk.config.get("smtp.mail_from") and recipient(dataset))


def recipient(dataset: Mapping[str, Any]) -> str:
    """Give the address of who looks after a dataset: its contact, its organization's people, or ours."""
    contacts = dataset.get("contact")
    listed = contacts if isinstance(contacts, list) else []
    said = [str(one.get("email") or "") for one in listed if isinstance(one, Mapping)]
    said += [str(dataset.get(field) or "") for field in ("maintainer_email", "author_email")]
    said += _editors(str(dataset.get("owner_org") or ""))
    said.append(str(tk.config.get("email_to") or ""))
    plain = (address.removeprefix("mailto:").strip() for address in said)
    return next((address for address in plain if _ADDRESS.fullmatch(address)), "")


def read(form: Mapping[str, str]) -> Report:
    """Read the form. Raises NotReportedError for what a person can mend, and for a program."""
    if form.get(TRAP):
        raise NotReportedError(tk._("This form is for people."))
    text, answer_to = form.get("text", "").strip(), form.get("email", "").strip()
    if len(text) < SHORTEST:
        raise NotReportedError(tk._("Say in a sentence what is wrong."), "text")
    if len(text) > LONGEST:
        raise NotReportedError(tk._("At most {limit} characters fit here.").format(limit=LONGEST), "text")
    if answer_to and not _ADDRESS.fullmatch(answer_to):
        raise NotReportedError(tk._("This is not an e-mail address. Leave it empty if you want no answer."), "email")
    return Report(text, answer_to)


def send(dataset: Mapping[str, Any], report: Report) -> None:
    """Send the letter, in the language of the region the dataset is about. Raises NotReportedError."""
    address = recipient(dataset)
    if not address or not tk.config.get("smtp.mail_from"):
        raise NotReportedError(tk._("This portal cannot send a letter about this dataset."))
    _bound(dataset)
    region = cards.region(dataset)
    language = places.LANGUAGE.get(region.key if region else "", cards.reader())
    subject, body = _letter(dataset, report, language)
    headers = {"Content-Language": language} | ({"Reply-To": report.answer_to} if report.answer_to else {})
    try:
        mailer.mail_recipient(cards.publisher(dataset).value or address, address, subject, body, headers=headers)
    except (mailer.MailerException, smtplib.SMTPException, OSError) as error:
        log.exception("A report about %s could not be sent", dataset["name"])
        raise NotReportedError(tk._("The letter could not be sent now. Try again later.")) from error


def _letter(dataset: Mapping[str, Any], report: Report, language: str) -> tuple[str, str]:
    say = gettext.translation(DOMAIN, WORDS, [language], fallback=True).gettext
    title = cards.text(dataset, "title", otherwise=dataset["name"]).value.replace("\n", " ")
    page = tk.url_for(f"{dataset['type']}.read", id=dataset["name"], locale=language, _external=True)
    answer = say("Answer to: {address}").format(address=report.answer_to) if report.answer_to else ""
    opening = say("Somebody who read this dataset on the portal reports a problem with it:")
    parts = [opening, report.text, answer or say("The writer left no address."), f"{title}\n{page}"]
    return say("A problem with “{title}”").format(title=title[:150]), "\n\n".join(parts) + "\n"


def _bound(dataset: Mapping[str, Any]) -> None:
    """Count this letter. Raises NotReportedError past the bounds, and without Redis: nothing is sent."""
    now = datetime.now(UTC)
    # Kept for an hour, and not as the address itself.
    secret = str(tk.config["SECRET_KEY"])
    who = hashlib.sha256(f"{secret}{request.remote_addr}".encode()).hexdigest()[:24]
    bounds = (
        (f"from:{who}:{now:%Y-%m-%dT%H}", HOUR, FROM_ONE_ADDRESS),
        (f"about:{dataset['id']}:{now:%Y-%m-%d}", DAY, ABOUT_ONE_DATASET),
    )
    try:
        redis = connect_to_redis()
        for name, seconds, most in bounds:
            key = f"ckan:{tk.config['ckan.site_id']}:report:{name}"
            with redis.pipeline() as pipe:
                pipe.incr(key)
                pipe.expire(key, seconds)
                number, _set = pipe.execute()
            if number > most:
                raise NotReportedError(tk._("There have been many reports in a short time. Try again later."))
    except RedisError as error:
        raise NotReportedError(tk._("The letter could not be sent now. Try again later.")) from error


def _editors(organization: str) -> list[str]:
    """Give the addresses of the administrators of an organization, then of its editors."""
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
