"""Who may use a dataset and how: from ISO's constraints to licence, rights and access.

The standards have no field for a licence. People put it into ``otherConstraints`` or ``useLimitation``, as an anchor
to its text, as an address in a sentence, as its name, or as a PDF of their own conditions (Wallonia). What is a known
licence is taken from wherever it stands; of what is not, an anchor under a constraint of use is the licence, and words
are the rights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.harvesters.mapping import licences, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.iso.codes import ARTICLE_13, CLOSED, NO_LIMITS
from ckanext.harvesters.mapping.iso.document import Element, addresses

_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_INSPIRE = "inspire.ec.europa.eu/metadata-codelist/"
#: Names of licences inside sentences (→ what the vocabulary resolves), the more exact first.
_NAMES = (
    (
        re.compile(r"licence ouverte[^.]{0,40}\b(?:v\.? ?)?2(?:\.0)?\b|etalab[- ]2\.0|open licen[cs]e 2\.0", re.I),
        "lov2",
    ),
    (re.compile(r"licence ouverte|open licen[cs]e etalab|etalab", re.I), "fr-lo"),
    (re.compile(r"\bODbL\b|open database licen[cs]e", re.I), "odc-odbl"),
    (re.compile(r"\bCC[ -]?0\b|domaine public|publiek domein", re.I), "CC0"),
    (
        re.compile(r"gratis hergebruik", re.I),
        "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
    ),
)


@dataclass(frozen=True)
class Terms:
    """What may be done with a dataset: licence and access as URIs, rights as Markdown."""

    licence: str | None
    rights: str | None
    access: str | None


def read(draft: Draft, about: Element) -> Terms:
    """Read the constraints of a resource."""
    kinds = ("MD_LegalConstraints", "MD_Constraints", "MD_SecurityConstraints")
    constraints = about.all(*(f"resourceConstraints/{kind}" for kind in kinds))
    said = [text for constraint in constraints for text in constraint.all("otherConstraints", "useLimitation")]
    access = _access(constraints, said)
    said = [text for text in said if _INSPIRE not in (text.href() or "") and _INSPIRE not in text.lines()]
    licence = next((found for text in said if (found := _known(text))), None)
    if licence is None:
        licence = _unknown(draft, said)
    words = list(dict.fromkeys(line for text in said if (line := text.lines()) and not line.startswith("http")))
    rights = draft.prose("resourceConstraints", "\n\n".join(words) or None)
    return Terms(licence, rights, access)


def _known(text: Element) -> str | None:
    """Return the licence a constraint means, however it says so."""
    words = text.lines()
    for value in (text.href() or "", words, *addresses(words)):
        found = licences.find(value) if value else None
        if found:
            return found.uri
    named = next((name for pattern, name in _NAMES if pattern.search(words)), None)
    found = licences.find(named) if named else None
    return found.uri if found else None


def _unknown(draft: Draft, said: list[Element]) -> str | None:
    """Return the address of conditions nobody knows, kept among the unresolved."""
    for text in said:
        for address in (text.href() or "", *addresses(text.lines())):
            link = urls.tidy(address) if address else None
            if link:
                draft.unknown("otherConstraints", link)
                return link
    return None


def _access(constraints: list[Element], said: list[Element]) -> str | None:
    anchors = [f"{text.href() or ''} {text.lines()}" for text in said]
    if any(ARTICLE_13 in anchor for anchor in anchors):
        return f"{_ACCESS}RESTRICTED"
    if any(word in anchor for anchor in anchors for word in NO_LIMITS):
        return f"{_ACCESS}PUBLIC"
    codes = {limit.code() for one in constraints for limit in one.all("accessConstraints", "classification")}
    return f"{_ACCESS}RESTRICTED" if codes & CLOSED else None
