"""The search page: facets, chips, orders, and where to look when nothing is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ckan import model
from ckan.plugins import toolkit as tk
from flask import request

from ckanext.eurometropool.pages import phrases, places, understanding
from ckanext.eurometropool.pages.cards import Card, card
from ckanext.eurometropool.search import labels

#: Facet fields of the index, in the order of the page.
FACETS = (
    "municipality",
    "region",
    "theme",
    "dataset_type",
    "res_format",
    "license_id",
    "publisher_name",
    "harvest_source_name",
)
BEST_MATCH = "score desc, metadata_modified desc"
#: Datasets of other places that are shown where one has none.
ELSEWHERE = 3


@dataclass(frozen=True)
class Understood:
    """What the words in "Where?" were read as: a municipality's key and name, or nothing."""

    text: str
    key: str = ""
    name: str = ""


@dataclass(frozen=True)
class Filter:
    """An active filter as a chip: its label and the address without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True)
class Elsewhere:
    """A dataset of another place than was asked for, and in phrases why it is shown."""

    card: Card
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Another search: its label, its address, and how many datasets it finds."""

    label: str
    url: str
    count: int = 0


def facet_titles(_facets: Mapping[str, str], _package_type: str) -> dict[str, str]:
    """Return the facets of the search page with their titles (what ``IFacets.dataset_facets`` returns)."""
    titles = {
        "municipality": tk._("Municipality"),
        "region": tk._("Region"),
        "theme": tk._("Theme"),
        "dataset_type": tk._("Subject"),
        "res_format": tk._("Format"),
        "license_id": tk._("Licence"),
        "publisher_name": tk._("Publisher"),
        "harvest_source_name": tk._("Source"),
    }
    return {field: titles[field] for field in FACETS}


def facet_label(field: str, value: str, display: str | None = None) -> str:
    """Name a value of a facet for the reader."""
    if field == "harvest_source_name":
        return source_title(value)
    if field in FACETS or field in labels.PLACES:
        return labels.label(field, value, tk.h.lang() or "en")
    return display or value


def source_title(name: str) -> str:
    """Name a harvest source for the reader: its settings may hold its title in every language."""
    source = model.Package.by_name(name)
    try:
        settings = json.loads((source.extras.get("config") if source else "") or "{}")
        titles = settings.get("title") or {}
        return titles.get(tk.h.lang()) or (source.title if source else "") or name
    except (ValueError, AttributeError):  # another harvester's settings may be anything
        return (source.title if source else "") or name


def dataset_type(name: str) -> str:
    """Name a type of dataset for the reader."""
    return labels.label("dataset_type", name, tk.h.lang() or "en")


def understood() -> Understood:
    """Say what the request's "Where?" was read as."""
    text = request.args.get("ext_place", "").strip()
    known = places.register()
    found = known.find(text) if known and text else ()
    if not found:
        return Understood(text)
    return Understood(text, found[0].key, " / ".join(places.as_place(m).name for m in found))


def filters(fields: Sequence[tuple[str, str]], remove: Callable[[str, str], str] | None) -> list[Filter]:
    """Return the active filters as chips."""
    if remove is None:
        return []
    return [Filter(name, value, facet_label(name, value, value), remove(name, value)) for name, value in fields]


def unfiltered() -> str:
    """Return the address of this search without its filters."""
    kept = {name: value for name in ("q", "ext_place", "sort") if (value := request.args.get(name))}
    return address(kept)


def orders() -> list[tuple[str, str]]:
    """Return the orders of results: (value of ``sort``, label)."""
    return [
        (BEST_MATCH, tk._("Best match")),
        ("metadata_modified desc", tk._("Changed last")),
        ("title_string asc", tk._("Title")),
    ]


def headline(count: int, query: str, place: str) -> str:
    """Say how many datasets were found: the heading of the page."""
    number = phrases.number(count, tk.h.lang() or "en")
    if query and place:
        text = tk.ungettext(
            "{count} dataset about “{query}” in {place}", "{count} datasets about “{query}” in {place}", count
        )
    elif query:
        text = tk.ungettext("{count} dataset about “{query}”", "{count} datasets about “{query}”", count)
    elif place:
        text = tk.ungettext("{count} dataset about {place}", "{count} datasets about {place}", count)
    else:
        text = tk.ungettext("{count} dataset", "{count} datasets", count)
    return text.format(count=number, query=query, place=place)


