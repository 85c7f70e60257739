"""The page of a dataset: what is not a field of the schema, put into words and drawings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.municipalities.evidence import Evidence
from ckanext.eurometropool.pages import cards, licences, machine_made, phrases, places
from ckanext.eurometropool.pages.calls import Call, calls
from ckanext.eurometropool.pages.coverage import Coverage, coverage_of
from ckanext.eurometropool.pages.files import File, Table, file_of, first_table
from ckanext.eurometropool.pages.languages import NAMES, Text
from ckanext.eurometropool.pages.licences import Licence
from ckanext.eurometropool.pages.places import Place
from ckanext.eurometropool.pages.searching import Found, facet_label
from ckanext.oslo import vocabularies


@dataclass(frozen=True)
class Link:
    """A municipality the dataset is linked to, and why."""

    place: Place
    evidence: str
    #: Whether a steward added it.
    by_steward: bool = False


@dataclass(frozen=True)
class Step:
    """A step of the way a dataset came: who, what they did, when; ``crossing`` when a border is crossed next."""

    who: str
    what: str
    when: str
    url: str
    crossing: bool


@dataclass(frozen=True)
class DatasetPage:
    """What the page of a dataset shows besides its own fields."""

    title: Text
    #: The languages of `translations` and of the title that a machine wrote, each with the words that say so.
    machine_made: Mapping[str, str]
    translations: Sequence[tuple[str, Text]]
    description: Text
    publisher: Text
    contacts: list[tuple[str, str]]
    licence: Licence
    updated: str
    frequency: str
    languages: Sequence[str]
    themes: Sequence[Found]
    keywords: Text
    links: Sequence[Link]
    area: Place | None
    coverage: Coverage | None
    files: Sequence[File]
    table: Table | None
    steps: Sequence[Step]
    feeds: Sequence[Found]
    calls: Sequence[Call]
    citation: str


def dataset_page(dataset: Mapping[str, Any]) -> DatasetPage:
    """Gather what the page of a dataset shows."""
    title = cards.text(dataset, "title", otherwise=dataset.get("title") or dataset["name"])
    area = str(dataset.get("area") or "")
    linked = cards.links(dataset)
    return DatasetPage(
        title=title,
        machine_made=machine_made.marks(dataset),
        translations=list(_translations(dataset, title.lang)),
        description=cards.text(dataset, "notes"),
        publisher=cards.publisher(dataset),
        contacts=[found for one in _list(dataset.get("contact")) if (found := _contact(one))[0]],
        licence=licences.licence(dataset),
        updated=phrases.day(dataset.get("modified") or dataset.get("issued"), cards.reader()),
        frequency=label("frequency", dataset.get("frequency")),
        languages=[label("language", value) for value in _list(dataset.get("language"))],
        themes=_themes(dataset),
        keywords=_keywords(dataset),
        links=[
            Link(places.place(link["key"]), evidence(link), link.get("evidence") == Evidence.STEWARD) for link in linked
        ],
        area=places.place(area) if area and area not in {link["key"] for link in linked} else None,
        coverage=coverage_of(dataset, [link["key"] for link in linked]),
        files=[file_of(dataset, resource) for resource in dataset.get("resources") or []],
        table=first_table(dataset),
        steps=list(_steps(dataset)),
        feeds=_feeds(dataset),
        calls=_calls(dataset),
        citation=_citation(dataset, title),
    )


#: Fields the page says in its own words.
SAID = {
    "title_translated", "notes_translated", "name", "title", "notes", "owner_org", "private", "tags_translated",
    "theme", "publisher", "contact", "license_id", "language", "frequency", "modified", "spatial_coverage", "spatial",
    "harvest_source_name", "source_url", "harvested", "metadata_license", "url",
    "machine_translated",
}  # fmt: skip


#: Fields of a file that its page says in its own words.
FILE_SAID = {
    "name_translated",
    "description_translated",
    "name",
    "description",
    "url",
    "download_url",
    "format",
    "size",
}


def details(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of the schema that have a value and are not said elsewhere on the page."""
    return _filled(dataset, "dataset_fields", dataset, SAID)


