"""The score of a description by the rules of the European Metadata Quality Assessment (data.europa.eu): 405 points.

The rules name properties in RDF, so the RDF is what is scored: that of our own DCAT-AP 3 for a dataset of ours, or
any other. A rule about files counts by the share of the files that meet it, as all open re-implementations of the
assessment do; the official text does not say how several files add up. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyoxigraph as ox

from ckanext.oslo.profiles import Graph
from ckanext.oslo.profiles.terms import DCAT, DCT
from ckanext.oslo.quality import formats

MOST = 405
LICENCES = "http://publications.europa.eu/resource/authority/licence/"
ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
MEDIA_TYPES = ("https://www.iana.org/assignments/media-types/", "http://www.iana.org/assignments/media-types/")

LEAST_STEP = 0.5
"""Points below which mending something is not worth a line."""

Node = ox.NamedNode | ox.BlankNode
Links = Mapping[str, bool]
"""What link checks found: whether an address answers; one that was not checked is not in it."""


class Dimension(StrEnum):
    """The five parts of the assessment."""

    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


class Rating(StrEnum):
    """What a number of points is called."""

    EXCELLENT = "excellent"
    GOOD = "good"
    SUFFICIENT = "sufficient"
    BAD = "bad"


RATINGS = ((351, Rating.EXCELLENT), (221, Rating.GOOD), (121, Rating.SUFFICIENT), (0, Rating.BAD))


@dataclass(frozen=True)
class Metric:
    """One rule. ``field`` is the field of our form that mends it, with ``resources/`` before a file's."""

    name: str
    dimension: Dimension
    points: int
    field: str


@dataclass(frozen=True)
class Measure:
    """What one rule found: the ``share`` of what it looks at that meets it, from 0 to 1.

    ``pending`` is the share that link checks have not looked at yet; it earns nothing until they have.
    """

    metric: Metric
    share: float
    pending: float = 0.0

    @property
    def earned(self) -> float:
        """Points earned."""
        return self.metric.points * self.share

    @property
    def lost(self) -> float:
        """Points that mending it would bring; links that are only not checked yet are nobody's to mend."""
        return max(0.0, self.metric.points * (1 - self.share - self.pending))


@dataclass(frozen=True)
class Score:
    """The score of one description."""

    measures: tuple[Measure, ...]
    has_files: bool = True

    @property
    def points(self) -> int:
        """Points earned, of 405."""
        return round(sum(one.earned for one in self.measures))

    @property
    def pending(self) -> int:
        """Points that link checks under way may still bring."""
        return round(sum(one.metric.points * one.pending for one in self.measures))

    @property
    def percent(self) -> int:
        """The points of 100, for people."""
        return round(100 * self.points / MOST)

    @property
    def rating(self) -> Rating:
        """What the European portal calls this number of points."""
        return rating_of(self.points)

    @property
    def dimensions(self) -> dict[Dimension, tuple[int, int]]:
        """Points earned and the most there are, by dimension."""
        return {
            dimension: (
                round(sum(one.earned for one in self.measures if one.metric.dimension is dimension)),
                sum(one.metric.points for one in self.measures if one.metric.dimension is dimension),
            )
            for dimension in Dimension
        }

    @property
    def next_steps(self) -> list[Measure]:
        """What to mend, the most rewarding first."""
        lost = [one for one in self.measures if one.lost >= LEAST_STEP]
        if not self.has_files:
            # One step in the place of all that only a file can have.
            of_files = sum(one.metric.points for one in lost if one.metric.name in OF_FILES)
            lost = [one for one in lost if one.metric.name not in OF_FILES]
            lost.append(Measure(Metric("file", Dimension.ACCESSIBILITY, of_files, "resources"), 0.0))
        return sorted(lost, key=lambda one: (-one.lost, one.metric.name))


def rating_of(points: float) -> Rating:
    """Give the rating of a number of points."""
    return next(rating for least, rating in RATINGS if points >= least)


def _metrics() -> Iterable[Metric]:
    find, access, inter, reuse, context = Dimension
    yield Metric("keyword", find, 30, "tags_translated")
    yield Metric("theme", find, 30, "theme")
    yield Metric("spatial", find, 20, "spatial_coverage")
    yield Metric("temporal", find, 20, "temporal_coverage")
    yield Metric("access_url_answers", access, 50, "resources/url")
    yield Metric("download_url", access, 20, "resources/download_url")
    yield Metric("download_url_answers", access, 30, "resources/download_url")
    yield Metric("format", inter, 20, "resources/format")
    yield Metric("media_type", inter, 10, "resources/mimetype")
    yield Metric("known_format", inter, 10, "resources/format")
    yield Metric("non_proprietary", inter, 20, "resources/format")
    yield Metric("machine_readable", inter, 20, "resources/format")
    yield Metric("compliance", inter, 30, "")
    yield Metric("license", reuse, 20, "license_id")
    yield Metric("known_license", reuse, 10, "license_id")
    yield Metric("access_rights", reuse, 10, "access_rights")
    yield Metric("known_access_rights", reuse, 5, "access_rights")
    yield Metric("contact", reuse, 20, "contact")
    yield Metric("publisher", reuse, 10, "publisher")
    yield Metric("rights", context, 5, "resources/rights")
    yield Metric("byte_size", context, 5, "resources/size")
    yield Metric("issued", context, 5, "issued")
    yield Metric("modified", context, 5, "modified")


