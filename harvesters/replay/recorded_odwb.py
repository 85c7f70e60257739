"""Datasets of Opendatasoft portals in the documented shape of the Explore API, made from recorded DCAT.

ODWB's was recorded by itself; what the portals of Ghent and of Flanders' department of work publish stands in the
recording of Metadata Vlaanderen, which harvests them.
The contents are real, the JSON around them is not recorded: names of fields as the vendor documents them.
"""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pyoxigraph import Literal, NamedNode

from ckanext.harvesters.replay.catalogue import Record, chosen
from ckanext.harvesters.replay.recordings import DCAT, DCT, FOAF, Described, Recording, first, is_node, texts

VCARD = "http://www.w3.org/2006/vcard/ns#"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Site:
    """An Opendatasoft portal: what its datasets' IRIs begin with, and its language."""

    datasets: str
    language: str


ODWB = Site("https://www.odwb.be/explore/dataset/", "fr")
GENT = Site("https://data.stad.gent/api/v2/catalog/datasets/", "nl")
WEWIS = Site("https://opendata.wewis.vlaanderen.be/api/v2/catalog/datasets/", "nl")
LICENCES = {
    "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0": (
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "http://publications.europa.eu/resource/authority/licence/CC0": (
        "CC0 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "https://creativecommons.org/licenses/by-nc/4.0/legalcode": (
        "CC BY-NC 4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "http://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0": (
        "Modellicentie Gratis Hergebruik",
        "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
    ),
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": (
        "Open Government Licence v3.0",
        "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
}
FREQUENCIES = {
    "ANNUAL": "Annuelle",
    "semiannual": "Semestrielle",
    "QUARTERLY": "Trimestrielle",
    "MONTHLY": "Mensuelle",
    "WEEKLY": "Hebdomadaire",
    "DAILY": "Quotidienne",
    "continuous": "Continue",
    "IRREG": "Irrégulière",
}
"""The portal's publishers write frequencies as French words."""


def records(recording: Recording, limit: int | None = None, site: Site = ODWB) -> dict[str, Record]:
    """Give the datasets of a state, keyed by ``dataset_id``: those with a title and an address at the portal."""
    found = [iri for iri in recording.titled() if iri.startswith(site.datasets)]
    return {slug(iri, site): _record(recording, iri, site) for iri in chosen(found, limit)}


def slug(iri: str, site: Site = ODWB) -> str:
    """Take the dataset_id out of the dataset's address."""
    return iri.removeprefix(site.datasets).strip("/")


def uid(dataset_id: str) -> str:
    """Make the stable ``dataset_uid`` of a dataset: the recording has none, so it follows from the slug."""
    number = int.from_bytes(hashlib.sha256(dataset_id.encode()).digest()[:8])
    return "da_" + "".join(ALPHABET[number // 36**place % 36] for place in range(6))


def _record(recording: Recording, iri: str, site: Site) -> Record:
    return cache(lambda _server: document(slug(iri, site), recording.around(iri)[0], NamedNode(iri), site.language))


def document(dataset_id: str, described: Described, node: NamedNode, language: str = "fr") -> dict[str, Any]:
    """Make the document of one dataset from what is said of it."""
    said = described[node]
    files = [described.get(value, []) for name, value in said if name.value == f"{DCAT}distribution" and is_node(value)]
    formats = {text.rpartition("/")[2] for file in files for text in texts(file, f"{DCT}format")}
    geographic = bool(formats & {"SHP", "GEOJSON", "KML"})
    licence, licence_url = _licence(files)
    modified = _text(said, f"{DCT}modified")
    keywords = texts(said, f"{DCAT}keyword")
    default = {
        "title": _text(said, f"{DCT}title"),
        "description": paragraphs(_text(said, f"{DCT}description")),
        "keyword": keywords or None,
        "theme": _refined([*texts(said, f"{DCT}subject"), *texts(said, f"{DCAT}theme")], "theme") or None,
        "license": licence,
        "license_url": licence_url,
        "language": language,
        "metadata_languages": [language],
        "modified": modified,
        "modified_updates_on_data_change": False,
        "modified_updates_on_metadata_change": False,
        "data_processed": modified,
        "metadata_processed": modified,
        "geographic_reference": ["world_be"],
        "geographic_reference_auto": True,
        "territory": ["Belgique"],
        "publisher": _publisher(said, described, language),
        "references": None,
        "records_count": None,
        "attributions": None,
        "source_domain": None,
        "source_domain_title": None,
        "source_domain_address": None,
        "source_dataset": None,
        "shared_catalog": None,
        "federated": False,
        "parent_domain": None,
        "timezone": None,
    }
    return {
        "dataset_id": dataset_id,
        "dataset_uid": uid(dataset_id),
        "attachments": [],
        "has_records": True,
        "data_visible": True,
        "features": ["analyze", "geo"] if geographic else ["analyze"],
        "fields": [],
        "metas": {"default": default, "dcat": _dcat(said, described)},
    }


def _dcat(said: list[Any], described: Described) -> dict[str, Any]:
    """Fill the template "dcat", which the portal's publishers use for what the default one lacks."""
    contact = described.get(_first_node(said, f"{DCAT}contactPoint"), [])
    period = described.get(_first_node(said, f"{DCT}temporal"), [])
    start, end = _text(period, f"{DCAT}startDate"), _text(period, f"{DCAT}endDate")
    frequency = (_text(said, f"{DCT}accrualPeriodicity") or "").rpartition("/")[2]
    return {
        "created": _text(said, f"{DCT}created"),
        "issued": _text(said, f"{DCT}issued"),
        "creator": next(iter(_refined(texts(said, f"{DCT}creator"), "dcat.creator")), None),
        "contributor": next(iter(_refined(texts(said, f"{DCT}contributor"), "dcat.contributor")), None),
        "contact_name": _text(contact, f"{VCARD}fn"),
        "contact_email": unquote(_text(contact, f"{VCARD}hasEmail") or "").removeprefix("mailto:").strip() or None,
        "accrualperiodicity": FREQUENCIES.get(frequency, frequency or None),
        "spatial": None,
        "temporal": f"{start or ''}/{end or ''}" if start or end else None,
        "granularity": None,
        "dataquality": None,
    }


def _licence(files: list[list[Any]]) -> tuple[str | None, str | None]:
    """Give the licence as a name and an address; some publishers give the address of a PDF and no name."""
    found = [text for file in files for text in texts(file, f"{DCT}license")]
    if not found:
        return None, None
    return LICENCES.get(found[0], (None, found[0]))


def _publisher(said: list[Any], described: Described, language: str) -> str | None:
    """Name the publisher: as the portal's own links do, or by the agent's name in the portal's language."""
    linked = _refined(texts(said, f"{DCT}publisher"), "publisher") or _refined(
        texts(said, f"{DCT}creator"), "dcat.creator"
    )
    if linked:
        return linked[0]
    agent = described.get(_first_node(said, f"{DCT}publisher"), [])
    names = [value for name, value in agent if name.value == f"{FOAF}name" and isinstance(value, Literal)]
    names.sort(key=lambda name: {language: 0, None: 1}.get(name.language, 2))
    return names[0].value if names else None


def _refined(links: list[str], name: str) -> list[str]:
    """Take the values out of links such as ``…/explore/?refine.theme=Mobilit%C3%A9``."""
    asked = [parse_qsl(urlsplit(link).query) for link in links]
    return [value for pairs in asked for found, value in pairs if found == f"refine.{name}"]


def paragraphs(text: str | None) -> str | None:
    """Write a description as the portal stores it: HTML."""
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip()) if text else None


def _text(said: list[Any], name: str) -> str | None:
    return next(iter(texts(said, name)), None)


def _first_node(said: list[Any], name: str) -> Any:
    value = first(said, name)
    return value if is_node(value) else None
