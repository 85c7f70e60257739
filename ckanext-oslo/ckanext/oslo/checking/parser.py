"""Read an RDF document that may be hostile, in a process of its own: ``python -m ckanext.oslo.checking.parser turtle``.

The document comes on stdin; N-Triples go to stdout. On refusal the status is 3 and stderr holds ``{"code", "reason"}``.

Why a process: pyoxigraph 0.5 expands XML entities without a bound (1 kB became 2 GB), overflows the stack on deeply
nested JSON-LD, which ends the whole process, and takes minutes for deeply nested RDF/XML. Here the system ends it
after seconds and megabytes that are set beforehand, and the portal goes on.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from typing import NoReturn

import pyoxigraph as ox

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ntriples": ox.RdfFormat.N_TRIPLES,
}
SECONDS = 10
MEMORY = 1_500_000_000
LONGEST = 100_000_000
"""Characters that all statements together may have."""
DEPTH = 100
REFUSED = 3

_ENTITY = re.compile(rb"<!ENTITY\s+(%?)\s*([^\s]+)\s+(SYSTEM|PUBLIC|\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_LONGEST_ENTITY = 300
_STEPS = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|[\[{]|[\]}]", re.DOTALL)
_TAGS = re.compile(rb"<(?:!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?|(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)


class RefusedError(Exception):
    """The document asks for more than it may; ``code`` is one of ``errors.DOCUMENT_TEXTS``."""

    def __init__(self, code: str, reason: str = "") -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


def refuse_entities(data: bytes) -> None:
    """Refuse entities that stand for others (they grow without bound) or for files; short names for IRIs are welcome.

    :raises RefusedError: with the line of the entity
    """
    if b"<!DOCTYPE" not in data and b"<!doctype" not in data:
        return
    grown = 0
    for found in _ENTITY.finditer(data):
        parameter, name, value = found.groups()
        line = data.count(b"\n", 0, found.start()) + 1
        if parameter or value[:1] not in (b'"', b"'") or b"&" in value or b"%" in value or len(value) > _LONGEST_ENTITY:
            raise RefusedError("entity", f"line {line}, {name.decode('utf-8', 'replace')[:40]}")
        grown += data.count(b"&" + name + b";") * len(value)
    if grown > max(10 * len(data), 1_000_000):
        raise RefusedError("entity", f"{grown} bytes")


def refuse_depth_of_json(data: bytes) -> None:
    """Refuse JSON nested deeper than `DEPTH`.

    :raises RefusedError: with the line where it is too deep
    """
    depth = 0
    for step in _STEPS.finditer(data):
        sign = step.group()[:1]
        if sign in b"[{":
            depth += 1
            if depth > DEPTH:
                raise RefusedError("deep", f"line {data.count(bytes([10]), 0, step.start()) + 1}")
        elif sign in b"]}":
            depth -= 1


def refuse_depth_of_xml(data: bytes) -> None:
    """Refuse XML nested deeper than `DEPTH`.

    :raises RefusedError: with the line where it is too deep
    """
    depth = 0
    for tag in _TAGS.finditer(data):
        text = tag.group()
        if text.startswith((b"<!", b"<?")):
            continue
        if text.startswith(b"</"):
            depth -= 1
        elif not text.endswith(b"/>"):
            depth += 1
            if depth > DEPTH:
                raise RefusedError("deep", f"line {data.count(bytes([10]), 0, tag.start()) + 1}")


def triples_of(data: bytes, name: str, limit: int, base: str) -> list[ox.Triple]:
    """Read a document.

    :raises RefusedError: it asks for too much, or is wrong
    """
    if name == "rdfxml":
        refuse_entities(data)
        refuse_depth_of_xml(data)
    elif name == "jsonld":
        refuse_depth_of_json(data)
    found: list[ox.Triple] = []
    size = 0
    try:
        for quad in ox.parse(data, format=FORMATS[name], base_iri=base or None):
            if isinstance(quad.object, ox.Triple):
                raise RefusedError("quoted")
            found.append(quad.triple)
            # A long prefix that is used often grows as entities do.
            size += len(quad.subject.value) + len(quad.predicate.value) + len(quad.object.value)
            if size > LONGEST:
                raise RefusedError("heavy")
            if len(found) > limit:
                raise RefusedError("statements")
    except SyntaxError as error:
        text = str(error)
        code = "context" if "LoadDocumentCallback" in text else "syntax"
        place = f"line {error.lineno}: " if error.lineno else ""
        reason = "@context" if code == "context" else text
        raise RefusedError(code, place + reason) from error
    except ValueError as error:
        raise RefusedError("syntax", str(error)) from error
    if not found:
        raise RefusedError("empty")
    return found


def refuse(code: str, reason: str = "") -> NoReturn:
    """Tell the parent why, and end."""
    sys.stderr.write(json.dumps({"code": code, "reason": reason}))
    sys.exit(REFUSED)


def main(name: str, limit: str, base: str) -> None:
    """Read stdin in format ``name``, write N-Triples to stdout."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = triples_of(sys.stdin.buffer.read(), name, int(limit), base)
    except RefusedError as error:
        refuse(error.code, error.reason)
    except MemoryError:
        refuse("heavy")
    ox.serialize(found, output=sys.stdout.buffer, format=ox.RdfFormat.N_TRIPLES)


if __name__ == "__main__":
    main(*sys.argv[1:])
