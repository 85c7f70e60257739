"""File types, media types, services and checksums of a distribution: what follows from what, in both directions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ckanext.oslo import vocabularies
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.reading import format_of

EU_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
SERVICES = frozenset({"WMS_SRVC", "WFS_SRVC", "WCS_SRVC", "WMTS", "OGC_API", "SOS", "MAP_SRVC", "REST"})
"""Codes of the file types that are services rather than files."""
ALGORITHMS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
_ALGORITHM = "http://spdx.org/rdf/terms#checksumAlgorithm_"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_MEDIA = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")


_format_of = lru_cache(maxsize=4_096)(format_of)


@dataclass(frozen=True)
class FileType:
    """A file type: the EU list's URI it goes out as, its media type, whether it is a service, how it is read back."""

    uri: str
    media_type: str
    is_service: bool
    name: str


@lru_cache(maxsize=4_096)
def file_type(name: str) -> FileType | None:
    """Give the file type that a resource's format means; None when no list knows it.

    Types that people know and the EU list lacks (GTFS) go out as the type of the EU list they are files of (ZIP).
    """
    concept = resolve("file_type", name)
    if concept is None:
        return None
    official = vocabularies.load("file_type").get(concept.broader[0]) if concept.broader else concept
    if official is None:
        return None
    media = next((uri for uri in (*concept.exact_match, *official.exact_match) if uri.startswith(MEDIA_TYPE)), "")
    return FileType(official.uri, media.removeprefix(MEDIA_TYPE), concept.code in SERVICES, official.label("en"))


def media_type(text: str) -> str:
    """Give the type/subtype of a media type, without parameters; an empty text for what is none."""
    found = _MEDIA.match(text.strip())
    return found.group() if found else ""


def is_asked(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource is by its format a service, which is asked rather than downloaded."""
    known = file_type(resource["format"]) if isinstance(resource.get("format"), str) and resource["format"] else None
    return bool(known and known.is_service)


def is_service(resource: Mapping[str, Any]) -> bool:
    """Tell whether there is a service behind a resource: it is one, or its table is in the DataStore."""
    return is_asked(resource) or resource.get("datastore_active") is True


def download_of(resource: Mapping[str, Any]) -> str:
    """Give the address a file is fetched from where it follows from the link: an upload, or a file by its ending."""
    url = resource.get("url")
    if not isinstance(url, str) or not url:
        return ""
    if resource.get("url_type") == "upload" or _format_of(url):
        return url
    return ""


def checksum(value: str, algorithm: str) -> tuple[str, str] | None:
    """Give a checksum as SPDX has it: the digest in hexadecimal and the algorithm's IRI; None for what SPDX lacks."""
    name = algorithm.removeprefix(_ALGORITHM).lower().replace("-", "")
    if name not in ALGORITHMS or not _HEX.fullmatch(value):
        return None
    return value, _ALGORITHM + name
