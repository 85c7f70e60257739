"""How well a dataset is described, in the search index: it ranks (`ranking.py`).

Scores are measured by ckanext.oslo long after a dataset was indexed, and again when its links break. Each time only the
score is set in the document, in place; when the whole document is written anew, it takes the score that is kept.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins as p
import pysolr
from blinker import Signal
from ckan.common import config
from ckan.lib.search.common import make_connection

from ckanext.oslo.quality import MOST, jobs, store

log = logging.getLogger(__name__)


def kept(package_id: str) -> float | None:
    """Give the score that is kept of a dataset, 0 to 1; None where it was never measured."""
    if not p.plugin_loaded("oslo"):
        return None
    score = store.of_dataset(package_id)
    return score.points / MOST if score else None


def measured(_sender: str, scores: Mapping[str, int], **_told: Any) -> None:
    """Set the scores of datasets in the index: points by id. The index' own soft commit shows them."""
    site = config["ckan.site_id"]
    points = {index_id(package_id, site): of_405 for package_id, of_405 in scores.items()}
    solr = make_connection()
    try:
        # As they are written, not as they are shown: a dataset may be newer than the last commit. One that is not there
        # would end the whole request.
        there = solr.search("*:*", search_handler="get", ids=",".join(points), fl="index_id").docs
        found = [(doc["index_id"], points[doc["index_id"]] / MOST) for doc in there]
        documents = [{"index_id": key, "quality_score": score} for key, score in found]
        if documents:
            # `boost` has pysolr write XML: in JSON, Solr takes {"set": …} for a document inside the document.
            solr.add(documents, fieldUpdates={"quality_score": "set"}, boost={}, handler="update/scores", commit=False)
    except pysolr.SolrError as error:
        # They are kept in the database: the next time the dataset is indexed they come along.
        log.warning("The scores of %s datasets are not in the search index: %s", len(points), error)


def index_id(package_id: str, site: str) -> str:
    """Give the key of a dataset's document, as CKAN makes it (ckan/lib/search/index.py)."""
    return hashlib.md5(f"{package_id}{site}".encode(), usedforsecurity=False).hexdigest()


SUBSCRIPTIONS: dict[Signal, list[Callable[..., Any]]] = {jobs.measured: [measured]}
"""For ``ISignal.get_signal_subscriptions`` of the plugin."""
