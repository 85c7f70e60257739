"""Datasets of Metawal as records of ISO 19115-3, made from the recorded DCAT of the same catalogue.

The contents are real. That they are ISO is what the catalogue keeps; the elements around them are not recorded, and
neither are the boxes, which the recording has lost.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote

from pyoxigraph import NamedNode

from ckanext.harvesters.replay import iso
from ckanext.harvesters.replay.catalogue import Record, chosen
from ckanext.harvesters.replay.recordings import DCAT, DCT, FOAF, Described, Recording, first, is_node, texts

VCARD = "http://www.w3.org/2006/vcard/ns#"
DATASETS = "http://geodata.wallonie.be/id/"
UNDATED = "2025-01-01"
#: Codes of the frequency vocabulary → ISO's words.
FREQUENCIES = {
    "CONT": "continual", "DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "QUARTERLY": "quarterly",
    "ANNUAL_2": "biannually", "ANNUAL": "annually", "AS_NEEDED": "asNeeded", "IRREG": "irregular",
    "NEVER": "notPlanned", "NOT_PLANNED": "notPlanned",
}  # fmt: skip
#: Format by its code → what GeoNetwork calls the protocol.
PROTOCOLS = {"WMS_SRVC": "OGC:WMS", "WFS_SRVC": "OGC:WFS", "MAP_SRVC": "ESRI:REST", "REST": "ESRI:REST"}
DOWNLOAD, LINK = "WWW:DOWNLOAD-1.0-http--download", "WWW:LINK"


def records(recording: Recording, limit: int | None = None) -> dict[str, Record]:
    """Give the records of a state, keyed by their uuid: those with a title and an address at the catalogue."""
    found = [iri for iri in recording.titled() if iri.startswith(DATASETS)]
    return {iri.removeprefix(DATASETS): partial(_written, recording, iri) for iri in chosen(found, limit)}


def _written(recording: Recording, iri: str, _server: str) -> str:
    return iso.new_standard(geographic(recording.around(iri)[0], NamedNode(iri)))


def geographic(described: Described, node: NamedNode) -> iso.Geographic:
    """Say what the record of one dataset says."""
    said = described[node]
    issued, modified = _text(said, f"{DCT}issued")[:10], _text(said, f"{DCT}modified")[:10]
    contact = _about(described, said, f"{DCAT}contactPoint")
    publisher = _about(described, said, f"{DCT}publisher")
    files = [described.get(value, []) for name, value in said if name.value == f"{DCAT}distribution" and is_node(value)]
    licence = next((text for file in files for text in texts(file, f"{DCT}license")), None)
    frequency = _text(said, f"{DCT}accrualPeriodicity").rpartition("/")[2]
    return iso.Geographic(
        identifier=node.value.removeprefix(DATASETS),
        title=_text(said, f"{DCT}title"),
        abstract=_text(said, f"{DCT}description"),
        publisher=_text(publisher, f"{FOAF}name") or _text(contact, f"{VCARD}fn") or "Service public de Wallonie",
        mail=unquote(_text(contact, f"{VCARD}hasEmail")).removeprefix("mailto:").strip(),
        stamp=f"{modified or issued or UNDATED}T00:00:00",
        created=issued,
        modified=modified,
        keywords=tuple(texts(said, f"{DCAT}keyword")),
        frequency=FREQUENCIES.get(frequency, "unknown"),
        licence=(licence, licence) if licence else None,
        links=tuple(link for file in files if (link := _link(file))[0]),
    )


def _link(file: list) -> tuple[str, str, str]:
    downloaded = _text(file, f"{DCAT}downloadURL")
    kind = _text(file, f"{DCT}format").rpartition("/")[2]
    protocol = PROTOCOLS.get(kind, DOWNLOAD if downloaded else LINK)
    return downloaded or _text(file, f"{DCAT}accessURL"), protocol, _text(file, f"{DCT}title")


def _about(described: Described, said: list, name: str) -> list:
    node = first(said, name)
    return described.get(node, []) if is_node(node) else []


def _text(said: list, name: str) -> str:
    return next(iter(texts(said, name)), "")
