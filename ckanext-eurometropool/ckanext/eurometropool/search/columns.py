"""Names of columns, for the search index: who looks for "huisnummer" finds the table that has it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

#: What the DataStore numbers its rows by.
_ROW = "_id"
_HAS_TABLE = '"datastore_active": true'


def names(package: Mapping[str, Any]) -> list[str]:
    """Give the names and labels of the columns of a dataset's tables, each once; `package` is CKAN's Solr document."""
    text = package.get("validated_data_dict") or ""
    # Few datasets have a table, and reading one takes a while.
    if _HAS_TABLE not in text or not p.plugin_loaded("datastore"):
        return []
    tables = [str(file["id"]) for file in json.loads(text).get("resources") or () if file.get("datastore_active")]
    return list(dict.fromkeys(name for table in tables for name in _names(table)))


def _names(table: str) -> Iterator[str]:
    asked = {"resource_id": table, "limit": 0, "include_total": False}
    try:
        fields = tk.get_action("datastore_search")({"ignore_auth": True}, asked)["fields"]
    except tk.ObjectNotFound:  # the table was dropped behind the dataset's back
        return
    for field in fields:
        if field["id"] != _ROW:
            # A word of its own is what the index makes of each: "aantal_plaatsen" would be one.
            yield field["id"].replace("_", " ")
            if label := (field.get("info") or {}).get("label"):
                yield label
