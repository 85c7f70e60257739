"""The files of an Opendatasoft dataset: a sensible few of its generated exports, and what was attached to it."""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import formats, urls
from ckanext.harvesters.mapping.draft import Draft, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag
from ckanext.harvesters.reasons import Reason

#: Export name (`exports.KEPT`), our format code, query, MIME type; the last two only where there are places.
_EXPORTS = (
    ("csv", "CSV", "?use_labels=true", "text/csv"),
    ("json", "JSON", "", "application/json"),
    ("xlsx", "XLSX", "?use_labels=true", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
_GEOGRAPHIC = (
    ("geojson", "GEOJSON", "", "application/geo+json"),
    ("shp", "SHP", "", "application/zip"),
)


def files(draft: Draft, document: Fields, address: str, language: str, licence: str | None) -> list[dict[str, Any]]:
    """Return the resources of a dataset whose API address is given, all under its licence."""
    exports = _exports(draft, document, address) if _has_data(document) else []
    attached = [
        found
        for key in ("attachments", "alternative_exports")
        for attachment in document.objects(key)
        if (found := _attachment(draft, attachment, f"{address}/{key}", language))
    ]
    return [without_empty({**file, "license": licence}) for file in (*exports, *attached)]


def _has_data(document: Fields) -> bool:
    """Tell whether there are rows anyone may have; a document that does not say so is taken to have them."""
    return all(document.raw(key) is not False for key in ("has_records", "data_visible"))


def _exports(draft: Draft, document: Fields, address: str) -> list[dict[str, Any]]:
    geographic = "geo" in document.texts("features") or any(
        (field.text("type") or "").startswith("geo_") for field in document.objects("fields")
    )
    kinds = (*_EXPORTS, *(_GEOGRAPHIC if geographic else ()))
    return [
        {
            "url": f"{address}/exports/{name}{query}",
            "download_url": f"{address}/exports/{name}{query}",
            "name_translated": {draft.source.language: formats.find(code) or code},
            "format": formats.find(code) or code,
            "mimetype": mimetype,
        }
        for name, code, query, mimetype in kinds
    ]


def _attachment(draft: Draft, attachment: Fields, address: str, language: str) -> dict[str, Any] | None:
    """Return the resource of an attached file. Its ``odsfile://`` address is the portal's own: the API has another."""
    url, identifier, title = attachment.text("url") or "", attachment.text("id"), attachment.text("title")
    if not urls.tidy(url):
        url = f"{address}/{urls.segment(identifier)}" if identifier else ""
    link = urls.tidy(url)
    if link is None:
        draft.warn(attachment.name("url"), title or url, Reason.NO_ADDRESS)
        return None
    media = attachment.text("mimetype")
    described = attachment.text("description")
    spoken = Tag(language)
    return {
        "url": link,
        "download_url": link,
        "name_translated": draft.translated(attachment.name("title"), [(spoken, title)] if title else []),
        "description_translated": draft.translated(
            attachment.name("description"), [(spoken, described)] if described else [], prose=True
        ),
        "format": formats.read(draft, attachment.name("mimetype"), [urls.extension(title or ""), media], url),
        "mimetype": formats.mimetype(media),
    }
