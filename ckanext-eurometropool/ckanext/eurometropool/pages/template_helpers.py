"""Template helpers (``h.portal_*``), registered by the plugin's blanket: what templates ask of the pages' modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckan.plugins import toolkit as tk
from flask import request

from ckanext.eurometropool.pages import (
    cards,
    dataset_page,
    files,
    forms,
    home,
    link_correction,
    map_page,
    phrases,
    places,
    related,
    searching,
    table_page,
    understanding,
)
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.dataset_page import DatasetPage
from ckanext.eurometropool.pages.drawing import Box, Cloth, bare, window
from ckanext.eurometropool.pages.files import Table
from ckanext.eurometropool.pages.home import Home
from ckanext.eurometropool.pages.languages import NAMES, Text
from ckanext.eurometropool.pages.link_correction import Corrections
from ckanext.eurometropool.pages.map_page import Spot
from ckanext.eurometropool.pages.places import Place, Region
from ckanext.eurometropool.pages.related import Related
from ckanext.eurometropool.pages.searching import Elsewhere, Filter, Found, Understood
from ckanext.eurometropool.pages.table_page import TablePage
from ckanext.eurometropool.pages.understanding import Told
from ckanext.eurometropool.wishes import asking, wish
from ckanext.eurometropool.wishes.asking import Offer


@dataclass(frozen=True)
class Language:
    """A language of the portal, with the address of this page in it."""

    code: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Entry:
    """An entry of the main menu."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Kind:
    """A type of dataset that stewards can add."""

    name: str
    add: str


def portal_languages() -> list[Language]:
    """Return the languages, in their fixed order, each with this page's address in it."""
    here = tk.h.current_url()
    offered = [locale.short_name for locale in tk.h.get_available_locales()]
    codes = [code for code in NAMES if code in offered] + [code for code in offered if code not in NAMES]
    return [
        Language(code, NAMES.get(code, code), tk.h.url_for(here, locale=code), code == tk.h.lang()) for code in codes
    ]


def portal_absolute(url: str) -> str:
    """Return an address of this portal with its scheme and host, as search engines want those of other languages."""
    return url if "://" in url else f"{tk.config['ckan.site_url'].rstrip('/')}{url}"


@tk.chained_helper
def render_datetime(
    next_helper: Callable[..., str],
    datetime_: datetime | str | None,
    date_format: str | None = None,
    with_hours: bool = False,  # noqa: FBT001, FBT002  # CKAN's own signature
    with_seconds: bool = False,  # noqa: FBT001, FBT002
) -> str:
    """Write a moment as the reader's language does; CKAN's own has the month first, and English order, in all."""
    if date_format or not datetime_:
        return next_helper(datetime_, date_format, with_hours, with_seconds)
    return phrases.time(datetime_, cards.reader(), tk.h.get_display_timezone(), hours=with_hours, seconds=with_seconds)


def portal_navigation() -> list[Entry]:
    """Return the main menu."""
    endpoint = request.endpoint or ""
    entries = (
        (tk._("Search"), "dataset.search", "dataset.search"),
        (tk._("Municipalities"), "portal.municipalities", "portal.municipalit"),
        (tk._("Themes"), "portal.themes", "portal.theme"),
        (tk._("Map"), "portal.map_search", "portal.map_search"),
        (tk._("Developers"), "portal.developers", "portal.developers"),
    )
    return [Entry(label, tk.h.url_for(leads_to), endpoint.startswith(here)) for label, leads_to, here in entries]


def portal_dataset_types() -> list[Kind]:
    """Return the types of dataset a steward can add."""
    return [
        Kind("dataset", tk._("Add a dataset")),
        Kind("mobility", tk._("Add a mobility dataset")),
        Kind("work", tk._("Add a work dataset")),
    ]


def portal_home() -> Home:
    """Return what the home page shows."""
    return home.home()


def portal_dataset(dataset: Mapping[str, Any]) -> DatasetPage:
    """Return what the page of a dataset shows besides its own fields."""
    return dataset_page.dataset_page(dataset)


def portal_card(dataset: Mapping[str, Any]) -> Card:
    """Return a dataset as it stands in a list."""
    return cards.card(dataset)


def portal_text(thing: Mapping[str, Any], field: str) -> Text:
    """Return a translated field of a dataset or file in the reader's language, or another with its name."""
    return cards.text(thing, field)


def portal_only_in(lang: str) -> str:
    """Say that a text exists in one language only."""
    return {
        "nl": tk._("available in Dutch only"),
        "fr": tk._("available in French only"),
        "en": tk._("available in English only"),
    }.get(lang, tk._("available in another language only"))


def portal_language_name(lang: str) -> str:
    """Name a language for the reader."""
    return {"nl": tk._("Dutch"), "fr": tk._("French"), "en": tk._("English")}.get(lang, lang)


def portal_cloth() -> Cloth | None:
    """Return the drawing of the municipalities, None without polygons."""
    return places.cloth()


def portal_place(key: str) -> Place:
    """Return a municipality or area by its key."""
    return places.place(key)


def portal_places() -> list[Place]:
    """Return all municipalities, in the reader's alphabet."""
    return places.places()


def portal_place_labels(keys: Sequence[str], size: int = 0) -> list[tuple[str, int, int]]:
    """Return names with where they stand on the drawing; with the size of the letters, those that have room."""
    return places.labels(keys, size)


def portal_municipality_count() -> int:
    """Return how many municipalities the register has."""
    known = places.register()
    return len(known.municipalities) if known else 0


def portal_region(key: str) -> Region:
    """Return a region by its key."""
    return places.region(key)


