"""Invented records as Opendatasoft portals would describe them: datasets of the Explore API, with their rows."""

from __future__ import annotations

from functools import cache
from typing import Any

from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import Box, Sample, columns, rows, samples, slug, value
from ckanext.harvesters.replay.odwb import RECORDS
from ckanext.harvesters.replay.recorded_odwb import paragraphs, uid

LICENCE_URLS = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "Modellicentie Gratis Hergebruik": "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
    "Licence ouverte Etalab 2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
POINT = "geo_point_2d"


def records() -> dict[str, Record]:
    """Give the datasets of Wallonia, keyed by ``dataset_id``."""
    return {sample.id: _record(sample) for sample in samples("wallonia")}


def flemish(portal: str) -> dict[str, Record]:
    """Give the datasets of a Flemish portal (``gent``, ``wewis``), keyed by ``dataset_id``."""
    return {one.id: _record(one) for one in samples("opendatasoft") if one.options["portal"] == portal}


def _record(sample: Sample) -> Record:
    return cache(lambda server: document(sample, server))


def document(sample: Sample, server: str) -> dict[str, Any]:
    """Make the document of one dataset; its rows are under a key that is never sent."""
    table = sample.options.get("table")
    records = _records(table) if table else []
    box = sample.options.get("elsewhere") or sample.box
    geographic = POINT in records[0] if records else "elsewhere" in sample.options
    references = sample.options.get("references")
    default = {
        "title": sample.title[sample.language],
        "description": paragraphs(sample.description[sample.language]),
        "keyword": list(sample.keywords),
        "theme": list(sample.themes),
        "license": sample.licence,
        "license_url": LICENCE_URLS.get(sample.licence or ""),
        "language": sample.language,
        "metadata_languages": [sample.language],
        "modified": f"{sample.modified}T05:00:00+00:00",
        "modified_updates_on_data_change": True,
        "modified_updates_on_metadata_change": False,
        "data_processed": f"{sample.modified}T05:00:00+00:00",
        "metadata_processed": f"{sample.modified}T05:00:10+00:00",
        "geographic_reference": ["world_be"],
        "geographic_reference_auto": False,
        "geographic_area": _area(box) if box and geographic else None,
        "territory": [place.name for place in sample.places],
        "publisher": sample.publisher,
        "references": references.replace("{server}", server) if references else None,
        "records_count": len(records),
        "attributions": None,
        "source_domain": None,
        "source_domain_title": None,
        "source_domain_address": None,
        "source_dataset": None,
        "shared_catalog": None,
        "federated": False,
        "parent_domain": None,
        "timezone": "Europe/Brussels",
    }
    dcat = {
        "created": sample.created,
        "issued": f"{sample.modified}T05:00:00+00:00",
        "creator": sample.publisher,
        "contributor": None,
        "contact_name": sample.publisher,
        "contact_email": f"opendata@{slug(sample.publisher)}.example",
        "accrualperiodicity": sample.frequency,
        "spatial": ", ".join(place.name for place in sample.places) or None,
        "temporal": "/".join(sample.period) if sample.period else None,
        "granularity": None,
        "dataquality": None,
    }
    return {
        "dataset_id": sample.id,
        "dataset_uid": uid(sample.id),
        "attachments": [],
        "has_records": bool(records),
        "data_visible": True,
        "features": ["analyze", "geo"] if geographic else ["analyze"],
        "fields": [_field(name, cell) for name, cell in records[0].items()] if records else [],
        "metas": {"default": default, "dcat": dcat},
        RECORDS: records,
    }


def _records(table: str) -> list[dict[str, Any]]:
    """Give the rows as the portal does: numbers as numbers, latitude and longitude as one point."""
    found = []
    plain = [name for name in columns(table) if name not in {"lat", "lon"}]
    for row in rows(table):
        record: dict[str, Any] = {name: value(row[name]) for name in plain}
        if "lat" in row:
            record[POINT] = {"lon": float(row["lon"]), "lat": float(row["lat"])}
        found.append(record)
    return found


def _field(name: str, cell: object) -> dict[str, Any]:
    kind = {int: "int", float: "double", dict: "geo_point_2d"}.get(type(cell), "text")
    label = name.replace("_", " ").capitalize()
    return {"name": name, "label": label, "type": kind, "description": None, "annotations": {}}


def _area(box: Box) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
