"""Invented records as Metadata Vlaanderen would describe them: DCAT-AP-VL in RDF."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode

from ckanext.harvesters.replay import rdfxml
from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import Box, Sample, SampleFile, samples, slug
from ckanext.harvesters.replay.rdfxml import NAMESPACES, RDF_TYPE, Term
from ckanext.harvesters.replay.recorded_vlaanderen import PORTAL, wrapped

EU = "http://publications.europa.eu/resource/authority"
LICENCES = {
    "gratis": "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
    "cc0": "https://data.vlaanderen.be/id/licentie/creative-commons-zero-verklaring/v1.0",
}
MEDIA_TYPES = {"CSV": "text/csv", "GEOJSON": "application/geo+json", "JSON": "application/json"}
REGION_KEYWORD = f"{PORTAL}/id/GDI-Vlaanderen-Vlaamse-Administratieve-Eenheden"
REFNIS = "http://vocab.belgif.be/auth/refnis2019"
XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
XSD_DATETIME = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
WKT = NamedNode(NAMESPACES["geosparql"] + "wktLiteral")

Statement = tuple[NamedNode, Term]
Said = dict[rdfxml.Node, list[Statement]]


def records() -> dict[str, Record]:
    """Give the records of Flanders, keyed by the dataset's IRI."""
    return {iri(sample): _record(sample) for sample in samples("flanders")}


def iri(sample: Sample) -> str:
    """Name the dataset as the portal does: by a uuid, here one that follows from its id."""
    return f"{PORTAL}/srv/resources/datasets/{uuid.uuid5(uuid.NAMESPACE_URL, sample.id)}"


def _record(sample: Sample) -> Record:
    record = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sample.id}-record"))

    def render(server: str) -> str:
        dataset = NamedNode(iri(sample))
        said: Said = {dataset: []}
        said[dataset] = list(_dataset(sample, server, said))
        for file in sample.files:
            distribution = NamedNode(f"{dataset.value.replace('/datasets/', '/distributions/')}-{file.name or 'link'}")
            said[distribution] = list(_distribution(sample, file, server))
            said[dataset].append((name("dcat:distribution"), distribution))
        return wrapped(dataset.value, rdfxml.describe(dataset, said), record, f"{sample.modified}T06:00:00Z", [])

    return render


def name(qualified: str) -> NamedNode:
    """Make the IRI of a property or class from its usual short form."""
    prefix, _, local = qualified.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def _dataset(sample: Sample, server: str, said: Said) -> Iterator[Statement]:
    yield RDF_TYPE, name("dcat:Dataset")
    yield name("dct:identifier"), Literal(iri(sample).rpartition("/")[2])
    for language, text in sample.title.items():
        yield name("dct:title"), Literal(text, language=language)
    for language, text in sample.description.items():
        yield name("dct:description"), Literal(text, language=language)
    for keyword in sample.keywords:
        yield name("dcat:keyword"), Literal(keyword, language=sample.language)
    for theme in sample.themes:
        yield name("dcat:theme"), NamedNode(f"{EU}/data-theme/{theme}")
    for category in sample.options.get("hvd", ()):
        yield NamedNode("http://data.europa.eu/r5r/hvdCategory"), NamedNode(f"http://data.europa.eu/bna/{category}")
    for language in sample.title:
        code = {"nl": "NLD", "fr": "FRA", "en": "ENG"}[language]
        yield name("dct:language"), NamedNode(f"{EU}/language/{code}")
    yield name("dct:accessRights"), NamedNode(f"{EU}/access-right/PUBLIC")
    yield name("dct:accrualPeriodicity"), NamedNode(f"{EU}/frequency/{sample.frequency}")
    yield name("dct:issued"), Literal(f"{sample.created}T00:00:00", datatype=XSD_DATETIME)
    yield name("dct:modified"), Literal(f"{sample.modified}T06:00:00", datatype=XSD_DATETIME)
    yield name("dcat:landingPage"), NamedNode(f"{server}/files/pages/{sample.id}")
    yield from _agents(sample, said)
    yield from _where(sample, said)
    if sample.period:
        period = BlankNode("period")
        start, end = sample.period
        said[period] = [
            (RDF_TYPE, name("dct:PeriodOfTime")),
            (name("dcat:startDate"), Literal(start, datatype=XSD_DATE)),
            (name("dcat:endDate"), Literal(end, datatype=XSD_DATE)),
        ]
        yield name("dct:temporal"), period


def _agents(sample: Sample, said: Said) -> Iterator[Statement]:
    short = slug(sample.publisher)
    publisher = NamedNode(f"https://data.vlaanderen.be/id/organisatie/voorbeeld-{short}")
    said[publisher] = [(RDF_TYPE, name("foaf:Agent")), (name("foaf:name"), Literal(sample.publisher, language="nl"))]
    yield name("dct:publisher"), publisher
    contact = BlankNode("contact")
    said[contact] = [
        (RDF_TYPE, name("vcard:Organization")),
        (name("vcard:fn"), Literal(sample.publisher, language="nl")),
        (name("vcard:hasEmail"), NamedNode(f"mailto:opendata@{short}.example")),
    ]
    yield name("dcat:contactPoint"), contact


def _where(sample: Sample, said: Said) -> Iterator[Statement]:
    """Say the place in one of the ways this portal's records say it, or not at all."""
    if sample.spatial == "subject":
        for place in sample.places:
            yield name("dct:subject"), NamedNode(f"{REGION_KEYWORD}/{place.name}")
    elif sample.spatial == "refnis":
        for place in sample.places:
            yield name("dct:spatial"), NamedNode(f"{REFNIS}/{place.code}")
    elif sample.spatial != "none" and sample.box:
        location = BlankNode("location")
        said[location] = [
            (RDF_TYPE, name("dct:Location")),
            (name("dcat:bbox"), Literal(as_wkt(sample.box), datatype=WKT)),
        ]
        yield name("dct:spatial"), location


def as_wkt(box: Box) -> str:
    """Write a box as a WKT polygon, longitude first."""
    west, south, east, north = box
    return f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"


def _distribution(sample: Sample, file: SampleFile, server: str) -> Iterator[Statement]:
    form = file.format or str(file.name).rpartition(".")[2].upper()
    address = NamedNode(file.address(server))
    yield RDF_TYPE, name("dcat:Distribution")
    yield name("dct:title"), Literal(file.title or form, language=sample.language)
    yield name("dcat:accessURL"), address
    if file.name:
        yield name("dcat:downloadURL"), address
    yield name("dct:format"), NamedNode(f"{EU}/file-type/{form}")
    if form in MEDIA_TYPES:
        yield name("dcat:mediaType"), NamedNode(f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[form]}")
    yield name("dct:issued"), Literal(f"{sample.created}T00:00:00", datatype=XSD_DATETIME)
    yield name("dct:modified"), Literal(f"{sample.modified}T06:00:00", datatype=XSD_DATETIME)
    if sample.licence:
        yield name("dct:license"), NamedNode(LICENCES[sample.licence])
