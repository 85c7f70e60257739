"""Which files become tables. Pure but for the settings it is given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

#: What tells one state of a file from the next without fetching it.
TELLING = ("url", "download_url", "url_type", "last_modified", "modified", "hash", "size")


def is_csv(resource: Mapping[str, Any]) -> bool:
    """Say whether a file calls itself CSV."""
    kind = str(resource.get("format") or "").strip().lower()
    media_type = str(resource.get("mimetype") or "").partition(";")[0].strip().lower()
    return kind in {"csv", "text/csv", ".csv"} or (not kind and media_type == "text/csv")


def is_upload(resource: Mapping[str, Any]) -> bool:
    """Say whether the file lies in the portal's own store."""
    return resource.get("url_type") == "upload"


def address(resource: Mapping[str, Any]) -> str:
    """Give where the file is fetched."""
    return str(resource.get("download_url") or resource.get("url") or "")


def is_wanted(resource: Mapping[str, Any], *, harvested: bool, hosts: frozenset[str], site: str) -> bool:
    """Say whether a file becomes a table: any CSV of a steward, of harvested datasets those at the named hosts.

    ``site``: the portal's own address; what it serves from the DataStore is a table already.
    """
    if not is_csv(resource) or resource.get("url_type") in {"datastore", "tabledesigner"}:
        return False
    if is_upload(resource):
        return True
    url = address(resource)
    try:
        parts = urlsplit(url)
        named = {parts.netloc.lower(), (parts.hostname or "").lower()}
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or url.startswith(f"{site}/datastore/"):
        return False
    return not harvested or bool(named & hosts)


def fingerprint(resource: Mapping[str, Any]) -> str:
    """Give what changes when the file does, as far as the dataset tells."""
    told = {name: str(resource.get(name) or "") for name in TELLING}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
