"""Invented records of the two access points for mobility data: the Belgian one's dataset dicts, the French one's."""

from __future__ import annotations

import uuid
from typing import Any

from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import Sample, samples, slug
from ckanext.harvesters.replay.invented_france import object_id

MOBILITY = "https://w3id.org/mobilitydcat-ap"
EU = "http://publications.europa.eu/resource/authority"


def belgian() -> dict[str, Record]:
    """Give the datasets of the Belgian access point, keyed by their id."""
    return {_uuid(sample.id): (lambda _server, one=sample: _belgian(one)) for sample in samples("transportdata")}


def french() -> dict[str, Record]:
    """Give the datasets of the French access point, keyed by their id on data.gouv.fr."""
    return {object_id(sample.id): (lambda server, one=sample: _french(one, server)) for sample in samples("transport")}


def _uuid(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def _concepts(scheme: str, codes: list[str]) -> list[str]:
    return [f"{MOBILITY}/{scheme}/{code}" for code in codes]


def _belgian(sample: Sample) -> dict[str, Any]:
    options = sample.options
    address = f"https://mobility.example.be/{sample.id}.{str(options['format']).lower()}"
    return {
        "id": _uuid(sample.id),
        "name": sample.id,
        "title": sample.title["nl"],
        "title_translated": dict(sample.title),
        "notes_translated": dict(sample.description),
        "type": "dataset",
        "state": "active",
        "private": False,
        "metadata_created": f"{sample.created}T08:00:00.000000",
        "metadata_modified": f"{sample.modified}T08:00:00.000000",
        "organization": {"name": slug(sample.publisher), "title": sample.publisher},
        "publisher_org": sample.publisher,
        "publisher_email": f"data@{slug(sample.publisher)}.example",
        "contact_point_name": sample.publisher,
        "contact_point_email": f"data@{slug(sample.publisher)}.example",
        "tags": [{"name": word, "display_name": word} for word in sample.keywords],
        "theme": f"{EU}/data-theme/TRAN",
        "frequency": f"{EU}/frequency/{sample.frequency}",
        "mobility_theme": {f"{MOBILITY}/mobility-theme/{options['theme']}": []},
        "transport_mode": _concepts("transport-mode", options["modes"]),
        "network_coverage": _concepts("network-coverage", options.get("network", [])),
        "geo_area": [f"http://data.europa.eu/nuts/code/{code}" for code in options["nuts"]],
        "license_id": sample.licence,
        "extras": [{"key": "issued", "value": sample.created}, {"key": "modified", "value": sample.modified}],
        "resources": [
            {
                "id": _uuid(f"{sample.id}/file"),
                "name": sample.title["nl"],
                "name_translated": dict(sample.title),
                "url": address,
                "format": options["format"],
                "acc_mod": f"{MOBILITY}/mobility-data-standard/{options['standard']}",
                "acc_con": f"{MOBILITY}/communication-method/pull",
                "conditions_usage": (
                    f"{MOBILITY}/conditions-for-access-and-usage/{options.get('access', 'free-of-charge')}"
                ),
            }
        ],
    }


def _french(sample: Sample, server: str) -> dict[str, Any]:
    options, key = sample.options, object_id(sample.id)
    return {
        "datagouv_id": key,
        "id": key,
        "slug": sample.id,
        "title": sample.title["fr"],
        "description": sample.description["fr"],
        "created_at": sample.created,
        "updated": f"{sample.modified}T06:00:00.000000Z",
        "page_url": f"{server}/transport/datasets/{sample.id}",
        "type": options["type"],
        "sub_types": [],
        "licence": sample.licence,
        "publisher": {"name": sample.publisher, "id": object_id(sample.publisher), "type": "organization"},
        "tags": list(sample.keywords),
        "covered_area": [options["area"]],
        "legal_owners": [],
        "offers": [],
        "community_resources": [],
        "resources": [_file(sample, form, number, options["modes"]) for number, form in enumerate(options["formats"])],
    }


def _file(sample: Sample, form: str, number: int, modes: list[str]) -> dict[str, Any]:
    name = f"{sample.id}-{slug(form)}"
    end = {"gbfs": "json", "gtfs-rt": "pb", "geojson": "geojson", "json": "json"}.get(form, "zip")
    return {
        "id": 1000 + number,
        "datagouv_id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        "title": f"{sample.title['fr']} – {form}",
        "format": form,
        "url": f"https://mobilite.example.fr/resources/{name}/download",
        "original_url": f"https://mobilite.example.fr/{name}.{end}",
        "page_url": f"https://mobilite.example.fr/resources/{name}",
        "updated": f"{sample.modified}T06:00:00.000000Z",
        "is_available": True,
        "filesize": None,
        "modes": modes,
        "features": [],
        "metadata": {},
        "schema_name": None,
    }
