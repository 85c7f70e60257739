"""The profiles as ckanext-dcat knows them: its endpoints, its commands and its harvester use ours by these classes.

Each stands alone in ``ckanext.dcat.rdf.profiles``; two of them would say everything twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import pyoxigraph
import rdflib
from ckan.plugins import toolkit
from ckanext.dcat.profiles import RDFProfile
from rdflib.term import Node

from ckanext.oslo import profiles
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.profiles.record import DATA

OURS = ("owner_org", "name", "guid", "harvest_source_name", "source_url", "source_modified", "harvested", *DATA)
"""What a dataset read from another portal does not bring with it: these are facts of where it is kept."""


class OsloProfile(RDFProfile):
    """A profile of ours among ckanext-dcat's."""

    profile: ClassVar[str] = profiles.DEFAULT

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> dict[str, Any]:
        """Read a dataset from the graph into ``dataset_dict``."""
        found = profiles.get(self.profile).read(self._graph(), str(dataset_ref))
        for field in OURS:
            found.pop(field, None)
        dataset_dict.update({"uri": str(dataset_ref), **found})
        dataset_dict.setdefault("title", next(iter(found.get("title_translated", {}).values()), ""))
        dataset_dict.setdefault("notes", next(iter(found.get("notes_translated", {}).values()), ""))
        dataset_dict.setdefault("extras", [])
        dataset_dict.setdefault("tags", [])
        dataset_dict.setdefault("resources", [])
        return dataset_dict

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: rdflib.URIRef) -> None:
        """Write a dataset and its record into the graph.

        :raises ckan.plugins.toolkit.ValidationError: no graph can hold it; says which field and value
        """
        portal = self._portal()
        profile = profiles.get(self.profile)
        try:
            if profiles.dataset_iri(dataset_dict, portal) != str(dataset_ref):  # a plugin may name datasets its way
                dataset_dict = {**dataset_dict, "uri": str(dataset_ref)}
            triples = [*profile.dataset(dataset_dict, portal), *profile.record(dataset_dict, portal)]
        except profiles.NotWritableError as error:
            raise toolkit.ValidationError({error.field: [str(error)]}) from error
        self._add(triples)

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: rdflib.URIRef) -> None:
        """Write the catalogue into the graph."""
        portal = dataclasses.replace(self._portal(), site_url=str(catalog_ref))
        self._add(profiles.get(self.profile).catalogue(portal, ()))

    def _graph(self) -> profiles.Graph:
        """Turn the graph into ours once a page, not once a dataset: it holds all the page's datasets."""
        size, graph = getattr(self.g, "ours", (0, None))
        if graph is None or size != len(self.g):
            graph = profiles.Graph(_triples(self.g))
            self.g.ours = (len(self.g), graph)  # type: ignore[attr-defined]
        return graph

    def _portal(self) -> profiles.Portal:
        """Describe the portal once a graph: ckanext-dcat makes a new profile for each dataset of a page."""
        portal = getattr(self.g, "portal", None)
        if portal is None:
            portal = portal_from_config()
            self.g.portal = portal  # type: ignore[attr-defined]
        return portal

    def _add(self, triples: list[pyoxigraph.Triple]) -> None:
        for prefix, base in profiles.PREFIXES.items():
            self.g.bind(prefix, base)
        for triple in triples:
            self.g.add(tuple(_rdflib(term) for term in (triple.subject, triple.predicate, triple.object)))


class DcatAp3(OsloProfile):
    """DCAT-AP 3; ``oslo_dcat_ap`` is its older name."""


class DcatApVl3(OsloProfile):
    """DCAT-AP Flanders 3."""

    profile = "dcat_ap_vl_3"


class MobilityDcatAp(OsloProfile):
    """mobilityDCAT-AP."""

    profile = "mobility_dcat_ap"


class DcatApHvd(OsloProfile):
    """DCAT-AP HVD."""

    profile = "dcat_ap_hvd"


class StatDcatAp(OsloProfile):
    """StatDCAT-AP."""

    profile = "statdcat_ap"


class GeoDcatAp(OsloProfile):
    """GeoDCAT-AP."""

    profile = "geodcat_ap"


def _rdflib(term: Any) -> Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return rdflib.BNode(term.value)
    # normalize=False: a number stays as it was written, and no XML or HTML literal is parsed.
    datatype = None if term.language or term.datatype.value == profiles.STRING else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def _triples(graph: rdflib.Graph) -> Iterator[pyoxigraph.Triple]:
    """Give a graph's triples as ours, those that RDF 1.1 knows; rdflib holds others, such as IRIs with spaces."""
    for subject, predicate, value in sorted(graph.triples((None, None, None))):
        try:
            yield pyoxigraph.Triple(_term(subject), _term(predicate), _term(value))
        except (TypeError, ValueError):
            continue


def _term(term: Node) -> Any:
    if isinstance(term, rdflib.URIRef):
        known = profiles.iri(str(term))
        if known is None:
            raise ValueError(f"{term} is no IRI")
        return known
    if isinstance(term, rdflib.BNode):
        return pyoxigraph.BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise TypeError(f"{term} is no term of RDF 1.1")
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(str(term.datatype or profiles.STRING)))
