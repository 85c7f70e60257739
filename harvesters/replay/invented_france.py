"""Invented records as data.gouv.fr would describe them: documents of udata's API."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import FILES, Sample, SampleFile, samples, slug

SITE = "https://www.data.gouv.fr"
MIMES = {"csv": "text/csv", "geojson": "application/geo+json", "json": "application/json"}


def records() -> dict[str, Record]:
    """Give the datasets of France, keyed by their id."""
    return {object_id(sample.id): _record(sample) for sample in samples("france")}


def object_id(text: str) -> str:
    """Make an id of the form udata has (24 hexadecimal digits) from a name."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _record(sample: Sample) -> Record:
    return lambda server: document(sample, server)


def document(sample: Sample, server: str) -> dict[str, Any]:
    """Make the document of one dataset, with the fields udata gives today."""
    modified = f"{sample.modified}T07:30:00+00:00"
    return {
        "id": object_id(sample.id),
        "slug": sample.id,
        "uri": f"{server}/datagouv/api/1/datasets/{sample.id}/",
        "page": f"{server}/datagouv/datasets/{sample.id}/",
        "title": sample.title["fr"],
        "acronym": None,
        "description": sample.description["fr"],
        "created_at": f"{sample.created}T09:00:00+00:00",
        "last_modified": modified,
        "last_update": modified,
        "deleted": None,
        "archived": None,
        "private": False,
        "access_type": "open",
        "tags": list(sample.keywords),
        "badges": [],
        "frequency": sample.frequency,
        "frequency_date": None,
        "harvest": None,
        "extras": {},
        "metrics": {"followers": 0, "reuses": 0, "views": 0, "discussions": 0},
        "organization": _organization(sample.publisher),
        "owner": None,
        "temporal_coverage": {"start": sample.period[0], "end": sample.period[1]} if sample.period else None,
        "spatial": _spatial(sample),
        "license": sample.licence,
        "quality": {"score": 0.7},
        "contact_points": [],
        "resources": [_resource(sample, file, server) for file in sample.files],
    }


def _organization(name: str) -> dict[str, Any]:
    short = slug(name)
    return {
        "class": "Organization",
        "id": object_id(name),
        "name": name,
        "acronym": None,
        "slug": short,
        "page": f"{SITE}/organizations/{short}",
        "uri": f"{SITE}/api/1/organizations/{short}/",
        "logo": None,
        "badges": [],
    }


def _spatial(sample: Sample) -> dict[str, Any] | None:
    """Say the place as udata does: zones, a granularity, seldom a geometry."""
    if sample.spatial == "none":
        return None
    zones = sample.options.get("zones") or [f"fr:commune:{place.code}" for place in sample.places]
    geometry = None
    if sample.spatial == "geom" and sample.box:
        west, south, east, north = sample.box
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "MultiPolygon", "coordinates": [[ring]]}
    return {"geom": geometry, "zones": zones, "granularity": sample.options.get("granularity", "fr:commune")}


def _resource(sample: Sample, file: SampleFile, server: str) -> dict[str, Any]:
    form = file.format or str(file.name).rpartition(".")[2]
    address = file.address(server)
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sample.id}/{file.name or file.url}"))
    stored = FILES / file.name if file.name else None
    modified = f"{sample.modified}T07:30:00+00:00"
    return {
        "id": identifier,
        "title": file.title or (file.name or f"{sample.id}.{form}"),
        "description": None,
        "filetype": "file" if file.name else "remote",
        "type": "documentation" if form == "pdf" else "main",
        "format": form,
        "mime": MIMES.get(form),
        "filesize": stored.stat().st_size if stored and stored.is_file() else None,
        "checksum": None,
        "url": address,
        "latest": f"{server}/datagouv/api/1/datasets/r/{identifier}",
        "created_at": f"{sample.created}T09:00:00+00:00",
        "last_modified": modified,
        "schema": None,
        "extras": {},
        "harvest": None,
    }
