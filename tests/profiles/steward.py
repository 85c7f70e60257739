"""Datasets as a steward makes them here and CKAN's API shows them: the least the form takes, and all of it."""

from __future__ import annotations

from typing import Any

EU = "http://publications.europa.eu/resource/authority"
MOBILITY = "https://w3id.org/mobilitydcat-ap"
MOMENT = "2026-11-22T10:00:00.123456"


def _stored(key: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": key,
        "name": f"name-of-{key}",
        "owner_org": "2f0b1b5e-7d2e-4f0e-9d3e-0a4a5f0a7c11",
        "organization": {"name": "stad-kortrijk", "title": "Stad Kortrijk"},
        "metadata_created": MOMENT,
        "metadata_modified": MOMENT,
        **fields,
    }


def minimal(kind: str) -> dict[str, Any]:
    """Give a dataset with the essentials alone: a title and a description in one language, a licence, a file."""
    return _stored(
        f"minimal-{kind}",
        type=kind,
        title_translated={"nl": "Bomen"},
        notes_translated={"nl": "Waar ze staan."},
        license_id="CC0",
        resources=[{"id": f"file-of-{kind}", "url": "https://data.example/bomen"}],
    )


def full(kind: str) -> dict[str, Any]:
    """Give a dataset with every field of its schema filled in."""
    return _stored(f"full-{kind}", type=kind, **_COMMON, **_OWN[kind])


_AGENT = {
    "name": "Stad Kortrijk",
    "email": "data@kortrijk.example",
    "url": "https://www.kortrijk.example/",
    "uri": "https://data.vlaanderen.be/id/organisatie/OVO002126",
    "type": "http://purl.org/adms/publishertype/LocalAuthority",
    "identifier": "0207494678",
}
_BOX = '{"type": "Polygon", "coordinates": [[[3.2, 50.8], [3.3, 50.8], [3.3, 50.9], [3.2, 50.9], [3.2, 50.8]]]}'
_POINT = '{"type": "Point", "coordinates": [3.26, 50.83]}'
_COMMON: dict[str, Any] = {
    "title_translated": {"nl": "Fietsenstallingen", "fr": "Stationnements vélo", "en": "Bicycle parking"},
    "notes_translated": {"nl": "Waar ze staan.", "fr": "Où ils sont.", "en": "Where they are."},
    "license_id": "CC_BY_4_0",
    "theme": [f"{EU}/data-theme/TRAN", f"{EU}/data-theme/REGI"],
    "tags_translated": {"nl": ["fiets", "r&d"], "fr": ["vélo", "protection de l'environnement"], "en": ["bicycle"]},
    "spatial_coverage": [
        {"text": "Kortrijk", "uri": f"{EU}/place/BEL_KRT", "geom": _BOX, "bbox": _BOX, "centroid": _POINT},
        {"uri": f"{EU}/country/BEL"},
    ],
    "spatial": _BOX,
    "temporal_coverage": [{"start": "2024", "end": "2026-10-31"}, {"start": "2026-11"}],
    "frequency": f"{EU}/frequency/MONTHLY",
    "publisher": [_AGENT],
    "contact": [
        {
            "name": "Dienst data",
            "email": "data@kortrijk.example",
            "url": "https://www.kortrijk.example/data",
            "identifier": "7",
        },
        {"name": "Helpdesk", "email": "help@kortrijk.example"},
    ],
    "creator": [{"name": "Leiedal", "url": "https://www.leiedal.example/"}],
    "url": "https://www.kortrijk.example/fiets",
    "language": [f"{EU}/language/NLD", f"{EU}/language/FRA"],
    "access_rights": f"{EU}/access-right/PUBLIC",
    "issued": "2024",
    "modified": "2026-11-20",
    "temporal_resolution": "P1D",
    "spatial_resolution_in_meters": [1.0, 10.0],
    "dcat_type": f"{EU}/dataset-type/STATISTICAL",
    "subject": ["http://eurovoc.europa.eu/4512"],
    "hvd_category": ["http://data.europa.eu/bna/c_b79e35eb"],
    "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
    "conforms_to": ["https://data.vlaanderen.be/doc/applicatieprofiel/fietsinfrastructuur"],
    "documentation": ["https://www.kortrijk.example/fiets/uitleg"],
    "provenance": "Ter plaatse opgemeten.",
    "in_series": [{"title": "Fietsenstallingen per jaar"}, {"title": "Fiets", "uri": "https://data.example/id/fiets"}],
    "version": "2.1",
    "version_notes": "Station erbij.",
    "identifier": "kortrijk-fiets",
    "alternate_identifier": ["BE-33022-7", "doi:10.1/x"],
    "resources": [
        {
            "id": "table",
            "url": "https://data.example/fiets.csv",
            "name_translated": {"nl": "Tabel", "fr": "Tableau", "en": "Table"},
            "description_translated": {"nl": "Een rij per stalling.", "fr": "Une ligne par site."},
            "format": "CSV",
            "license": f"{EU}/licence/CC0",
            "download_url": "https://data.example/fiets-2.csv",
            "language": [f"{EU}/language/NLD"],
            "issued": "2024-01-01",
            "modified": "2026-11-20T08:00:00+01:00",
            "availability": f"{EU}/planned-availability/STABLE",
            "status": f"{EU}/distribution-status/COMPLETED",
            "conforms_to": ["https://data.vlaanderen.be/doc/applicatieprofiel/fietsinfrastructuur"],
            "rights": "Vermeld de stad.",
            "mimetype": "text/csv",
            "size": 12345,
            "hash": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha1",
        },
        {"id": "map", "url": "https://geo.example/wfs?map=a", "format": "WFS", "name_translated": {"nl": "Kaart"}},
        {
            "id": "api",
            "url": "https://api.example/v1",
            "format": "API (REST)",
            "endpoint_description": "https://api.example/v1/openapi.json",
        },
        {
            "id": "odd",
            "url": "https://data.example/page",
            "format": "Iets vreemds",
            "hash": "xyz",
            "mimetype": "a/b; c=d",
        },
    ],
}
_OWN: dict[str, dict[str, Any]] = {
    "dataset": {},
    "work": {
        "work_category": ["urn:eurometropool:work-category:vacancies"],
        "statistical_unit": "urn:eurometropool:statistical-unit:job",
        "place_basis": "workplace",
        "geographic_level": "urn:eurometropool:geographic-level:municipality",
        "dimension": ["http://purl.org/linked-data/sdmx/2009/dimension#refArea"],
        "measure": ["urn:eurometropool:measure:count"],
        "stat_unit_measure": "http://qudt.org/vocab/unit/NUM",
        "num_series": 4,
        "nace": ["http://vocab.belgif.be/auth/nace2025/C"],
        "isco": ["http://data.europa.eu/esco/isco/C2"],
    },
    "mobility": {
        "mobility_theme": [f"{MOBILITY}/mobility-theme/bike-parking-locations"],
        "transport_mode": [f"{MOBILITY}/transport-mode/bicycle"],
        "network_coverage": [f"{MOBILITY}/network-coverage/urban-and-local-roads"],
        "georeferencing_method": [f"{MOBILITY}/georeferencing-method/geocoordinates"],
        "intended_information_service": [f"{MOBILITY}/intended-information-service/location-search"],
        "reference_system": "http://www.opengis.net/def/crs/EPSG/0/4326",
    },
}
KINDS = tuple(_OWN)
ALL = [made for kind in KINDS for made in (minimal(kind), full(kind))]
