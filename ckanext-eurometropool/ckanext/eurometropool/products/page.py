"""What the page of a product shows, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ckan.plugins.toolkit as tk
from babel.dates import format_timedelta

from ckanext.eurometropool.products import config, reader, store
from ckanext.eurometropool.products.definition import Product, Source
from ckanext.eurometropool.products.errors import NotSyncedError
from ckanext.eurometropool.products.merging import SourceState
from ckanext.oslo.vocabularies import load as vocabulary

FORMATS = {"gbfs": "GBFS", "opendatasoft": "Opendatasoft", "ogcapi": "OGC API Features"}
BABEL = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB"}


@dataclass(frozen=True)
class SourceLine:
    """A source as a line of the table. ``age`` is how old its values are, in words; ``trouble`` why it is stale."""

    title: str
    publisher: str
    homepage: str
    language: str
    format: str
    licence: str
    stations: int
    age: str
    stale: bool
    trouble: str
    flawed: int


@dataclass(frozen=True)
class FieldLine:
    """A field as a line of the table, with its name at the sources."""

    id: str
    type: str
    label: str
    origin: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ProductPage:
    """The page. ``points`` are longitude and latitude of every station; ``oldest`` the age of the oldest source."""

    name: str
    title: str
    description: str
    sample: bool
    count: int
    refresh: int
    oldest: str
    failing: int
    sources: tuple[SourceLine, ...]
    fields: tuple[FieldLine, ...]
    promises: tuple[tuple[str, str], ...]
    attributions: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    geojson: str
    csv: str
    datastore: str
    example: str
    app: str


def product_page(product: Product) -> ProductPage:
    """Put the page of a product together; one that is not synced yet has no stations."""
    lang = reader.language()
    now = datetime.now(UTC)
    states = store.states(product)
    try:
        rows = store.rows(product)
    except NotSyncedError:
        rows = []
    lines = tuple(_source(source, states.get(source.name), product, now, lang) for source in product.sources)
    fetched = [state.fetched for state in states.values() if state.fetched]
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    geojson = f"{site}/data/{product.name}.geojson"
    longitude, latitude = product.example
    return ProductPage(
        name=product.name,
        title=product.title[lang],
        description=product.description[lang],
        sample=bool(config.replay_url()),
        count=len(rows),
        refresh=product.refresh,
        oldest=_age(now - min(fetched), lang) if fetched else "",
        failing=sum(1 for line in lines if line.stale),
        sources=lines,
        fields=tuple(
            FieldLine(
                field.id, field.type[lang], field.label[lang], tuple((FORMATS[k], v) for k, v in field.origin.items())
            )
            for field in product.fields
        ),
        promises=tuple((promise.text[lang], promise.note[lang]) for promise in product.promises),
        attributions=tuple(source.attribution for source in product.sources),
        points=tuple((row["lon"], row["lat"]) for row in rows),
        geojson=geojson,
        csv=f"{site}/datastore/dump/{store.table_id(product)}",
        datastore=f"{site}/api/3/action/datastore_search?resource_id={store.table_id(product)}",
        example=f"{geojson}?lon={longitude}&lat={latitude}&limit=5&min_bikes=1",
        app=config.app_url(),
    )


def _source(source: Source, state: SourceState | None, product: Product, now: datetime, lang: str) -> SourceLine:
    state = state or SourceState(source.name)
    licence = vocabulary("licence").get(source.licence)
    return SourceLine(
        title=source.title[lang],
        publisher=source.publisher,
        homepage=source.homepage,
        language=source.language if source.language != lang else "",
        format=FORMATS[source.format],
        licence=licence.labels.get(lang, source.licence) if licence else source.licence,
        stations=state.stations,
        age=_age(now - state.fetched, lang) if state.fetched else "",
        stale=state.stale_since(now, product.stale_after) is not None,
        trouble=state.failure.text[lang] if state.failure else "",
        flawed=state.flawed,
    )


def _age(delta: timedelta, lang: str) -> str:
    return format_timedelta(max(delta, timedelta(seconds=1)), threshold=1.5, locale=BABEL[lang])