def portal_regions() -> list[Region]:
    """Return the three regions."""
    return places.regions()


def portal_place_understood() -> Understood:
    """Return what the request's "Where?" was read as."""
    return searching.understood()


def portal_on_map() -> str:
    """Return the address of this search on the map."""
    return map_page.address(request.args)


def portal_spots(spots: Sequence[Spot]) -> list[dict[str, Any]]:
    """Return the circles of the map as its script takes them."""
    return [map_page.as_data(spot) for spot in spots]


def portal_question() -> Told:
    """Return what the question of this search page was read as."""
    return understanding.told()


def portal_why(dataset_id: str) -> list[str]:
    """Return why a dataset is among the results of this page."""
    return understanding.why(dataset_id)


def portal_filters(
    fields: Sequence[tuple[str, str]], _search_facets: Mapping[str, Any], remove: Callable[[str, str], str] | None
) -> list[Filter]:
    """Return the active filters of the search page."""
    return searching.filters(fields or (), remove)


def portal_unfiltered() -> str:
    """Return the address of this search without its filters."""
    return searching.unfiltered()


def portal_orders() -> list[tuple[str, str]]:
    """Return the orders of the search page."""
    return searching.orders()


def portal_found(count: int, query: str, place: str) -> str:
    """Say how many datasets were found."""
    return searching.headline(count, query, place)


def portal_page_numbers(page: int, last: int) -> list[int | None]:
    """Return the pages worth a link, None for a gap."""
    return list(searching.page_numbers(page, last))


def portal_search_addresses() -> list[Found]:
    """Return this search as addresses for machines."""
    return searching.addresses()


def portal_wider_searches(query: str, place: Understood, active: Sequence[Filter]) -> list[Found]:
    """Return wider searches that find something."""
    return searching.wider(query or "", place, active)


def portal_elsewhere(query: str, place: Understood) -> list[Elsewhere]:
    """Return what other places have of what was asked for and this one lacks."""
    return searching.elsewhere(query or "", place)


def portal_wish() -> Offer | None:
    """Return what a search without results offers to ask for; None where it cannot be asked for."""
    return asking.here()


def portal_unconfirmed_days() -> int:
    """Return how long an address that nobody confirmed is kept."""
    return wish.UNCONFIRMED.days


def portal_facet_label(field: str, value: str, display: str) -> str:
    """Name a value of a facet."""
    return searching.facet_label(field, value, display)


def portal_id(*parts: str) -> str:
    """Return an HTML id that stays the same for the same value."""
    return searching.element_id(*parts)


def portal_number(value: float) -> str:
    """Write a number as the reader's language does."""
    return phrases.number(value, cards.reader())


def portal_datasets(count: int) -> str:
    """Write a number of datasets in words."""
    return home.datasets(count)


def portal_date(value: str | None) -> str:
    """Write a date as the reader's language does."""
    return phrases.day(value, cards.reader())


def portal_bare_cloth() -> Cloth:
    """Return an empty cloth, for a portal without polygons."""
    return bare()


def portal_window(box: Box) -> Box:
    """Return the window that shows a box of a drawing, no closer than about two kilometres."""
    left, top, right, bottom = box
    room = max(0, 120 - (right - left)) // 2
    return window([(left - room, top - room, right + room, bottom + room)], 0.12, 1.8)


def portal_details(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of the schema that the page of a dataset has not shown in its own words."""
    return dataset_page.details(dataset)


def portal_corrections(dataset: Mapping[str, Any]) -> Corrections:
    """Return what stewards have corrected about a dataset's links."""
    return link_correction.corrections(dataset)


def portal_place_choices() -> list[str]:
    """Return the municipalities as a steward's field offers them."""
    return link_correction.choices()


def portal_where(dataset: Mapping[str, Any]) -> str:
    """Name the places a dataset is about, in a few words."""
    return cards.where(dataset)


def portal_vocabulary_label(vocabulary: str, value: str) -> str:
    """Name a value of a vocabulary for the reader; one the vocabulary does not know is its own name."""
    return dataset_page.label(vocabulary, value)


def portal_catalogues() -> list[Found]:
    """Return the feeds of the whole catalogue, none without ckanext-dcat."""
    if not tk.h.plugin_loaded("dcat"):
        return []
    forms = (("ttl", "Turtle"), ("rdf", "RDF/XML"), ("jsonld", "JSON-LD"))
    url = tk.h.url_for
    return [
        Found(label, url("dcat.read_catalog", _format=form, locale="default", _external=True)) for form, label in forms
    ]


def portal_credits() -> tuple[str, ...]:
    """Return the sources of names, codes and outlines of municipalities, as they want to be named."""
    known = places.register()
    return known.attribution if known else ()


def portal_form_heading(dataset_type: str, dataset: Mapping[str, Any] | None) -> str:
    """Return the heading of a form."""
    return forms.heading(dataset_type, dataset)


def portal_table_page(resource: Mapping[str, Any]) -> TablePage | None:
    """Return the whole table of a file, None when the DataStore does not have it."""
    return table_page.table_page(resource)


def portal_related(dataset: Mapping[str, Any]) -> Related:
    """Return datasets about the same subject, on both sides of a border."""
    return related.related(dataset)


def portal_table(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> Table | None:
    """Return the first rows of a file, None when the DataStore does not have them."""
    return files.table_of(dataset, resource)


def portal_file_details(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of a file that its page has not shown in its own words."""
    return dataset_page.file_details(dataset, resource)


def portal_organization_title(organization: Mapping[str, Any]) -> str:
    """Name an organization in the reader's language."""
    return cards.text(organization, "title", otherwise=organization.get("display_name") or organization["name"]).value
