"""Following a dataset without an account: a feed (RFC 4287) with a new entry for each change of its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards

ATOM = "http://www.w3.org/2005/Atom"
KEPT = 20  # entries


def feed(dataset: Mapping[str, Any]) -> bytes:
    """Write the feed of a dataset: its state now, and before it what the history of changes knows."""
    page = tk.url_for(f"{dataset['type']}.read", id=dataset["name"], _external=True)
    own = tk.url_for("portal.follow", dataset_id=dataset["id"], locale="default", _external=True)
    title = cards.text(dataset, "title", otherwise=dataset["name"]).value
    changes = _changes(dataset)
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": cards.reader()})
    _add(root, "title", title)
    _add(root, "id", own)
    _add(root, "updated", changes[0])
    _add(_add(root, "author"), "name", cards.publisher(dataset).value or str(tk.config["ckan.site_title"]))
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    for moment in changes:
        entry = _add(root, "entry")
        _add(entry, "title", title)
        _add(entry, "id", f"{own}#{moment}")
        _add(entry, "updated", moment)
        _add(entry, "link", rel="alternate", type="text/html", href=page)
        _add(entry, "summary", cards.summary(dataset).value)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _changes(dataset: Mapping[str, Any]) -> list[str]:
    """Give the moments of change (UTC), the latest first: those of the history, and of a harvest, which writes none."""
    found: list[datetime] = []
    if tk.h.plugin_loaded("activity"):
        asked = {"id": dataset["id"], "limit": KEPT}
        told = tk.get_action("package_activity_list")({"user": tk.current_user.name}, asked)
        found = sorted((_utc(activity["timestamp"]) for activity in told), reverse=True)
    modified = _utc(dataset["metadata_modified"])
    # The history is written a moment after the record: within a minute it is the same change.
    if not found or modified - found[0] > timedelta(minutes=1):
        found = [modified, *found]
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in found[:KEPT]]


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    if text:
        child.text = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    return child
