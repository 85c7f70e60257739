"""Somebody is told when a source fails twice in a row, is braked, or stays empty: by e-mail, by webhook, or both."""

from __future__ import annotations

import json
import logging
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import takewhile

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer

from ckanext.harvesters import config
from ckanext.harvesters.engine import runs
from ckanext.harvesters.engine.report import EngineReason, sentence
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.engine.tables import HarvestRun
from ckanext.oslo import fetch

log = logging.getLogger(__name__)

_FAILED = (RunStatus.FAILED, RunStatus.INTERRUPTED, RunStatus.INCOMPLETE)


class Cause(StrEnum):
    """Why somebody is told."""

    FAILED_TWICE = "failed-twice"
    BRAKED = "braked"
    EMPTY = "empty"


@dataclass(frozen=True)
class Ended:
    """How a run ended: its status and reason."""

    status: str
    reason: str | None


@dataclass(frozen=True)
class Alert:
    """What is told: the source, why, the reason of its latest run in words, and where to look."""

    source: str
    title: str
    cause: Cause
    text: str
    url: str


#: What the subject of a mail says of each cause.
WORDS: Mapping[Cause, Mapping[str, str]] = {
    Cause.FAILED_TWICE: {
        "en": "the harvest failed twice in a row",
        "nl": "de ophaling is tweemaal na elkaar mislukt",
        "fr": "le moissonnage a échoué deux fois de suite",
    },
    Cause.BRAKED: {
        "en": "many datasets are gone at the source, somebody has to confirm it",
        "nl": "veel datasets zijn weg bij de bron, iemand moet dat bevestigen",
        "fr": "beaucoup de jeux de données ont disparu à la source, quelqu’un doit le confirmer",
    },
    Cause.EMPTY: {
        "en": "the source stays empty",
        "nl": "de bron blijft leeg",
        "fr": "la source reste vide",
    },
}


def words(cause: Cause, language: str) -> str:
    """Say a cause in a language, or else in English."""
    told = WORDS[cause]
    return told.get(language, told["en"])


def cause_of(ended: Sequence[Ended]) -> Cause | None:
    """Say whether the latest of a source's ended runs (the latest first) is one to tell of. Pure.

    Of a row of them only the one that makes it a row: nobody reads the same mail every night.
    """
    latest, before = (*ended, None, None)[:2]
    if latest is None:
        return None
    if latest.status == RunStatus.BRAKED:
        return Cause.BRAKED if before is None or before.status != RunStatus.BRAKED else None
    if latest.reason == EngineReason.EMPTY:
        return Cause.EMPTY if _in_a_row(ended, lambda one: one.reason == EngineReason.EMPTY) == 2 else None
    return Cause.FAILED_TWICE if _in_a_row(ended, lambda one: one.status in _FAILED) == 2 else None


def _in_a_row(ended: Sequence[Ended], meets: Callable[[Ended], bool]) -> int:
    return sum(1 for _one in takewhile(meets, ended))


def tell(source: Registered) -> None:
    """Tell whoever wants to know how a source's latest run ended, when that is worth it. Raises nothing."""
    # CKAN's mailer fails without a sender.
    addresses = config.alert_addresses() if tk.config.get("smtp.mail_from") else []
    webhook = config.alert_webhook()
    if not addresses and not webhook:
        return
    query = (
        sa.select(HarvestRun.status, HarvestRun.reason, HarvestRun.detail)
        .where(HarvestRun.source_id == source.id, HarvestRun.status != RunStatus.RUNNING, runs.looked())
        # That a person stopped a run says nothing of its source.
        .where(HarvestRun.reason.is_distinct_from(EngineReason.STOPPED))
        .order_by(HarvestRun.started.desc())
        .limit(3)
    )
    rows = model.Session.execute(query).all()
    cause = cause_of([Ended(row.status, row.reason) for row in rows])
    if cause is None:
        return
    said = f"{sentence(rows[0].reason or '', _language())} {rows[0].detail or ''}".strip()
    # A job of the queue is no request: url_for has nothing to make an address of.
    url = f"{tk.config['ckan.site_url'].rstrip('/')}/harvest/{source.name}/job/last"
    alert = Alert(source.name, source.title, cause, said, url)
    for address in addresses:
        _mail(address, alert)
    if webhook:
        _post(webhook, alert)


def _language() -> str:
    return str(tk.config["ckan.locale_default"])[:2]


def _mail(address: str, alert: Alert) -> None:
    subject = f"{tk.config['ckan.site_title']}: {alert.title}: {words(alert.cause, _language())}"
    try:
        mailer.mail_recipient(address, address, subject, f"{alert.title}\n\n{alert.text}\n\n{alert.url}\n")
    except (mailer.MailerException, smtplib.SMTPException, OSError) as error:
        log.warning("%s could not be told of source %s: %s", address, alert.source, error)


def _post(url: str, alert: Alert) -> None:
    try:
        with fetch.from_config(seconds=20) as client:
            client.post(url, json.dumps(asdict(alert), ensure_ascii=False).encode(), "application/json")
    except fetch.FetchError as error:
        log.warning("The webhook could not be told of source %s: %s", alert.source, error)
