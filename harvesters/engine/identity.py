"""Who a harvested dataset is, what it is called, and when two states of it are the same. Pure.

Identity is (source, guid), never guid alone: two portals may use the same guid (Gent through Metadata Vlaanderen and
directly), and what one of them says must never reach the other's dataset.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Container, Mapping
from typing import Any

#: The namespace of all harvested datasets' ids. Never change it: ids, and so links, follow from it.
NAMESPACE = uuid.UUID("5f0c1a3e-3a7e-5d55-9c8e-0a6f3f9b7d21")

#: Fields that say when we or the portal touched a record, not what the dataset is. Portals touch dates every night.
TOUCHED = frozenset({"harvested", "source_modified"})

#: Longest name CKAN takes, less the suffix that tells namesakes apart.
NAME_LENGTH = 88
_SUFFIX = 8

#: Words CKAN's routes keep for themselves (``ckan.logic.validators.name_validator``).
_RESERVED = frozenset({"new", "edit", "search"})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def dataset_id(source: str, guid: str) -> str:
    """Return the id of a source's dataset: the same on every run and on every machine.

    ``source`` is the harvest source's name. Written twice by mistake, a dataset therefore meets its own primary key
    instead of becoming two.
    """
    return str(uuid.uuid5(NAMESPACE, f"{source}\n{guid}"))


def fingerprint(dataset: Mapping[str, Any]) -> str:
    """Return a digest (64 hex digits) of what a mapped dataset says, whatever order it says it in.

    Empty values count as absent and lists of texts and of objects as sets, because DCAT's properties have no order and
    RDF sends them in a different one each night. Lists of numbers (coordinates) keep theirs. `TOUCHED` is left out.
    """
    return hashlib.sha256(_dump(_canonical(_said(dataset))).encode("ascii")).hexdigest()


def field_digests(dataset: Mapping[str, Any]) -> dict[str, str]:
    """Return a short digest (8 hex digits) of what each field of a mapped dataset says, read as `fingerprint` does.

    Enough to tell a reader which fields of a record changed; the fingerprint alone decides whether it did.
    """
    said = _canonical(_said(dataset))
    return {key: hashlib.sha256(_dump(value).encode("ascii")).hexdigest()[:8] for key, value in said.items()}


def _said(dataset: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in dataset.items() if key not in TOUCHED and key != "name"}


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items() if not _empty(item)}
    if isinstance(value, list | tuple):
        items = [_canonical(item) for item in value if not _empty(item)]
        if all(isinstance(item, str) for item in items):
            return sorted(items)
        return items if any(isinstance(item, int | float) for item in items) else sorted(items, key=_dump)
    return value


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def slug(title: str) -> str:
    """Return a title as the readable part of a web address: ASCII letters, digits and hyphens, cut at a word."""
    parts = unicodedata.normalize("NFKD", title.lower().translate(_LIGATURES))
    letters = "".join(char for char in parts if not unicodedata.combining(char))
    text = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if len(text) > NAME_LENGTH:
        text = text[: NAME_LENGTH + 1].rpartition("-")[0][:NAME_LENGTH] or text[:NAME_LENGTH]
    return text


def choose_name(title: str, identifier: str, taken: Container[str]) -> str:
    """Return a dataset's name: the slug of its title, or where that is taken or unfit, one that only it can have.

    ``identifier`` is the dataset's id, ``taken`` the names others have. Titles such as "Évry" and "Evry" fold to one
    slug; the suffix comes from the id, so the same dataset gets the same name again after a clear.
    """
    plain = slug(title)
    if len(plain) > 1 and plain not in _RESERVED and plain not in taken:
        return plain
    return f"{plain or 'dataset'}-{identifier.replace('-', '')[:_SUFFIX]}"