def page_numbers(page: int, last: int) -> Iterator[int | None]:
    """Yield the pages worth a link: the first, the last, those around this one, None for a gap."""
    before = 0
    for number in range(1, last + 1):
        if number in {1, last} or abs(number - page) <= 1:
            if number - before > 1:
                yield None
            yield number
            before = number


def addresses() -> list[Found]:
    """Return this search as addresses for machines."""
    asked = request.args
    query = {"q": asked.get("q", ""), "rows": "20"}
    terms = [f'{name}:"{value}"' for name, value in asked.items(multi=True) if name in FACETS]
    if terms:
        query["fq"] = " ".join(terms)
    query |= {name: value for name in ("ext_place", "ext_literal") if (value := asked.get(name))}
    action = tk.h.url_for("api.action", logic_function="package_search", ver=3, locale="default")
    found = [Found("JSON", f"{action}?{urlencode({k: v for k, v in query.items() if v})}")]
    if tk.h.plugin_loaded("dcat"):
        catalogue = tk.h.url_for("dcat.read_catalog", _format="ttl", locale="default")
        rdf = {name: value for name, value in query.items() if name in {"q", "fq"} and value}
        found.append(Found("DCAT-AP (Turtle)", f"{catalogue}?{urlencode(rdf)}" if rdf else catalogue))
    return found


def wider(query: str, place: Understood, active: Sequence[Filter]) -> list[Found]:
    """Return wider searches that find something, when this one found nothing."""
    tries: list[tuple[str, dict[str, str]]] = []
    if active and (query or place.key):
        kept = {"q": query, "ext_place": place.text}
        tries.append((tk._("the same without the filters"), kept))
    if query and place.text:
        tries.append((tk._("“{query}”, everywhere").format(query=query), {"q": query}))
        tries.append(
            (tk._("everything about {place}").format(place=place.name or place.text), {"ext_place": place.text})
        )
    if len(query.split()) > 1:
        tries += [(tk._("“{query}”, everywhere").format(query=word), {"q": word}) for word in query.split()[:4]]
    tries.append((tk._("all datasets"), {}))
    found = [Found(label, address(args), count(args)) for label, args in tries]
    return [search for search in found if search.count]


def elsewhere(query: str, place: Understood) -> list[Elsewhere]:
    """Give the datasets nearest to a place that has none of what was asked for."""
    if not query or not place.key:
        return []
    found = ask({"q": query, "ext_near": place.key}, rows=ELSEWHERE)
    said = found.get("understood") or {}
    return [Elsewhere(card(one), tuple(understanding.reasons(said, one["id"]))) for one in found["results"]]


def count(args: Mapping[str, str]) -> int:
    """Return how many datasets a search of this page finds; ``args`` are those of its address."""
    return ask(args, rows=0)["count"]


def ask(args: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Ask ``package_search`` what the search page at this address would ask."""
    return _ask(tk.current_user.name, args, more)


def ask_as_visitor(args: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Ask the same as somebody who is not signed in, from wherever: a job has no reader."""
    return _ask("", args, more)


def _ask(user: str, args: Mapping[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    fq = " ".join(f'+{name}:"{escaped(value)}"' for name, value in args.items() if name in FACETS and value)
    extras = {name: value for name, value in args.items() if name.startswith("ext_") and value}
    fq = f"{fq} {more.pop('fq', '')}".strip()
    question = {"q": args.get("q", ""), "fq": fq, "extras": extras, **more}
    return tk.get_action("package_search")({"user": user}, question)


def escaped(value: str) -> str:
    """Return a value as it stands between the quotes of Solr's language."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def search(label: str, args: Mapping[str, str]) -> Found:
    """Return a search of this page as a link with what it finds."""
    return Found(label, address(args), count(args))


def address(args: Mapping[str, str]) -> str:
    """Return the address of a search of this page; what is empty is left out."""
    asked = {name: value for name, value in args.items() if value}
    base = tk.h.url_for("dataset.search")
    return f"{base}?{urlencode(asked)}" if asked else base


def element_id(*parts: str) -> str:
    """Return an HTML id for a value of a facet, so that the focus finds its link again after an HTMX swap."""
    return "v" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
