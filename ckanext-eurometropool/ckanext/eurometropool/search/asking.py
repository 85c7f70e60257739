"""Questions to the index beside `package_search`: always of what everybody may see."""

from __future__ import annotations

from typing import Any

import pysolr
from ckan.common import config
from ckan.lib.search import SearchError
from ckan.lib.search.common import make_connection


def public() -> list[str]:
    """Give the filters that leave this portal's public datasets."""
    site = str(config["ckan.site_id"]).replace('"', "")
    return [
        f'+site_id:"{site}"',
        "+entity_type:package",
        "+state:active",
        "+capacity:public",
        '+permission_labels:"public"',
        "-dataset_type:harvest",
        # What another dataset says too (plugin harvesters): in no search, so in no suggestion.
        "-extras_copy_of:[* TO *]",
    ]


def ask(handler: str = "select", **params: Any) -> pysolr.Results:
    """Ask Solr. Raises SearchError, which tells nothing about the index, when it does not answer."""
    try:
        return make_connection(decode_dates=False).search(params.pop("q", "*:*"), search_handler=handler, **params)
    except pysolr.SolrError as error:
        raise SearchError("The search index did not answer.") from error
