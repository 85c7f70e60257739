"""RDF documents that people send or point to: which formats, how large, and read where they can do no harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pyoxigraph as ox

from ckanext.oslo.checking.errors import DocumentError
from ckanext.oslo.checking.parser import FORMATS, REFUSED, SECONDS

MEDIA_TYPES = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/rdf+xml": "rdfxml",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/n-triples": "ntriples",
}
ENDINGS = {
    ".ttl": "turtle",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".nt": "ntriples",
}
UNSAID = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
"""Media types that say nothing: servers that do not know a file's type send one of them."""

MAX_BYTES = 20_000_000
MAX_STATEMENTS = 50_000
"""Some 300 datasets; checking them takes some 6 seconds."""


def format_of(media_type: str, name: str = "") -> str:
    """Give the name of the format that a media type, or else a file's name or address, tells.

    :raises DocumentError: neither tells a format of RDF
    """
    said = media_type.partition(";")[0].strip().lower()
    found = MEDIA_TYPES.get(said)
    if found is None and said in UNSAID:
        found = ENDINGS.get(PurePosixPath(urlsplit(name).path).suffix.lower())
    if found is None:
        raise DocumentError("type", type=said or name, known=", ".join(MEDIA_TYPES))
    return found


def read(data: bytes, name: str, base: str = "", *, limit: int = MAX_STATEMENTS) -> list[ox.Triple]:
    """Read a document of format ``name`` (a value of `MEDIA_TYPES`) into statements.

    :raises DocumentError: it is refused, or wrong; says what and where
    """
    if name not in FORMATS:
        raise DocumentError("type", type=name, known=", ".join(FORMATS))
    if len(data) > MAX_BYTES:
        raise DocumentError("bytes", limit=MAX_BYTES)
    command = [sys.executable, "-m", "ckanext.oslo.checking.parser", name, str(limit), base]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=3 * SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise DocumentError("heavy") from error
    if done.returncode == 0:
        return [quad.triple for quad in ox.parse(done.stdout, format=ox.RdfFormat.N_TRIPLES)]
    if done.returncode == REFUSED:
        said = json.loads(done.stderr)
        raise DocumentError(said["code"], reason=said["reason"], limit=limit)
    # Ended by the system: out of memory, out of time, or its stack overflowed.
    raise DocumentError("heavy")
