"""The queries that `package_search` sends to Solr, to be asked of Solr alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search.query import KEPT, prepare, wider_forms
from ckanext.harvesters.duplicates import searching

#: What the portal's reading of a question fills in.
_OURS = ("q", "defType", "qf", "tie", "mm", "boost")


def queries(question: str, register: Register | None, site: str, rows: int) -> list[dict[str, Any]]:
    """Give the parameters for a visitor's question, and for its wider forms: each is sent if those before find nothing.

    Same words, filters, factors, order and fields. CKAN asks for one row more than it was asked for, and for facets
    also where none are named.
    """
    first = prepare({"q": question}, register)
    read = first["extras"].get(KEPT)
    wider = [prepare({"q": question, "extras": extras}, register) for extras in (wider_forms(read) if read else ())]
    return [_sent(searching.prepare(asked), site, rows) for asked in (first, *wider)]


def query(question: str, register: Register | None, site: str, rows: int) -> dict[str, Any]:
    """Give the parameters for a visitor's question that finds something as it is."""
    return queries(question, register, site, rows)[0]


def finds(answer: bytes) -> bool:
    """Tell whether Solr's answer holds a document."""
    return b'"numFound":0,' not in answer


def _sent(asked: Mapping[str, Any], site: str, rows: int) -> dict[str, Any]:
    fixed = [
        "+capacity:public  -dataset_type:harvest +state:(active)",
        f'+site_id:"{site}"',
        '+permission_labels:("public")',
    ]
    return {
        **{name: asked[name] for name in _OURS if name in asked},
        "fq": [*fixed, *asked.get("fq_list", ())],
        "df": "text",
        "q.op": "AND",
        "sort": "score desc, metadata_modified desc",
        "fl": "id validated_data_dict",
        "rows": rows + 1,
        "facet": "true",
        "facet.limit": 50,
        "facet.mincount": 1,
        "wt": "json",
    }
