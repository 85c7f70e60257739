r"""Statements as N-Triples that can be read again, whatever the portal put where an IRI or a language tag belongs.

Pages are parsed leniently, because one wrong value should cost no more than itself: ArcGIS Hub writes the HTML of its
licence where DCAT has an IRI, others ``https:\\www.example.be`` or a language ``fr_BE``. N-Triples has an escape for
the characters of an IRI that it cannot hold (RDF 1.1 N-Triples, section 2.2: UCHAR), and none for those of a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from ckanext.harvesters.mapping.dcat.graph import as_written

# What IRIREF excludes; the characters of a tag are those of LANGTAG.
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_TAG = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_NO_TAG = re.compile(r"[^A-Za-z0-9]+")


def write(statements: Iterable[Quad | Triple]) -> bytes:
    """Return statements as N-Triples; relative IRIs stand in them as they were written."""
    sound, mended = [], []
    for statement in statements:
        terms = (statement.subject, statement.predicate, statement.object)
        if all(map(_is_sound, terms)):
            sound.append(Triple(*terms))
        else:
            mended.append(" ".join(map(_written, terms)) + " .\n")
    return (serialize(sound, format=RdfFormat.N_TRIPLES) or b"") + "".join(mended).encode("utf-8", "replace")


def _is_sound(term: object) -> bool:
    if isinstance(term, NamedNode):
        return _NO_IRI.search(term.value) is None and as_written(term.value) is None
    if isinstance(term, Literal):
        return (term.language is None or _TAG.fullmatch(term.language) is not None) and _is_sound(term.datatype)
    return True


def _written(term: object) -> str:
    if isinstance(term, NamedNode):
        relative = as_written(term.value)
        return f"<{_NO_IRI.sub(_escape, term.value if relative is None else relative)}>"
    if isinstance(term, Literal) and not _is_sound(term):
        plain = str(Literal(term.value))
        if term.language is None:
            return f"{plain}^^{_written(term.datatype)}"
        tag = _NO_TAG.sub("-", term.language).strip("-")
        return f"{plain}@{tag}" if _TAG.fullmatch(tag) else plain
    return str(term)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04X}"
