"""The publishers that the catalogue already knows, for a steward who types the start of a name."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from ckan import model
from sqlalchemy import distinct, func, or_

MOST_READ = 2_000


def find(words: str, limit: int) -> list[dict[str, Any]]:
    """Give publishers of public datasets whose name holds ``words``, each name once, the most said first."""
    said = model.Package.extras["publisher"].astext
    query = (
        model.Session.query(said, func.count(distinct(model.Package.id)))
        .filter(model.Package.state == "active", or_(model.Package.private.is_(False), model.Package.private.is_(None)))
        .filter(said.isnot(None))
        .group_by(said)
        .order_by(func.count(distinct(model.Package.id)).desc(), said)
        .limit(MOST_READ)
    )
    return distinct_names((text for text, _count in query), words, limit)


def distinct_names(publishers: Iterable[str], words: str, limit: int) -> list[dict[str, Any]]:
    """Give the publishers of JSON texts as ``[{"name": …, "email": …}]``, one for each name. Pure."""
    wanted = fold(words)
    found: dict[str, dict[str, Any]] = {}
    for text in publishers:
        for publisher in _loaded(text):
            name = fold(str(publisher.get("name") or ""))
            if name and wanted in name:
                known = found.setdefault(name, publisher)
                if len(publisher) > len(known):
                    found[name] = publisher
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def fold(text: str) -> str:
    """Write a name without capitals and accents, so that "perwez" finds "Pérwez"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def _loaded(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
