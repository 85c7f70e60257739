"""Who gets an organization's report by mail each month, and sending it."""

from __future__ import annotations

import gettext
import logging
import smtplib
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer
from ckan.plugins import toolkit

from ckanext.oslo.quality import actions, report, store
from ckanext.oslo.quality.tables import QualityReader, now
from ckanext.oslo.reading.translations import best

log = logging.getLogger(__name__)

DOMAIN = "ckanext-oslo"
WORDS = Path(__file__).resolve().parents[1] / "i18n"


def can_send() -> bool:
    """Tell whether this portal sends mail: it has a sender's address."""
    return bool(toolkit.config.get("smtp.mail_from"))


def is_reader(organization_id: str, user_id: str) -> bool:
    """Tell whether a person gets the report of an organization."""
    return model.Session.get(QualityReader, (organization_id, user_id)) is not None


def add(organization_id: str, user_id: str, language: str) -> None:
    """Send a person the report from next month on, in this language. Commits nothing."""
    reader = QualityReader(organization_id=organization_id, user_id=user_id, language=language, sent=_this_month())
    model.Session.merge(reader)


def remove(organization_id: str, user_id: str) -> None:
    """Send a person no report any more. Commits nothing."""
    model.Session.query(QualityReader).filter_by(organization_id=organization_id, user_id=user_id).delete()


def send_due() -> int:
    """Send the reports that are due, each committed; one that cannot be sent is tried again the next time.

    Returns how many were sent.
    """
    if not can_send():
        return 0
    user, group = model.User, model.Group
    query = (
        sa.select(QualityReader, user, group)
        .join(user, user.id == QualityReader.user_id)
        .join(group, group.id == QualityReader.organization_id)
        .where(QualityReader.sent < _this_month(), user.state == "active", group.state == "active", user.email != "")
        .order_by(QualityReader.organization_id, QualityReader.language)
    )
    sent = 0
    for reader, person, organization in model.Session.execute(query).all():
        try:
            _send(reader, person, organization)
        except (mailer.MailerException, smtplib.SMTPException, OSError):
            model.Session.rollback()
            log.exception("The quality report of %s could not be sent", organization.name)
            continue
        reader.sent = _this_month()
        model.Session.commit()
        sent += 1
    return sent


def _send(reader: QualityReader, person: Any, organization: Any) -> None:
    page = toolkit.url_for("oslo_quality.organization", name=organization.name, locale=reader.language, _external=True)
    texts = store.texts(organization.extras.get("title_translated"))
    spoken = best(texts, reader.language)
    letter = report.compose(
        report.Report(
            organization=str(texts[spoken]) if spoken else organization.display_name,
            summary=actions.summary(list(store.rows_of("organization", organization.id, reader.language))),
            trend=actions.trend("organization", organization.id),
            page=page,
            file=toolkit.url_for("oslo_quality.organization_csv", name=organization.name, _external=True),
        ),
        now().date(),
        reader.language,
        gettext.translation(DOMAIN, WORDS, [reader.language], fallback=True),
    )
    headers = {"List-Unsubscribe": f"<{page}>", "Content-Language": reader.language}
    mailer.mail_recipient(person.display_name, person.email, letter.subject, letter.text, headers=headers)


def _this_month() -> date:
    return now().date().replace(day=1)
