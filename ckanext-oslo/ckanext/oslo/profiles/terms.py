"""Names of the standards' terms, and the safe making of IRIs and literals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.reading.errors import FieldError
from ckanext.oslo.reading.links import read_uri


class Namespace:
    """Terms by attribute or key: ``DCT.title``, ``DCT["format"]``; each is made once."""

    def __init__(self, base: str) -> None:
        self.base = base

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        term = NamedNode(self.base + name)
        setattr(self, name, term)
        return term

    def __getitem__(self, name: str) -> NamedNode:
        return getattr(self, name)


ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCT = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
MDCAT = Namespace("https://data.vlaanderen.be/ns/metadata-dcat#")
MOBILITY = Namespace("https://w3id.org/mobilitydcat-ap#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
STAT = Namespace("http://data.europa.eu/s1n/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
OWN = Namespace("urn:eurometropool:field:")
"""Our own properties: what no standard has a place for, named after the field of the schema."""

PREFIXES = {
    "adms": ADMS.base,
    "dcat": DCAT.base,
    "dcatap": DCATAP.base,
    "dct": DCT.base,
    "eli": ELI.base,
    "foaf": FOAF.base,
    "geosparql": GEO.base,
    "hydra": HYDRA.base,
    "locn": LOCN.base,
    "mdcat": MDCAT.base,
    "mobilitydcatap": MOBILITY.base,
    "owl": OWL.base,
    "portal": OWN.base,
    "prov": PROV.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "skos": SKOS.base,
    "spdx": SPDX.base,
    "stat": STAT.base,
    "vcard": VCARD.base,
    "xsd": XSD.base,
}
"""Prefixes for serialising."""

# What a URI may not hold bare, and a per cent sign that begins no code; NUL and the like are dropped by read_uri.
_UNSAFE = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")
# XML 1.0, PostgreSQL and UTF-8 each refuse some of these.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_WEEKS = re.compile(r"(\d+)W(?:(\d+)D)?")


@lru_cache(maxsize=32_768)
def iri(value: str) -> NamedNode | None:
    """Give an IRI that every RDF reader takes: http(s), ftp, urn, doi, mailto …; None for what is none.

    Characters that an IRI may not hold are encoded (a space is %20). ``javascript:``, addresses without a host and
    those with a password are none.
    """
    try:
        return NamedNode(read_uri(_UNSAFE.sub(_encode, value.strip())))
    except (FieldError, ValueError):
        return None


def _encode(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "ignore"))


def text(value: str) -> Literal:
    """Give a literal without language."""
    return Literal(_CONTROL.sub("", value))


def spoken(value: str, language: str) -> Literal | None:
    """Give a literal in a language; None when that is no language tag."""
    return Literal(_CONTROL.sub("", value), language=language) if _TAG.fullmatch(language) else None


def date(value: str) -> Literal | None:
    """Give a year, a month, a day or a moment, typed as what it is; None for what is no date."""
    if _DAY.fullmatch(value):
        return Literal(value, datatype=XSD.date)
    if _MOMENT.fullmatch(value):
        return Literal(value, datatype=XSD.dateTime)
    if len(value) == 4 and value.isdecimal():
        return Literal(value, datatype=XSD.gYear)
    if len(value) == 7 and _DAY.fullmatch(f"{value}-01"):
        return Literal(value, datatype=XSD.gYearMonth)
    return None


def moment(value: str) -> Literal | None:
    """Give a date as the moment it begins (xsd:dateTime), for profiles that know no other."""
    known = date(value)
    if known is None or known.datatype == XSD.dateTime:
        return known
    return Literal(f"{_first_day(value)}T00:00:00", datatype=XSD.dateTime)


def day(value: str) -> Literal | None:
    """Give a date as a day or a moment: of a year or a month its first day."""
    known = date(value)
    if known is None or known.datatype in (XSD.date, XSD.dateTime):
        return known
    return Literal(_first_day(value), datatype=XSD.date)


def _first_day(value: str) -> str:
    return value + {4: "-01-01", 7: "-01"}.get(len(value), "")


def duration(value: str) -> Literal:
    """Give a duration; XSD knows no weeks, so they become days."""
    return Literal(_WEEKS.sub(lambda found: f"{int(found[1]) * 7 + int(found[2] or 0)}D", value), datatype=XSD.duration)


def decimal(value: float) -> Literal:
    """Give a decimal, written without an exponent."""
    return Literal(format(Decimal(repr(value)), "f"), datatype=XSD.decimal)


def whole(value: int) -> Literal:
    """Give a whole number from 0 up."""
    return Literal(str(value), datatype=XSD.nonNegativeInteger)