def file_details(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of a file that have a value and are not said elsewhere on its page."""
    return _filled(dataset, "resource_fields", resource, FILE_SAID)


def _filled(
    dataset: Mapping[str, Any], group: str, values: Mapping[str, Any], said: set[str]
) -> list[Mapping[str, Any]]:
    schema = tk.h.scheming_get_dataset_schema(dataset.get("type") or "dataset") or {}
    return [
        field
        for field in schema.get(group, ())
        if field["field_name"] not in said
        and field.get("display_snippet", "") is not None
        and values.get(field["field_name"]) not in (None, "", [], {})
    ]


def _translations(dataset: Mapping[str, Any], shown: str) -> Iterator[tuple[str, Text]]:
    texts = dataset.get("title_translated") or {}
    for lang in NAMES:
        if lang != shown and texts.get(lang):
            yield lang, Text(texts[lang], lang, foreign=True)


def _contact(contact: Mapping[str, Any]) -> tuple[str, str]:
    """Return a contact as (words, address): an e-mail before a page before a bare name."""
    email = str(contact.get("email") or "").removeprefix("mailto:")
    name, url = str(contact.get("name") or ""), str(contact.get("url") or "")
    if email:
        return name or email, f"mailto:{email}"
    return (name or url, url) if url.startswith(("http://", "https://")) else (name, "")


def label(vocabulary: str, value: Any) -> str:
    """Name a value of a vocabulary for the reader; one the vocabulary does not know is its own name."""
    concept = vocabularies.load(vocabulary).resolve(str(value)) if value else None
    return concept.label(cards.reader()) if concept else str(value or "")


def _themes(dataset: Mapping[str, Any]) -> list[Found]:
    uris = _list(dataset.get("theme"))
    return [Found(label("theme", uri), tk.h.url_for("dataset.search", theme=uri)) for uri in uris]


def _keywords(dataset: Mapping[str, Any]) -> Text:
    """Return the keywords in the reader's language, else in the first there is, as one line."""
    words = dataset.get("tags_translated")
    present = {lang: ", ".join(_list(found)) for lang, found in words.items()} if isinstance(words, Mapping) else {}
    return cards.text({"words_translated": present}, "words")


def evidence(link: Mapping[str, Any]) -> str:
    """Say in words why the dataset is linked to a municipality."""
    code = str(link.get("evidence") or "")
    words = {
        Evidence.STEWARD: tk._("a steward"),
        Evidence.CODE: tk._("municipality code"),
        Evidence.URI: tk._("place identifier"),
        Evidence.GEOMETRY: tk._("geometry"),
        Evidence.BOX: tk._("bounding box"),
        Evidence.POSTCODE: tk._("postcode"),
        Evidence.TERRITORY: tk._("territory"),
        Evidence.PUBLISHER: tk._("publisher"),
        Evidence.TITLE: tk._("words of the title"),
        Evidence.KEYWORD: tk._("keywords"),
    }
    return {kind.value: text for kind, text in words.items()}.get(code, code)


def _steps(dataset: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the way a dataset came: published, collected, linked here."""
    reader = cards.reader()
    who, source = cards.publisher(dataset).value, str(dataset.get("harvest_source_name") or "")
    published = phrases.day(dataset.get("source_modified") or dataset.get("modified") or dataset.get("issued"), reader)
    changed = tk._("changed on {date}").format(date=published) if published else ""
    if not source:
        yield Step(who, tk._("publishes here"), changed, "", crossing=False)
        return
    yield Step(who or tk._("The publisher"), tk._("publishes"), changed, "", crossing=False)
    harvested = phrases.day(dataset.get("harvested"), reader)
    collected = tk._("collected on {date}").format(date=harvested) if harvested else ""
    url = str(dataset.get("source_url") or "")
    yield Step(facet_label("harvest_source_name", source), tk._("shows the record"), collected, url, crossing=True)
    yield Step(
        tk._("Eurometropolis Open Data"),
        tk._("links it to places and shows it in three languages"),
        "",
        "",
        crossing=False,
    )


def _feeds(dataset: Mapping[str, Any]) -> list[Found]:
    """Return this dataset as addresses for machines."""
    show = tk.h.url_for("api.action", logic_function="package_show", ver=3, locale="default", _external=True)
    found = [Found("JSON", f"{show}?id={dataset['name']}")]
    if tk.h.plugin_loaded("dcat"):
        for form, label in (("ttl", "Turtle"), ("rdf", "RDF/XML"), ("jsonld", "JSON-LD")):
            url = tk.h.url_for("dcat.read_dataset", _id=dataset["name"], _format=form, locale="default", _external=True)
            found.append(Found(label, url))
    return found


def _calls(dataset: Mapping[str, Any]) -> list[Call]:
    """Return calls for the rows of the first file that is a table here, else for the record."""
    table = next((file for file in dataset.get("resources") or () if file.get("datastore_active")), None)
    action, asked, rows = "package_show", {"id": dataset["name"]}, ""
    if table:
        action, asked, rows = "datastore_search", {"resource_id": table["id"], "limit": "5"}, "records"
    address = tk.h.url_for("api.action", logic_function=action, ver=3, locale="default", _external=True)
    return calls(address, asked, rows)


def _citation(dataset: Mapping[str, Any], title: Text) -> str:
    """Say how to name the dataset as a source: who, when, what, where, and when it was looked at."""
    changed = str(dataset.get("modified") or dataset.get("issued") or dataset.get("metadata_modified") or "")
    who = cards.publisher(dataset).value or tk._("Unknown publisher")
    url = tk.h.url_for(f"{dataset.get('type') or 'dataset'}.read", id=dataset["name"], locale="default", _external=True)
    today = phrases.day(datetime.now(UTC).date().isoformat(), cards.reader())
    seen = tk._("seen on {date}").format(date=today)
    return f"{who} ({changed[:4]}). {title.value}. {tk._('Eurometropolis Open Data')}. {url} ({seen})"


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value] if value else []
    return list(value or [])
