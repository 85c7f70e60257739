"""Invented geographic records of four catalogues, as GeoNetwork writes them: ISO 19139, and ISO 19115-3 for Metawal."""

from __future__ import annotations

import uuid

from ckanext.harvesters.replay import iso
from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import Sample, samples, slug

PORTALS = ("mel", "metawal", "geo2france", "hautsdefrance")
LICENCES = {
    "lov2": ("https://www.etalab.gouv.fr/licence-ouverte-open-licence", "Licence Ouverte version 2.0 (Etalab)"),
    "odbl": ("https://opendatacommons.org/licenses/odbl/", "ODbL"),
    "ccby": ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
}
#: Around the whole territory: of a record that names no place.
TERRITORY = (2.6, 50.44, 4.11, 51.1)


def records(portal: str) -> dict[str, Record]:
    """Give the records of one of :data:`PORTALS`, keyed by their identifier."""
    chosen = [sample for sample in samples("geography") if sample.options["portal"] == portal]
    write = iso.new_standard if portal == "metawal" else iso.old_standard
    return {identifier(sample): (lambda _server, one=sample: write(geographic(one))) for sample in chosen}


def identifier(sample: Sample) -> str:
    """Make the record's uuid, always the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, sample.id))


def geographic(sample: Sample) -> iso.Geographic:
    """Say what the record of a sample says."""
    return iso.Geographic(
        identifier=identifier(sample),
        title=sample.title["fr"],
        abstract=sample.description["fr"],
        publisher=sample.publisher,
        mail=f"geo@{slug(sample.publisher)}.example",
        stamp=f"{sample.modified}T06:00:00",
        created=sample.created,
        modified=sample.modified,
        keywords=sample.keywords,
        frequency=str(sample.frequency),
        topic=sample.options["topic"],
        licence=LICENCES[str(sample.licence)],
        links=_services(sample),
        box=sample.box or TERRITORY,
    )


def _services(sample: Sample) -> tuple[tuple[str, str, str], ...]:
    """Name the links of a record: address, protocol, name."""
    base = f"https://geo.example.org/{sample.options['portal']}"
    layer = sample.options["service"]
    return (
        (f"{base}/wms", "OGC:WMS", layer),
        (f"{base}/wfs", "OGC:WFS", layer),
        (f"{base}/download/{layer}.zip", "WWW:DOWNLOAD-1.0-http--download", f"{layer} (Shapefile)"),
    )
