"""Why results stand where they stand, for sysadmins: the factors of each score, and Solr's own account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import asking, query, ranking
from ckanext.eurometropool.search.question import Question

Dict = dict[str, Any]


def explain(question: Question, ids: Sequence[str], register: Register | None) -> Dict:
    """Give {dataset id: {score, words, place, freshness, quality, own, solr}}: `score` is the product of the others."""
    if not ids:
        return {}
    factors = ranking.factors(question, register)
    answer = asking.ask(
        fq=f"id:({' OR '.join(query.quoted(one) for one in ids)})",
        fl=["id", "index_id", "score", *(f"{name}:{function}" for name, function in factors.items())],
        rows=len(ids),
        debug="results",
        tie=query.TIE,
        **query.parameters(question, register),
        **{"q.op": "AND"},
    )
    accounts = answer.debug.get("explain", {})
    return {doc["id"]: _account(doc, list(factors), accounts.get(doc["index_id"], "")) for doc in answer.docs}


def _account(doc: Dict, factors: Sequence[str], solr: str) -> Dict:
    told = {name: round(float(doc[name]), 4) for name in factors}
    product = 1.0
    for factor in told.values():
        product *= factor
    return {"score": round(doc["score"], 4), "words": round(doc["score"] / product, 4), **told, "solr": solr}
