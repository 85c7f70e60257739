"""A dataset as it stands in a list: what helps a reader decide whether to open it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import licences, phrases, places
from ckanext.eurometropool.pages.languages import Text, in_language
from ckanext.eurometropool.pages.places import Region

SUMMARY = 190  # characters
NAMED_PLACES = 3
NAMED_FORMATS = 5


@dataclass(frozen=True)
class Card:
    """One dataset in a list. Texts are in the reader's language or say in which other one they are."""

    url: str
    title: Text
    summary: Text
    publisher: Text
    region: Region | None
    where: str
    formats: tuple[str, ...]
    licence: str
    updated: str


def card(dataset: Mapping[str, Any]) -> Card:
    """Make the card of a dataset as ``package_show`` or ``package_search`` give it."""
    return Card(
        url=tk.h.url_for(f"{dataset.get('type') or 'dataset'}.read", id=dataset["name"]),
        title=text(dataset, "title", otherwise=dataset.get("title") or dataset["name"]),
        summary=summary(dataset),
        publisher=publisher(dataset),
        region=region(dataset),
        where=where(dataset),
        formats=tuple(formats(dataset))[:NAMED_FORMATS],
        licence=licences.licence(dataset).short,
        updated=updated(dataset),
    )


def text(thing: Mapping[str, Any], field: str, otherwise: str = "") -> Text:
    """Return ``field`` of a dataset or file in the reader's language, from its ``…_translated`` twin."""
    return in_language(thing.get(f"{field}_translated"), reader(), otherwise or thing.get(field) or "")


def summary(dataset: Mapping[str, Any]) -> Text:
    """Return the beginning of the description, without its markup."""
    whole = text(dataset, "notes")
    short = str(tk.h.markdown_extract(whole.value, extract_length=SUMMARY)) if whole else ""
    return Text(tk.h.literal(short), whole.lang, whole.foreign)


def publisher(dataset: Mapping[str, Any]) -> Text:
    """Return who publishes: the record's own publisher, else the organization here."""
    own = dataset.get("publisher")
    if isinstance(own, list) and own and isinstance(own[0], Mapping) and own[0].get("name"):
        return Text(str(own[0]["name"]), "", foreign=False)
    organization = dataset.get("organization") or {}
    return Text(organization.get("title") or organization.get("name") or "", "", foreign=False)


def links(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the links to municipalities that say what the dataset is about, not only who publishes it."""
    found = [link for link in dataset.get("municipalities") or [] if isinstance(link, Mapping) and link.get("key")]
    return [link for link in found if link.get("kind") != "publisher"] or found


def region(dataset: Mapping[str, Any]) -> Region | None:
    """Return the one region a dataset is about, None when there are several or nobody knows."""
    known = places.register()
    keys = {m.region for link in links(dataset) if known and (m := known.get(link["key"]))}
    if not keys and known and (area := known.area(str(dataset.get("area") or ""))):
        keys = {known.municipalities[key].region for key in area.members}
    return places.region(keys.pop()) if len(keys) == 1 else None


def where(dataset: Mapping[str, Any]) -> str:
    """Name the municipalities a dataset is about, the area when it covers one, or how many there are."""
    found = links(dataset)
    area = str(dataset.get("area") or "")
    if len(found) > NAMED_PLACES or (not found and area):
        if area and area not in {link["key"] for link in found}:
            return places.place(area).name
        count = len(found)
        return tk.ungettext("{count} municipality", "{count} municipalities", count).format(count=count)
    return ", ".join(places.place(link["key"]).name for link in found)


def formats(dataset: Mapping[str, Any]) -> Iterable[str]:
    """Return the formats of the files, each once, as people know them."""
    return dict.fromkeys(str(file["format"]) for file in dataset.get("resources") or [] if file.get("format"))


def updated(dataset: Mapping[str, Any]) -> str:
    """Say when the data changed; for a record that does not say, when it changed here."""
    value = dataset.get("modified") or dataset.get("issued") or dataset.get("metadata_modified") or ""
    try:
        days = (datetime.now(UTC).date() - phrases.moment(value)).days
    except ValueError:
        return ""
    if days == 0:
        return tk._("updated today")
    if days == 1:
        return tk._("updated yesterday")
    return tk._("updated {date}").format(date=phrases.day(value, reader()))


def reader() -> str:
    """Return the language of the page being made."""
    return tk.h.lang() or "en"