METRICS = {metric.name: metric for metric in _metrics()}
OF_FILES = frozenset({name for name, one in METRICS.items() if one.field.startswith("resources/")}) | {
    "license",
    "known_license",
}
"""Metrics that look at files: the licence that counts is theirs."""


def score_graph(
    triples: Iterable[ox.Triple] | Graph, dataset: str, *, conforms: bool, links: Links | None = None
) -> Score:
    """Score the dataset of this IRI in a graph.

    ``conforms`` tells whether the description keeps to DCAT-AP (no error of SHACL); ``links`` is what checks of its
    addresses found.
    """
    graph = triples if isinstance(triples, Graph) else Graph(triples)
    node = ox.NamedNode(dataset)
    files = graph.nodes(node, DCAT.distribution)
    shares = {
        **_of_dataset(graph, node),
        **_of_files(graph, files),
        "compliance": float(conforms),
        "issued": _share([node, *files], lambda one: bool(graph.terms(one, DCT.issued))),
        "modified": float(any(graph.terms(one, DCT.modified) for one in (node, *files))),
    }
    measures = []
    for metric in METRICS.values():
        if metric.name in _ANSWERS:
            measures.append(_answers(metric, graph, files, {} if links is None else links))
        else:
            measures.append(Measure(metric, shares[metric.name]))
    return Score(tuple(measures), has_files=bool(files))


_ANSWERS = {"access_url_answers": DCAT.accessURL, "download_url_answers": DCAT.downloadURL}


def addresses_of(triples: Iterable[ox.Triple] | Graph, dataset: str) -> list[str]:
    """Give the addresses whose answers the assessment asks for, in the order of the files."""
    graph = triples if isinstance(triples, Graph) else Graph(triples)
    files = graph.nodes(ox.NamedNode(dataset), DCAT.distribution)
    found = (url for one in files for predicate in _ANSWERS.values() for url in graph.iris(one, predicate))
    return list(dict.fromkeys(found))


def _of_dataset(graph: Graph, node: ox.NamedNode) -> dict[str, float]:
    rights = graph.terms(node, DCT.accessRights)
    return {
        "keyword": float(bool(graph.terms(node, DCAT.keyword))),
        "theme": float(bool(graph.terms(node, DCAT.theme))),
        "spatial": float(bool(graph.terms(node, DCT.spatial))),
        "temporal": float(bool(graph.terms(node, DCT.temporal))),
        "access_rights": float(bool(rights)),
        "known_access_rights": float(any(one.value.startswith(ACCESS_RIGHTS) for one in rights)),
        "contact": float(bool(graph.terms(node, DCAT.contactPoint))),
        "publisher": float(bool(graph.terms(node, DCT.publisher))),
    }


def _of_files(graph: Graph, files: list[Node]) -> dict[str, float]:
    def codes(one: Node) -> set[str]:
        return {formats.code_of(uri) for uri in graph.iris(one, DCT["format"])} - {""}

    def media(one: Node) -> bool:
        return any(uri.startswith(MEDIA_TYPES) for uri in graph.iris(one, DCAT.mediaType))

    return {
        "download_url": _share(files, lambda one: bool(graph.terms(one, DCAT.downloadURL))),
        "format": _share(files, lambda one: bool(graph.terms(one, DCT["format"]))),
        "media_type": _share(files, lambda one: bool(graph.terms(one, DCAT.mediaType))),
        "known_format": (_share(files, lambda one: bool(codes(one))) + _share(files, media)) / 2,
        "non_proprietary": _share(files, lambda one: bool(codes(one) & formats.NON_PROPRIETARY)),
        "machine_readable": _share(files, lambda one: bool(codes(one) & formats.MACHINE_READABLE)),
        "license": _share(files, lambda one: bool(graph.terms(one, DCT.license))),
        "known_license": _share(
            files, lambda one: any(uri.startswith(LICENCES) for uri in graph.iris(one, DCT.license))
        ),
        "rights": _share(files, lambda one: bool(graph.terms(one, DCT.rights))),
        "byte_size": _share(files, lambda one: bool(graph.terms(one, DCAT.byteSize))),
    }


def _share(nodes: list[Node], meets: Callable[[Node], bool]) -> float:
    return sum(map(meets, nodes)) / len(nodes) if nodes else 0.0


def _answers(metric: Metric, graph: Graph, files: list[Node], links: Links) -> Measure:
    """Give the share of the files of which an address answers, and of those of which none was checked yet."""
    good = unknown = 0
    for one in files:
        urls = graph.iris(one, _ANSWERS[metric.name])
        if any(links.get(url) for url in urls):
            good += 1
        elif any(url not in links for url in urls):
            unknown += 1
    return Measure(metric, good / len(files), unknown / len(files)) if files else Measure(metric, 0.0)
