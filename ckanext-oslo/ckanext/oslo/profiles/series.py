"""Series that a dataset is part of (dcat:DatasetSeries): the year's edition of something that appears every year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pyoxigraph import NamedNode

from ckanext.oslo.profiles import names
from ckanext.oslo.profiles.agents import STAND_IN
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.graph import Graph
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, RDF, iri
from ckanext.oslo.profiles.values import groups
from ckanext.oslo.reading.text import slug

PATH = "/series/"


def write_series(sheet: Sheet) -> list[NamedNode]:
    """Say of which series the dataset is a part; give their nodes.

    A series without a URI is called by its title, so that datasets of the same series meet. DCAT-AP demands a title
    and a description: the title stands for both.
    """
    found = []
    for series in groups(sheet.dataset.get("in_series"), "in_series"):
        uri, title = _text(series, "uri"), _text(series, "title")
        node = iri(uri) if uri else None
        if node is None:
            if not title:
                continue
            digest = hashlib.sha256(title.encode("utf-8", "ignore")).hexdigest()[:8]
            node = NamedNode(f"{sheet.portal.site_url}{PATH}{slug(title, 60)}-{digest}")
        sheet.add(sheet.iri, DCAT.inSeries, node)
        sheet.add(node, RDF.type, DCAT.DatasetSeries)
        told = {names.language_of(title, sheet.dataset): title} if title else {STAND_IN: node.value}
        for predicate in (DCT.title, DCT.description):
            sheet.texts(node, predicate, told, "in_series/title")
        found.append(node)
    return found


def read_series(graph: Graph, subject: NamedNode, own: str) -> list[dict[str, str]]:
    """Give ``in_series``."""
    made_here = own.rsplit("/dataset/", 1)[0] + PATH if own else ""
    found = []
    for node in graph.nodes(subject, DCAT.inSeries):
        title = next((one.value for one in graph.literals(node, DCT.title) if one.language != STAND_IN), "")
        is_ours = not isinstance(node, NamedNode) or (made_here and node.value.startswith(made_here))
        series = {"title": title, "uri": "" if is_ours else node.value}
        found.append({field: value for field, value in series.items() if value})
    return [one for one in found if one]


def _text(group: Mapping[str, Any], name: str) -> str:
    value = group.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise NotWritableError(f"in_series/{name}", value, "expected a text")
