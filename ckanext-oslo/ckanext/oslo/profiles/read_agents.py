"""Read publishers, makers and contacts: the mirror of `agents`."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ckanext.oslo.profiles.agents import STAND_IN
from ckanext.oslo.profiles.graph import Graph, Node
from ckanext.oslo.profiles.terms import DCAT, DCT, FOAF, OWL, VCARD

Group = dict[str, str]


def read_agents(
    graph: Graph, subject: NamedNode, predicate: NamedNode, own: str, keeper: Node | None = None
) -> list[Group]:
    """Give the agents of a property; the organization that keeps the dataset is none of its own."""
    found = []
    for node in graph.nodes(subject, predicate):
        if node == keeper:
            continue
        agent = {
            "name": next((one.value for one in graph.literals(node, FOAF.name) if one.language != STAND_IN), ""),
            "email": _mail(graph, node, FOAF.mbox),
            "url": graph.iri(node, FOAF.homepage, FOAF.workplaceHomepage),
            "uri": _uri(graph, node, own),
            "type": graph.iri(node, DCT.type),
            "identifier": graph.text(node, DCT.identifier),
        }
        found.append({field: value for field, value in agent.items() if value})
    return [one for one in found if one]


def read_contacts(graph: Graph, subject: NamedNode, own: str) -> list[Group]:
    """Give the contacts."""
    found = []
    for node in graph.nodes(subject, DCAT.contactPoint):
        contact = {
            "name": graph.text(node, VCARD.fn, VCARD["organization-name"]),
            "email": _mail(graph, node, VCARD.hasEmail),
            "url": graph.iri(node, VCARD.hasURL),
            "uri": _uri(graph, node, own),
            "identifier": graph.text(node, VCARD.hasUID),
        }
        found.append({field: value for field, value in contact.items() if value})
    return [one for one in found if one]


def _uri(graph: Graph, node: Node, own: str) -> str:
    """Give an agent's URI: what it is the same as, or itself unless it is only a part of the dataset."""
    same = graph.iri(node, OWL.sameAs)
    if same or not isinstance(node, NamedNode):
        return same
    return "" if own and node.value.startswith(f"{own}#") else node.value


def _mail(graph: Graph, node: Node, predicate: NamedNode) -> str:
    return (graph.iri(node, predicate) or graph.text(node, predicate)).removeprefix("mailto:")
