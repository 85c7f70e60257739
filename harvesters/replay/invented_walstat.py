"""Invented indicators as WalStat would describe them: StatDCAT in RDF, addresses full of ampersands."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode

from ckanext.harvesters.replay.catalogue import Record
from ckanext.harvesters.replay.invented import Sample, samples
from ckanext.harvesters.replay.invented_flanders import EU, XSD_DATE, Said, Statement, name
from ckanext.harvesters.replay.rdfxml import RDF_TYPE, Node, Statements

SITE = "https://walstat.example.be/walstat-catalogue.php"


def records() -> dict[str, Record]:
    """Give the indicators, keyed by their IRI."""
    return {iri(sample): _record(sample) for sample in samples("walstat")}


def iri(sample: Sample) -> str:
    """Name the dataset as the portal does: by the address of its page."""
    return f"{SITE}?indicateur_id={sample.options['indicator']}&navi=1&ordre=0"


def _record(sample: Sample) -> Record:
    return lambda server: described(sample, server)


def described(sample: Sample, server: str) -> tuple[Node, Statements]:
    """Say everything about one indicator."""
    node, contact = NamedNode(iri(sample)), BlankNode("contact")
    publisher = NamedNode("https://statistics.example.be/id/institute")
    text = sample.language
    about: list[Statement] = [
        (RDF_TYPE, name("dcat:Dataset")),
        (name("dct:title"), Literal(sample.title[text], language=text)),
        (name("dct:description"), Literal(sample.description[text], language=text)),
        (name("dct:identifier"), Literal(f"{sample.options['indicator']}-0")),
        (name("dct:language"), NamedNode(f"{EU}/language/FRA")),
        (name("dct:accessRights"), NamedNode(f"{EU}/access-right/PUBLIC")),
        (name("dct:accrualPeriodicity"), NamedNode(f"{EU}/frequency/{sample.frequency}")),
        (name("dct:issued"), Literal(sample.created, datatype=XSD_DATE)),
        (name("dct:modified"), Literal(sample.modified, datatype=XSD_DATE)),
        (name("dcat:landingPage"), NamedNode(f"{server}/files/pages/{sample.id}?navi=1&ordre=0")),
        (name("dct:spatial"), NamedNode("https://sws.geonames.org/3337387/")),
        (name("dct:publisher"), publisher),
        (name("dcat:contactPoint"), contact),
    ]
    about += [(name("dcat:keyword"), Literal(word, language=text)) for word in sample.keywords]
    about += [(name("dcat:theme"), NamedNode(f"{EU}/data-theme/{theme}")) for theme in sample.themes]
    said: Said = {
        node: about,
        publisher: [
            (RDF_TYPE, name("foaf:Agent")),
            (name("foaf:name"), Literal(sample.publisher, language=text)),
        ],
        contact: [
            (RDF_TYPE, name("vcard:Kind")),
            (name("vcard:fn"), Literal(sample.publisher, language=text)),
            (name("vcard:hasEmail"), NamedNode("mailto:info@statistics.example.be")),
        ],
    }
    for file in sample.files:
        distribution = NamedNode(f"https://statistics.example.be/api/{file.name}?period=last&form=csv")
        about.append((name("dcat:distribution"), distribution))
        said[distribution] = [
            (RDF_TYPE, name("dcat:Distribution")),
            (name("dct:title"), Literal(sample.title[text], language=text)),
            (name("dcat:accessURL"), NamedNode(f"{server}/files/pages/{sample.id}?navi=1&ordre=0")),
            (name("dcat:downloadURL"), NamedNode(file.address(server))),
            (name("dct:format"), NamedNode(f"{EU}/file-type/CSV")),
            (name("dct:license"), NamedNode(f"{EU}/licence/{sample.licence}")),
        ]
    return node, said
