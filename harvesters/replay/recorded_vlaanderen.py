"""Records of Metadata Vlaanderen, rebuilt from the recording in the form the feed has.

The recording holds the datasets as data.gov.be publishes them; the catalogue record around each is made anew.
"""

from __future__ import annotations

import re
import uuid
from xml.sax.saxutils import quoteattr

from pyoxigraph import NamedNode

from ckanext.harvesters.replay import rdfxml
from ckanext.harvesters.replay.catalogue import Record, chosen
from ckanext.harvesters.replay.recordings import DCAT, DCT, Recording, first

PORTAL = "https://metadata.vlaanderen.be"
PROFILE = "https://data.vlaanderen.be/doc/applicatieprofiel/DCAT-AP-VL/erkendestandaard/2022-04-21"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNDATED = "2025-01-01T00:00:00Z"


def records(recording: Recording, limit: int | None = None) -> dict[str, Record]:
    """Give the records of a state, keyed by the dataset's IRI; a record is built when it is asked for."""
    keys = chosen(recording.titled(), limit)
    stop = frozenset(NamedNode(iri) for iri in recording.datasets)
    return {iri: _record(recording, iri, stop) for iri in keys}


def _record(recording: Recording, iri: str, stop: frozenset[rdfxml.Node]) -> Record:
    def render(_base: str) -> str:
        described, services = recording.around(iri)
        said = described[NamedNode(iri)]
        page = first(said, f"{DCAT}landingPage")
        date = first(said, f"{DCT}modified", f"{DCT}issued", f"{DCT}created")
        served = [rdfxml.describe(NamedNode(service), described, stop) for service in services]
        return wrapped(
            iri,
            rdfxml.describe(NamedNode(iri), described, stop),
            record_id(iri, page.value if isinstance(page, NamedNode) else ""),
            date.value if date and not isinstance(date, rdfxml.Triple) else UNDATED,
            served,
        )

    return render


def record_id(iri: str, page: str) -> str:
    """Give the uuid of a dataset's record: from its page at Datavindplaats, or else always the same made-up one."""
    found = UUID.search(page) if page.startswith("https://www.vlaanderen.be/DataCatalogRecord/") else None
    return found.group() if found else str(uuid.uuid5(uuid.NAMESPACE_URL, iri))


def wrapped(iri: str, dataset: str, identifier: str, modified: str, services: list[str]) -> str:
    """Put a described dataset into the ``dcat:Catalog`` wrapper the feed has around each record."""
    about = quoteattr(iri)
    return (
        f'<dcat:Catalog rdf:about="{PORTAL}/srv/resources/catalogs/{identifier}">'
        '<dct:title xml:lang="nl">Metadata Vlaanderen</dct:title>'
        f'<dcat:record><dcat:CatalogRecord rdf:about="{PORTAL}/srv/resources/records/{identifier}">'
        f"<dct:identifier>{identifier}</dct:identifier><foaf:primaryTopic rdf:resource={about}/>"
        f"<dct:modified>{modified}</dct:modified>"
        f'<dct:conformsTo><dct:Standard rdf:about="{PROFILE}"/></dct:conformsTo>'
        f"</dcat:CatalogRecord></dcat:record><dcat:dataset>{dataset}</dcat:dataset>"
        + "".join(f"<dcat:service>{service}</dcat:service>" for service in services)
        + "</dcat:Catalog>\n"
    )
