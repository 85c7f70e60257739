"""A source that cannot work is refused when a person saves it, with the reason; not at three in the night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context, DataDict
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.report import sentence
from ckanext.harvesters.engine.sample import nothing_of
from ckanext.harvesters.engine.sources import protocol_names
from ckanext.harvesters.logic import schema
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import PortalBusyError, Source, SourceError
from ckanext.harvesters.registry import protocol
from ckanext.oslo import fetch

#: How long a portal may take to answer while a person waits (seconds).
PATIENCE = 20.0


def check(context: Context, data_dict: DataDict, *, access: str) -> None:
    """Ask a source's portal for its first page. Raises ``ValidationError`` when a person saves one that cannot work.

    What a command declares for the operator is not asked, nor what has not changed. Raises ``NotAuthorized`` for who
    may not save it by the auth function ``access``: nobody else has this portal ask an address of theirs.
    """
    kind, url, config = (data_dict.get(name) or "" for name in ("source_type", "url", "config"))
    if context.get("ignore_auth") or kind not in protocol_names() or not url or _is_saved(data_dict, kind, url, config):
        return
    tk.check_access(access, context, data_dict)
    try:
        settings = declaration.settings(config)
    except declaration.DeclarationError:
        return  # ckanext-harvest's validator of the settings says what is wrong with them.
    source = described(data_dict, settings)
    with told(), fetch.from_config(seconds=PATIENCE) as client:
        client.check(url)
        first = next(iter(protocol(kind).pages(source, client)), None)
        if first is not None and (unreadable := nothing_of(first)):
            raise unreadable


def described(data_dict: Mapping[str, Any], settings: Mapping[str, Any]) -> Source:
    """Return the source that a form or a request describes; ``settings`` are what its configuration says."""
    return Source(
        name=str(data_dict.get("name") or ""),
        title=str(data_dict.get("title") or ""),
        protocol=data_dict["source_type"],
        url=data_dict["url"],
        organization="",
        language=settings.get("language", ""),
        metadata_license=settings.get("metadata_license", ""),
        publisher=settings.get("publisher"),
        scope=settings.get("scope", {}),
        options=settings.get("options", {}),
        credentials=settings.get("credentials"),
    )


@contextmanager
def told() -> Iterator[None]:
    """Turn what is wrong with a portal into a ``ValidationError`` beside the field of the form that can mend it."""
    language = schema.language()
    try:
        yield
    except SourceError as error:
        field = "config" if error.reason is Reason.BAD_CONFIGURATION else "url"
        raise tk.ValidationError({field: [f"{sentence(error.reason, language)} {error.detail}".strip()]}) from error
    except PortalBusyError as busy:
        said = f"{sentence(Reason.UNREACHABLE, language)} {busy.detail}"
        raise tk.ValidationError({"url": [said]}) from busy
    except fetch.FetchError as error:
        raise tk.ValidationError({"url": [error.text(language)]}) from error


def _is_saved(data_dict: DataDict, kind: str, url: str, config: str) -> bool:
    """Tell whether a source says what it said when it was saved last."""
    saved = sa.select(HarvestSource.type, HarvestSource.url, HarvestSource.config).where(
        HarvestSource.id == data_dict.get("id")
    )
    row = model.Session.execute(saved).first() if data_dict.get("id") else None
    return row is not None and (row.type, row.url, row.config or "") == (kind, url, config)
