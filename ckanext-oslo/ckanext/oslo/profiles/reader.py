"""Read a dataset back from RDF: the mirror of the writing modules, in their order.

A value comes from our own property where the writer left one; else from the standard's, unless the writer would have
said that by itself (a media type that follows from the format, the regulation of a high-value dataset). RDF that
others wrote is read by the same rules, as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode, Quad, Store, Triple

from ckanext.oslo.profiles import read_agents, read_files, read_places, subjects
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.graph import Graph, Node
from ckanext.oslo.profiles.properties import DATASET, HVD_REGULATION, REFERENCE_SYSTEM
from ckanext.oslo.profiles.read_values import read_values
from ckanext.oslo.profiles.record import DATA, SCHEMAS, data_of
from ckanext.oslo.profiles.series import read_series
from ckanext.oslo.profiles.terms import ADMS, DCAT, DCT, FOAF, MOBILITY, OWL, OWN, RDFS, SKOS


def read(source: Iterable[Triple | Quad] | Store | Graph, subject: str) -> dict[str, Any]:
    """Give the dataset called ``subject`` as a dataset dict of our schemas; empty fields are left out.

    With the dataset's catalogue record come its origin, its address and its organization. Values are as they stand
    in the graph: CKAN's validators read and check them like any other.
    """
    graph = source if isinstance(source, Graph) else Graph(source)
    node = NamedNode(subject)
    record = _record(graph, node)
    own = record.value.removesuffix("#record") if isinstance(record, NamedNode) else ""
    dataset: dict[str, Any] = {"type": _type(graph, node, record)}
    if subject != own:
        dataset["uri"] = subject
    dataset |= read_values(graph, node, DATASET)
    if DCT.description.value in graph.iris(node, OWN.inherits):
        dataset.pop("notes_translated", None)
    dataset["access_rights"] = graph.iri(node, DCT.accessRights)
    _read_identifiers(graph, node, dataset)
    _read_legislation(graph, node, dataset)
    _read_standards(graph, node, dataset)
    _read_subjects(graph, node, dataset)
    dataset["version"] = graph.text(node, DCAT.version, OWL.versionInfo)
    statement = graph.node(node, DCT.provenance)
    dataset["provenance"] = graph.text(statement, RDFS.label) if statement else graph.text(node, DCT.provenance)
    dataset |= read_places.read_places(graph, node, own)
    dataset["temporal_coverage"] = read_places.read_periods(graph, node)
    keeper = graph.node(record, DCT.publisher) if record else None
    dataset["publisher"] = read_agents.read_agents(graph, node, DCT.publisher, own, keeper)
    dataset["creator"] = read_agents.read_agents(graph, node, DCT.creator, own)
    dataset["contact"] = read_agents.read_contacts(graph, node, own)
    dataset["in_series"] = read_series(graph, node, own)
    dataset["license_id"] = _licence(graph, node)
    dataset["resources"] = read_files.read_files(graph, node)
    if record is not None:
        dataset |= _read_record(graph, record, own)
    return {field: value for field, value in dataset.items() if value not in (None, "", [], {})}


def _record(graph: Graph, node: NamedNode) -> Node | None:
    """Find the dataset's record: not that of its source, which is about the same dataset."""
    records = graph.subjects(FOAF.primaryTopic, node)
    return next((one for one in records if not graph.subjects(DCT.source, one)), None)


def _type(graph: Graph, node: NamedNode, record: Node | None) -> str:
    said = graph.iri(record, DCT.type) if record else ""
    if said.startswith(SCHEMAS):
        return said.removeprefix(SCHEMAS)
    return "mobility" if graph.terms(node, MOBILITY.mobilityTheme) else "dataset"


def _read_identifiers(graph: Graph, node: NamedNode, dataset: dict[str, Any]) -> None:
    identifier = graph.text(node, OWN.identifier) or graph.text(node, DCT.identifier)
    if identifier != node.value or graph.terms(node, OWN.identifier):
        dataset["identifier"] = identifier
    others = (graph.text(other, SKOS.notation) for other in graph.nodes(node, ADMS.identifier))
    dataset["alternate_identifier"] = [other for other in others if other]


def _read_legislation(graph: Graph, node: NamedNode, dataset: dict[str, Any]) -> None:
    said = dataset.get("applicable_legislation") or []
    if dataset.get("hvd_category") and not graph.terms(node, OWN.applicable_legislation):
        dataset["applicable_legislation"] = [uri for uri in said if uri != HVD_REGULATION]


def _read_standards(graph: Graph, node: NamedNode, dataset: dict[str, Any]) -> None:
    both = graph.iris(node, OWN.conforms_to)
    kept_apart = graph.iri(node, OWN.reference_system)
    if kept_apart:
        dataset["reference_system"] = kept_apart
    standards = []
    for uri in graph.iris(node, DCT.conformsTo):
        is_system = REFERENCE_SYSTEM in graph.iris(NamedNode(uri), DCT.type) and dataset["type"] == "mobility"
        if is_system and "reference_system" not in dataset:
            dataset["reference_system"] = uri
        if not is_system or uri in both:
            standards.append(uri)
    dataset["conforms_to"] = standards


def _read_subjects(graph: Graph, node: NamedNode, dataset: dict[str, Any]) -> None:
    found: dict[str, list[str]] = {"subject": [], **{field: [] for field in subjects.FIELDS}}
    said, explicit = graph.iris(node, DCT.subject), graph.iris(node, OWN.subject)
    is_work = dataset["type"] == "work"
    implied = {uri for category in said if is_work for uri in subjects.implied(category) if uri not in explicit}
    for uri in said:
        field = subjects.field_of(uri) if is_work and uri not in explicit else "subject"
        if field != "subject" or uri not in implied:
            found[field].append(uri)
    dataset |= found


def _licence(graph: Graph, node: NamedNode) -> str:
    own = graph.text(node, OWN.license_id)
    concept = resolve("licence", graph.iri(node, DCT.license)) if not own else None
    return own or (concept.code if concept else "")


def _read_record(graph: Graph, record: Node, own: str) -> dict[str, Any]:
    page = graph.iri(record, DCAT.landingPage)
    keeper = graph.iri(record, DCT.publisher)
    return {
        "name": page.rsplit("/dataset/", 1)[-1] if "/dataset/" in page else "",
        "owner_org": keeper.rsplit("/organization/", 1)[-1] if "/organization/" in keeper else "",
        "metadata_license": graph.iri(record, DCT.license),
        "harvested": graph.text(record, DCT.dateAccepted),
        "harvest_source_name": graph.text(record, OWN.harvest_source_name),
        "guid": graph.text(record, OWN.guid),
        "source_url": graph.iri(record, OWN.source_url),
        "source_modified": graph.text(record, OWN.source_modified),
        **{field: data_of(graph.text(record, OWN[field])) for field in DATA},
    }
