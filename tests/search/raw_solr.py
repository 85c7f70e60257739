"""The query that `package_search` sends to Solr, to be asked of Solr alone."""

from __future__ import annotations

from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search.query import prepare
from ckanext.harvesters.duplicates import searching

#: What the portal's reading of a question fills in.
_OURS = ("q", "defType", "qf", "tie", "mm", "boost")


def query(question: str, register: Register | None, site: str, rows: int) -> dict[str, Any]:
    """Give the parameters for a visitor's question: same words, filters, factors, order and fields.

    CKAN asks for one row more than it was asked for, and for facets also where none are named.
    """
    asked = searching.prepare(prepare({"q": question}, register))
    fixed = [
        "+capacity:public  -dataset_type:harvest +state:(active)",
        f'+site_id:"{site}"',
        '+permission_labels:("public")',
    ]
    return {
        **{name: asked[name] for name in _OURS if name in asked},
        "fq": [*fixed, *asked["fq_list"]],
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
