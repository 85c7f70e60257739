"""The names that the official lists have today, as ``ckan oslo vocabulary refresh`` has brought them. Pure.

One JSON file a list in one folder: ``{"from": address, "fetched": UTC time, "labels": {uri: {language: name}}}``. A
file that cannot be read counts as none, a name that cannot be one is passed over: what is shipped always works.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ckanext.oslo.vocabularies.concepts import LABEL_LANGUAGES

log = logging.getLogger(__name__)

Labels = Mapping[str, Mapping[str, str]]
"""URI of a concept → language → name."""

LONGEST = 400
"""Characters a name may have; the longest of the lists (HVD categories) has 237."""

_place: dict[str, Path] = {}


def use(folder: Path | None) -> None:
    """Say where the files are; None: nowhere."""
    _place.clear()
    if folder is not None:
        _place["folder"] = folder


def file_of(folder: Path, name: str) -> Path:
    """Give the file of the vocabulary ``name``."""
    return folder / f"{name}.json"


def labels(name: str) -> Labels:
    """Give the names of the vocabulary ``name``, those that can be names; {} when it was never refreshed."""
    return read(file_of(_place["folder"], name)) if "folder" in _place else {}


def read(path: Path) -> Labels:
    """Read one file; {} when there is none or it is broken."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["labels"]
        return {uri: valid(names) for uri, names in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("The refreshed list %s is passed over: %s", path, error)
        return {}


def valid(names: Mapping[str, Any]) -> dict[str, str]:
    """Give those of a concept's names by language that a person can be shown."""
    return {
        language: name
        for language, name in names.items()
        if language in LABEL_LANGUAGES
        and isinstance(name, str)
        and 0 < len(name) <= LONGEST
        and name == name.strip()
        and not any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") for character in name)
        and "\N{REPLACEMENT CHARACTER}" not in name
        and "<" not in name
    }
