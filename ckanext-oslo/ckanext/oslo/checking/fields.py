"""Which field of our forms mends what: the properties that the shapes name, each with its field or why it has none.

A property of a part (a contact's address, a file's rights) is found by the way from the dataset to that part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

import pyoxigraph as ox

from ckanext.oslo.checking.results import Place
from ckanext.oslo.profiles.terms import PREFIXES


class NoField(Enum):
    """Why no field of a form holds a property."""

    PORTAL = "the portal writes it itself"
    SETTINGS = "it belongs to the catalogue, which the portal's settings describe"
    VOCABULARY = "it is said by the vocabulary that the value is chosen from"
    UNUSED = "the portal does not write it: no field of the schemas asks for it, and no profile demands it"


_P, _S, _V, _U = NoField.PORTAL, NoField.SETTINGS, NoField.VOCABULARY, NoField.UNUSED

DATASET: Mapping[str, str | NoField] = MappingProxyType(
    {
        "dct:title": "title_translated",
        "dct:description": "notes_translated",
        "dcat:keyword": "tags_translated",
        "dcat:theme": "theme",
        "dct:subject": "subject",
        "dct:license": "license_id",
        "dct:spatial": "spatial_coverage",
        "dct:temporal": "temporal_coverage",
        "dct:accrualPeriodicity": "frequency",
        "dct:publisher": "publisher",
        "dct:creator": "creator",
        "dcat:contactPoint": "contact",
        "dcat:landingPage": "url",
        "dct:language": "language",
        "dct:accessRights": "access_rights",
        "dct:issued": "issued",
        "dct:modified": "modified",
        "dcat:temporalResolution": "temporal_resolution",
        "dcat:spatialResolutionInMeters": "spatial_resolution_in_meters",
        "dct:type": "dcat_type",
        "dcatap:hvdCategory": "hvd_category",
        "dcatap:applicableLegislation": "applicable_legislation",
        "dct:conformsTo": "conforms_to",
        "foaf:page": "documentation",
        "dct:provenance": "provenance",
        "dcat:version": "version",
        "owl:versionInfo": "version",
        "adms:versionNotes": "version_notes",
        "dct:identifier": "identifier",
        "adms:identifier": "alternate_identifier",
        "dcat:distribution": "resources",
        "mobilitydcatap:mobilityTheme": "mobility_theme",
        "mobilitydcatap:transportMode": "transport_mode",
        "mobilitydcatap:networkCoverage": "network_coverage",
        "mobilitydcatap:georeferencingMethod": "georeferencing_method",
        "mobilitydcatap:intendedInformationService": "intended_information_service",
        "stat:dimension": "dimension",
        "stat:measure": "measure",
        "stat:statUnitMeasure": "stat_unit_measure",
        "stat:numSeries": "num_series",
        "mdcat:statuut": _P,
        "dct:created": _P,
        "adms:sample": _U,
        "dcat:inSeries": _U,
        "dcat:qualifiedRelation": _U,
        "dct:hasVersion": _U,
        "dct:isReferencedBy": _U,
        "dct:isVersionOf": _U,
        "dct:relation": _U,
        "dct:rightsHolder": _U,
        "dct:source": _U,
        "dqv:hasQualityAnnotation": _U,
        "mobilitydcatap:assessmentResult": _U,
        "prov:qualifiedAttribution": _U,
        "prov:wasGeneratedBy": _U,
    }
)
DISTRIBUTION: Mapping[str, str | NoField] = MappingProxyType(
    {
        "dcat:accessURL": "url",
        "dcat:downloadURL": "download_url",
        "dct:title": "name_translated",
        "dct:description": "description_translated",
        "dct:format": "format",
        "dcat:mediaType": "mimetype",
        "dct:license": "license",
        "dct:language": "language",
        "dct:issued": "issued",
        "dct:modified": "modified",
        "dcatap:availability": "availability",
        "adms:status": "status",
        "dct:conformsTo": "conforms_to",
        "dct:rights": "rights",
        "dcat:byteSize": "size",
        "spdx:checksum": "hash",
        "mobilitydcatap:mobilityDataStandard": "mobility_data_standard",
        "mobilitydcatap:applicationLayerProtocol": "application_layer_protocol",
        "mobilitydcatap:communicationMethod": "communication_method",
        # Said of the dataset, and by the portal of its files.
        "dcatap:applicableLegislation": _P,
        "dct:identifier": _P,
        "dcat:accessService": _P,
        "adms:identifier": _U,
        "adms:sample": _U,
        "cnt:characterEncoding": _U,
        "dcat:compressFormat": _U,
        "dcat:packageFormat": _U,
        "dcat:spatialResolutionInMeters": _U,
        "dcat:temporalResolution": _U,
        "dct:temporal": _U,
        "foaf:page": _U,
        "geodcatap:distributor": _U,
        "mobilitydcatap:dataFormatNotes": _U,
        "mobilitydcatap:grammar": _U,
        "odrl:hasPolicy": _U,
    }
)
PARTS: Mapping[str, Mapping[str, str | NoField]] = MappingProxyType(
    {
        "foaf:Agent": {
            "foaf:name": "name",
            "foaf:mbox": "email",
            "foaf:homepage": "url",
            "foaf:workplaceHomepage": "url",
            "dct:identifier": "identifier",
            "dct:type": "type",
            "foaf:firstName": _U,
            "foaf:surname": _U,
            "foaf:phone": _U,
            "locn:address": _U,
            "org:memberOf": _U,
        },
        "dct:Agent": {"foaf:name": "name"},
        "vcard:Kind": {"vcard:hasEmail": "email", "vcard:hasURL": "url", "foaf:page": "url", "vcard:fn": "name"},
        "dct:Location": {
            "dcat:bbox": "bbox",
            "dcat:centroid": "centroid",
            "locn:geometry": "geom",
            "rdfs:label": "text",
            "skos:prefLabel": "text",
        },
        "dct:PeriodOfTime": {
            "dcat:startDate": "start",
            "dcat:endDate": "end",
            "time:hasBeginning": "start",
            "time:hasEnd": "end",
        },
    }
)
"""Subfields of groups: the group is told by the property that leads to the part."""

REPEATING = MappingProxyType(
    {
        "dct:publisher": "publisher",
        "dct:creator": "creator",
        "dcat:contactPoint": "contact",
        "dct:spatial": "spatial_coverage",
        "dct:temporal": "temporal_coverage",
    }
)
"""The groups that the form repeats, by the property that leads to them."""

VALUES: Mapping[str, NoField] = MappingProxyType(
    {
        "adms:Identifier": _P,
        "dct:LicenseDocument": _V,
        "dct:Standard": _V,
        "skos:Concept": _V,
        "skos:ConceptScheme": _V,
        "dct:RightsStatement": _V,
        "spdx:Checksum": _P,
        "dcat:DataService": _P,
        "dcat:CatalogRecord": _P,
        "dcat:Catalog": _S,
        "dcat:DatasetSeries": _U,
        "dcat:Relationship": _U,
        "dcat:Resource": _P,
        "locn:Address": _U,
        "mobilitydcatap:Assessment": _U,
    }
)
"""Classes without fields of their own: what is wrong with one is mended where the dataset points to it, if anywhere."""

FORMS = MappingProxyType({"dcat:Dataset": DATASET, "dcat:Distribution": DISTRIBUTION, **PARTS})

_PREFIXES = {
    **PREFIXES,
    "cnt": "http://www.w3.org/2011/content#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "geodcatap": "http://data.europa.eu/930/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "sh": "http://www.w3.org/ns/shacl#",
    "time": "http://www.w3.org/2006/time#",
}
_WHOLES = frozenset({"dcat:Dataset", "dcat:Catalog", "dcat:CatalogRecord"})
"""What is no part of a dataset, though a dataset may point to it."""
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def short(iri: str) -> str:
    """Give an IRI by its usual prefix (``dct:title``), or as it is."""
    for prefix, base in _PREFIXES.items():
        if iri.startswith(base) and "/" not in iri[len(base) :]:
            return f"{prefix}:{iri[len(base) :]}"
    return iri


def known(rdf_class: str, path: str) -> str | NoField | None:
    """Give the field for a property of a class, both by prefixed names; a reason for none; None when nobody knows."""
    if rdf_class in FORMS:
        return FORMS[rdf_class].get(path)
    return VALUES.get(rdf_class)


class Map:
    """The way from each dataset of a graph to its parts, made once for all results about the graph.

    ``files`` gives the number of the resource by the IRI of its distribution; a graph we did not write is numbered in
    the order it came.
    """

    def __init__(self, triples: Iterable[ox.Triple], files: Mapping[str, int] | None = None) -> None:
        self._files = dict(files or {})
        self._out: dict[str, list[tuple[str, str]]] = {}
        self._classes: dict[str, set[str]] = {}
        for triple in triples:
            subject = _name(triple.subject)
            if triple.predicate.value == _TYPE and isinstance(triple.object, ox.NamedNode):
                self._classes.setdefault(subject, set()).add(short(triple.object.value))
            elif not isinstance(triple.object, ox.Literal):
                self._out.setdefault(subject, []).append((short(triple.predicate.value), _name(triple.object)))
        self._ways: dict[str, tuple[str, tuple[tuple[str, str, int], ...]]] = {}
        for node, classes in self._classes.items():
            if "dcat:Dataset" in classes:
                self._walk(node)

    def class_of(self, node: str) -> str:
        """Give the class of a node that matters most here, by its prefixed name."""
        classes = self._classes.get(node, set())
        for one in (*FORMS, *VALUES):
            if one in classes:
                return one
        return min(classes, default="")

    def dataset_of(self, node: str) -> str:
        """Give the dataset that a node is a part of; empty when it is of none."""
        return self._ways[node][0] if node in self._ways else ""

    def place(self, focus: str, path: str) -> Place:
        """Give where a result about ``path`` (an IRI, or empty) of a node is mended."""
        if focus not in self._ways:
            return Place()
        steps = self._ways[focus][1]
        name = short(path) if path else ""
        own = known(self.class_of(focus), name)
        resource = next((self._file(node, number) for step, node, number in steps if step == "dcat:distribution"), None)
        if not steps or (steps[-1][0] == "dcat:distribution"):
            return Place(field=own if isinstance(own, str) else "", resource=resource)
        table = DISTRIBUTION if resource is not None else DATASET
        start = 1 if resource is not None else 0
        step, _, number = steps[start]
        leading = table.get(step)
        if not isinstance(leading, str):
            return Place(resource=resource)
        if step not in REPEATING or resource is not None:
            return Place(field=leading, resource=resource)
        subfield = own if isinstance(own, str) and len(steps) == start + 1 else ""
        return Place(field=leading, index=number, subfield=subfield)

    def _file(self, node: str, number: int) -> int:
        return self._files.get(node, number)

    def _walk(self, dataset: str) -> None:
        """Note the shortest way to every node below a dataset; none leads through another dataset or the catalogue."""
        self._ways[dataset] = (dataset, ())
        todo = deque([dataset])
        while todo:
            node = todo.popleft()
            steps = self._ways[node][1]
            counts: dict[str, int] = {}
            for predicate, target in self._out.get(node, ()):
                number = counts.get(predicate, 0)
                counts[predicate] = number + 1
                if target in self._ways or not _WHOLES.isdisjoint(self._classes.get(target, ())):
                    continue
                self._ways[target] = (dataset, (*steps, (predicate, target, number)))
                todo.append(target)


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode) else ""
