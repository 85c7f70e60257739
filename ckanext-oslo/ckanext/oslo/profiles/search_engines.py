"""A dataset as schema.org has it, in JSON-LD: what search engines for datasets read from its page.

Follows what Google Dataset Search documents for Dataset, DataDownload and DataCatalog. One language, the page's: search
engines index each language's page by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import shapely

from ckanext.oslo.profiles import formats
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.portal import Body, Portal
from ckanext.oslo.profiles.sheet import key_of
from ckanext.oslo.profiles.terms import iri
from ckanext.oslo.profiles.values import groups, listed
from ckanext.oslo.reading.translations import best
from ckanext.oslo.vocabularies import licences

SHORTEST, LONGEST = 50, 5_000
"""Characters of a description as search engines take it."""


def schemaorg(dataset: Mapping[str, Any], portal: Portal, language: str) -> dict[str, Any]:
    """Give a dataset as a schema.org Dataset, texts in ``language`` or the nearest there is.

    :raises NotWritableError: a list or group is something else, or there is nothing to call the dataset by
    """
    address = portal.dataset_iri(str(dataset.get("name") or key_of(dataset)))
    files = groups(dataset.get("resources"), "resources")
    found = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": _address(dataset.get("uri")) or portal.dataset_iri(key_of(dataset)),
        "url": address,
        "name": _text(dataset.get("title_translated"), language),
        "description": _description(dataset, language),
        "identifier": dataset.get("identifier"),
        "sameAs": _address(dataset.get("uri")),
        "isBasedOn": _address(dataset.get("source_url")),
        "keywords": _words(dataset.get("tags_translated"), language) + _labels("theme", dataset.get("theme"), language),
        "license": _licence(dataset.get("license_id")),
        "isAccessibleForFree": dataset.get("license_id") in licences.OPEN or None,
        "inLanguage": [code for uri in listed(dataset.get("language"), "language") if (code := _language(uri))],
        "datePublished": dataset.get("issued"),
        "dateModified": dataset.get("modified"),
        "version": dataset.get("version"),
        "publisher": _agents(dataset.get("publisher"), "publisher") or _organization(dataset, portal, language),
        "creator": _agents(dataset.get("creator"), "creator"),
        "spatialCoverage": [
            place for one in groups(dataset.get("spatial_coverage"), "spatial_coverage") if (place := _place(one))
        ],
        "temporalCoverage": [_period(one) for one in groups(dataset.get("temporal_coverage"), "temporal_coverage")],
        "distribution": [one for resource in files if (one := _file(resource, language))],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": portal.site_url,
            "name": _text(portal.titles, language),
            "url": portal.homepage or f"{portal.site_url}/",
        },
    }
    return _without_empty(found)


def script(dataset: Mapping[str, Any], portal: Portal, language: str) -> str:
    """Give the same as the text of a script element: nothing in it can end the element or begin another."""
    text = json.dumps(schemaorg(dataset, portal, language), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def _address(value: object) -> str:
    node = iri(value) if isinstance(value, str) and value else None
    return node.value if node else ""


def _text(texts: object, language: str) -> str:
    found = best(texts, language) if isinstance(texts, Mapping) else None
    return str(texts[found]) if found and isinstance(texts, Mapping) else ""


def _description(dataset: Mapping[str, Any], language: str) -> str:
    """Give the description; a short one is preceded by the title, for search engines refuse less than 50 characters."""
    text, title = _text(dataset.get("notes_translated"), language), _text(dataset.get("title_translated"), language)
    if len(text) < SHORTEST:
        text = f"{title}. {text}".strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _words(words: object, language: str) -> list[str]:
    found = best(words, language) if isinstance(words, Mapping) else None
    return list(words[found]) if found and isinstance(words, Mapping) and isinstance(words[found], list) else []


def _labels(vocabulary: str, values: object, language: str) -> list[str]:
    concepts = (resolve(vocabulary, uri) for uri in listed(values, vocabulary) if isinstance(uri, str))
    return [concept.label(language) for concept in concepts if concept]


def _licence(code: object) -> str:
    return licences.page(code) if isinstance(code, str) else ""


def _language(uri: object) -> str:
    """Give the BCP 47 tag of a language of the EU list: its shortest synonym."""
    concept = resolve("language", uri) if isinstance(uri, str) else None
    return next((word for word in concept.synonyms if len(word) == 2), concept.code) if concept else ""


def _agents(values: object, field: str) -> list[dict[str, str]]:
    found = []
    for agent in groups(values, field):
        one = {name: agent.get(name) for name in ("name", "email")}
        one |= {"@id": _address(agent.get("uri")), "url": _address(agent.get("url"))}
        if any(one.values()):
            found.append({"@type": "Organization", **_without_empty(one)})
    return found


def _organization(dataset: Mapping[str, Any], portal: Portal, language: str) -> dict[str, str]:
    inside = dataset.get("organization")
    title = str(inside.get("title") or inside.get("name") or "") if isinstance(inside, Mapping) else ""
    body = portal.organizations.get(str(dataset.get("owner_org"))) or Body({language: title} if title else {})
    name = _text(body.names, language)
    return _without_empty({"@type": "Organization", "name": name, "url": _address(body.url)}) if name else {}


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    shape = next((place[name] for name in ("bbox", "geom", "centroid") if place.get(name)), None)
    found = _without_empty({"@id": _address(place.get("uri")), "name": place.get("text"), "geo": _geo(shape)})
    return {"@type": "Place", **found} if found else {}


def _geo(geojson: object) -> dict[str, Any]:
    """Give a point, or the box around a shape: south, west, north, east in degrees."""
    if not isinstance(geojson, str):
        return {}
    try:
        shape = shapely.from_geojson(geojson)
    except shapely.errors.ShapelyError:
        return {}
    if shape.is_empty:
        return {}
    west, south, east, north = (round(float(edge), 6) for edge in shape.bounds)
    if (west, south) == (east, north):
        return {"@type": "GeoCoordinates", "longitude": west, "latitude": south}
    return {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}


def _period(period: Mapping[str, Any]) -> str:
    return f"{period.get('start') or '..'}/{period.get('end') or '..'}"


def _file(resource: Mapping[str, Any], language: str) -> dict[str, Any]:
    address = _address(resource.get("url"))
    if not address:
        return {}
    name = resource.get("format") if isinstance(resource.get("format"), str) else ""
    known = formats.file_type(name) if name else None
    found = {
        "@type": "DataDownload",
        "name": _text(resource.get("name_translated"), language),
        "description": _text(resource.get("description_translated"), language),
        "contentUrl": _address(resource.get("download_url")) or address,
        "url": address,
        "encodingFormat": resource.get("mimetype") or (known.media_type if known else "") or name,
        "contentSize": str(resource["size"]) if isinstance(resource.get("size"), int) else None,
        "dateModified": resource.get("modified"),
        "license": _resource_licence(resource.get("license")),
    }
    return _without_empty(found)


def _resource_licence(uri: object) -> str:
    concept = resolve("licence", uri) if isinstance(uri, str) and uri else None
    return licences.page(concept.code) if concept else ""


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_filled(values))


def _filled(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if value not in (None, "", [], {}):
            yield name, value
