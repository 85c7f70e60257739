"""What the search index knows of copies, and how a search leaves them out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What `package_show` adds to a dataset that is in several portals: a copy says its master's id, a master its copies.
COPY_OF, ALSO_IN = "copy_of", "also_in"
#: Fields of the index: the id of a copy's master, the ids of a master's copies. CKAN's own schema stores ``extras_*``.
INDEXED_COPY, INDEXED_COPIES = "extras_copy_of", "extras_copies"
#: The filter that leaves copies out, and that which leaves what is in a group.
WITHOUT_COPIES = f"-{INDEXED_COPY}:[* TO *]"
IN_GROUPS = f"{INDEXED_COPY}:[* TO *] OR {INDEXED_COPIES}:[* TO *]"
#: The parameter of `package_search` that asks for copies too.
INCLUDE = "include_copies"

Dict = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the index holds of a dataset: the id of its master, or those of its copies in order."""

    copy_of: str = ""
    copies: tuple[str, ...] = ()

    def fields(self) -> dict[str, str]:
        """Return the fields of the index; none for a dataset that is in no group."""
        found = {INDEXED_COPY: self.copy_of, INDEXED_COPIES: " ".join(self.copies)}
        return {name: value for name, value in found.items() if value}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Told:
        """Return what a document of the index holds."""
        return cls(document.get(INDEXED_COPY, ""), tuple(document.get(INDEXED_COPIES, "").split()))


def document(package: Mapping[str, Any]) -> Dict:
    """Give CKAN's Solr document with what the dataset in it, as it is shown, says of its copies or its master."""
    made = {name: value for name, value in package.items() if name not in (INDEXED_COPY, INDEXED_COPIES)}
    dataset = json.loads(package.get("validated_data_dict") or "{}")
    copies = tuple(sorted(one["id"] for one in dataset.get(ALSO_IN) or ()))
    return made | Told(dataset.get(COPY_OF) or "", copies).fields()


def prepare(params: Mapping[str, Any]) -> Dict:
    """Leave copies out of a search, unless it asks for them. Takes and gives the parameters of `package_search`."""
    asked = dict(params)
    include = str(asked.pop(INCLUDE, "")).strip().lower() in ("1", "true", "yes", "on")
    filters = [asked.get("q"), asked.get("fq"), *(asked.get("fq_list") or ())]
    if include or any(INDEXED_COPY in one for one in filters if isinstance(one, str)):
        return asked
    return {**asked, "fq_list": [*(asked.get("fq_list") or ()), WITHOUT_COPIES]}
