"""JSON-LD contexts from a shipped cache, and from nowhere else.

A context named by its address is replaced by the file of `contexts/` that stands for it; a page with any other is
refused: a context decides what every word of a document means, and fetching one lets a portal send this machine
wherever it likes. The files are written by us and hold the terms that catalogues use, not the whole of each
vocabulary.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.harvesters.mapping import json_records

_HERE = Path(__file__).parent / "contexts"
#: The addresses a context is known by, without scheme, → its file.
ADDRESSES = {
    "www.w3.org/ns/hydra/core": "hydra.json",
    "www.w3.org/ns/hydra/context.jsonld": "hydra.json",
    "www.w3.org/ns/dcat": "dcat.json",
    "www.w3.org/ns/dcat.jsonld": "dcat.json",
    "www.w3.org/ns/dcat3.jsonld": "dcat.json",
    "www.data.gouv.fr/api/1/site/context.jsonld": "dcat.json",
    "semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld": "dcat.json",
    "semiceu.github.io/DCAT-AP/releases/2.1.1/context/dcat-ap_2.1.1.jsonld": "dcat.json",
    "project-open-data.cio.gov/v1.1/schema/catalog.jsonld": "dcat-us.json",
    "resources.data.gov/schemas/dcat-us/v1.1/schema/catalog.jsonld": "dcat-us.json",
}


class UnknownContextError(ValueError):
    """A document names a context that is not in the cache."""


@cache
def _shipped(name: str) -> Any:
    return json.loads((_HERE / name).read_text(encoding="utf-8"))["@context"]


def find(address: str) -> Any:
    """Return the context known by an address. Raises `UnknownContextError`."""
    plain = address.strip().removeprefix("https://").removeprefix("http://").partition("#")[0].rstrip("/")
    name = ADDRESSES.get(plain)
    if name is None:
        raise UnknownContextError(address)
    return _shipped(name)


def resolved(content: bytes) -> tuple[bytes, list[str]]:
    """Return a JSON-LD document with every context in place, and what was wrong with it.

    Of one that breaks off, the whole objects at the beginning of its list (``@graph``) are kept. Raises ValueError
    for what is no JSON-LD at all, `UnknownContextError` among them.
    """
    faults: list[str] = []
    try:
        value = json_records.parse(content)
    except ValueError as error:
        items = json_records.salvage(content, "@graph") or json_records.salvage(content, "")
        if not items:
            raise
        faults.append(str(error))
        value = {"@context": _first_context(content), "@graph": items}
    if not isinstance(value, dict | list):
        raise ValueError(f"not JSON-LD: {str(value)[:100]}")  # noqa: TRY004  (one family for "not JSON-LD")
    return json.dumps(_in_place(value)).encode("utf-8", "backslashreplace"), faults


def _in_place(value: Any) -> Any:
    """Replace addresses of contexts, wherever a context may stand. Depth is bounded by the JSON parser's own."""
    if isinstance(value, list):
        return [_in_place(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _context(one) if key == "@context" else _in_place(one) for key, one in value.items()}


def _context(value: Any) -> Any:
    if isinstance(value, str):
        return find(value)
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, dict):
        if "@import" in value:
            raise UnknownContextError(str(value["@import"]))
        return _in_place(value)
    return value


def _first_context(content: bytes) -> Any:
    """Return the context that stands before the graph of a document that breaks off; none otherwise."""
    text = content.decode("utf-8-sig", "replace")
    start = re.search(r'"@context"\s*:\s*', text)
    if start is None:
        return {}
    try:
        return json.JSONDecoder().raw_decode(text, start.end())[0]
    except (ValueError, RecursionError):
        return {}
