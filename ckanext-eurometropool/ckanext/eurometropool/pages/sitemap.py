"""The site map for search engines: every public page in every language (https://www.sitemaps.org/protocol.html).

An index (`/sitemap.xml`) names one file for the pages of municipalities and organizations, and one for each 10,000
datasets; the protocol allows 50,000 addresses a file. Each page stands once for each language, with the addresses of
the others beside it, as search engines ask it for pages in several languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import collection_page, places, searching
from ckanext.eurometropool.pages.languages import NAMES
from ckanext.oslo.checking.catalogue import TYPES

PER_FILE = 10_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: What is new comes at the end, and the earlier files stay as they are.
_OLDEST_FIRST = "metadata_created asc, id asc"
_FIELDS = ["name", "dataset_type", "metadata_modified"]
#: How many datasets a search gives at once at most (CKAN's `ckan.search.rows_max`).
_AT_ONCE = 1000
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LINKS = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
#: The portal's own pages, one of each.
_FIXED = (
    "home.index",
    "portal.municipalities",
    "portal.map_search",
    "portal.themes",
    "portal.publishers",
    "portal.developers",
)
#: Stands for the name in an address that is made once and filled in for each dataset.
_NAME = "name-of-the-page"


@dataclass(frozen=True)
class Entry:
    """A page: its address in each language, and when it last changed (UTC)."""

    addresses: dict[str, str]
    modified: datetime | None = None


def index() -> Iterator[str]:
    """Write the index: which files there are."""
    files = ["pages", *(f"datasets-{number}" for number in range(1, _files() + 1))]
    yield f"{_HEAD}<sitemapindex {_SCHEMA}>\n"
    for name in files:
        address = tk.url_for("portal.sitemap_file", name=name, locale="default", _external=True)
        yield f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def file(name: str) -> Iterator[str] | None:
    """Write one file of the index; None when there is no such file."""
    if name == "pages":
        return write(_pages())
    kind, _dash, number = name.rpartition("-")
    if kind == "datasets" and number.isdecimal() and 1 <= int(number) <= _files():
        return write(_datasets(int(number)))
    return None


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Write pages as a file of a site map. Pure."""
    yield f"{_HEAD}<urlset {_SCHEMA} {_LINKS}>\n"
    for entry in entries:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
            for language, address in entry.addresses.items()
        )
        changed = f"<lastmod>{entry.modified:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if entry.modified else ""
        for address in entry.addresses.values():
            yield f"<url><loc>{escape(address)}</loc>{changed}{others}</url>\n"
    yield "</urlset>\n"


def _pages() -> Iterator[Entry]:
    for endpoint in (*_FIXED, "home.about", "organization.index"):
        yield Entry(_addresses(endpoint))
    theme = _addresses("portal.theme", name=_NAME)
    yield from (_filled(theme, name) for name in collection_page.THEMES)
    municipality = _addresses("portal.municipality", key=_NAME)
    yield from (_filled(municipality, one.key) for one in places.register() or ())
    organization = _addresses("organization.read", id=_NAME)
    group = model.Group
    query = sa.select(group.name).where(group.state == "active", group.is_organization).order_by(group.name)
    yield from (_filled(organization, name) for name in model.Session.execute(query).scalars().all())


def _datasets(number: int) -> Iterator[Entry]:
    """Give the datasets of a file, as a search finds them: public, and the copies of other portals left out."""
    addresses = {kind: _addresses(f"{kind}.read", id=_NAME) for kind in TYPES}
    for start in range((number - 1) * PER_FILE, number * PER_FILE, _AT_ONCE):
        rows = min(_AT_ONCE, PER_FILE)
        found = searching.ask({}, rows=rows, start=start, sort=_OLDEST_FIRST, fl=_FIELDS)["results"]
        for one in found:
            modified = datetime.fromisoformat(one["metadata_modified"])
            yield _filled(addresses[one["dataset_type"]], one["name"], modified)


def _files() -> int:
    return -(-searching.ask({}, rows=0)["count"] // PER_FILE)


def _addresses(endpoint: str, **values: str) -> dict[str, str]:
    """Give a page's address in each language that the portal offers."""
    offered = {locale.short_name for locale in tk.h.get_available_locales()}
    return {
        language: tk.url_for(endpoint, locale=language, _external=True, **values)
        for language in NAMES
        if language in offered
    }


def _filled(addresses: dict[str, str], name: str, modified: datetime | None = None) -> Entry:
    return Entry({language: address.replace(_NAME, name) for language, address in addresses.items()}, modified)
