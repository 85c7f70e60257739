"""Who may use a dataset and how: from ISO's constraints to licence, rights and access.

The standards have no field for a licence. People put it into ``otherConstraints`` or ``useLimitation``, as an anchor
to its text, as an address in a sentence, as its name, or as a PDF of their own conditions (Wallonia). What is a known
licence is taken from wherever it stands; of what is not, an anchor under a constraint of use is the licence, and words
are the rights.

A record may name several conditions. Wallonia's open with those of access (CGA), then name those of use (CGU), then the
particular ones that extend them (CPU, type A to C). The most particular one of use is the licence; the others stand in
the rights, with their addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.harvesters.mapping import licences, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.iso.codes import ARTICLE_13, CLOSED, NO_LIMITS
from ckanext.harvesters.mapping.iso.document import Element
from ckanext.oslo.vocabularies import Concept

_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_INSPIRE = "inspire.ec.europa.eu/metadata-codelist/"
#: Conditions of access, which no reuser can take for a licence.
_OF_ACCESS = frozenset({"SPW_CGA"})
#: Wallonia's particular conditions of use, which extend the general ones; also of a type that nobody told us of.
_PARTICULAR = re.compile(r"/DataSPW-CPU\b", re.I)


@dataclass(frozen=True)
class Terms:
    """What may be done with a dataset: licence and access as URIs, rights as Markdown."""

    licence: str | None
    rights: str | None
    access: str | None


@dataclass(frozen=True)
class _Condition:
    """One condition as a record states it: its words, where it leads, the licence it means where that is known.

    ``of_use`` is False for one that stands under constraints of access alone.
    """

    words: str
    address: str | None
    known: Concept | None
    of_use: bool

    @property
    def licence(self) -> str | None:
        """The licence it would be: a known one, or the address of particular conditions nobody knows."""
        if self.known is not None:
            return None if self.known.code in _OF_ACCESS else self.known.uri
        return self.address if self.address and _PARTICULAR.search(self.address) else None

    @property
    def rank(self) -> tuple[bool, bool]:
        """What makes it the licence before others: that it is particular, then that it is about use."""
        return not (self.licence and _PARTICULAR.search(self.licence)), not self.of_use

    def statement(self, licence: str | None) -> str | None:
        """Say it for the rights: its words, and its address where that is not the licence's; None: it says no more."""
        if licence is not None and licence in (self.licence, self.address):
            return self.words or None
        said = (self.words, f"({self.address})" if self.words and self.address else self.address)
        return " ".join(filter(None, said)) or None


def read(draft: Draft, about: Element) -> Terms:
    """Read the constraints of a resource."""
    kinds = ("MD_LegalConstraints", "MD_Constraints", "MD_SecurityConstraints")
    constraints = about.all(*(f"resourceConstraints/{kind}" for kind in kinds))
    said = [text for constraint in constraints for text in constraint.all("otherConstraints", "useLimitation")]
    access = _access(constraints, said)
    conditions = [condition for constraint in constraints for condition in _conditions(constraint)]
    licence = next((one.licence for one in sorted(conditions, key=lambda one: one.rank) if one.licence), None)
    if licence is None:
        licence = next((address for one in conditions if (address := _unknown(one))), None)
    # Also beside a known licence: conditions that nobody has read are not passed over in silence.
    for address in filter(None, (licence, *(one.address for one in conditions if one.known is None))):
        if licences.find(address) is None:
            draft.unknown("otherConstraints", address)
    words = dict.fromkeys(statement for one in conditions if (statement := one.statement(licence)))
    rights = draft.prose("resourceConstraints", "\n\n".join(words) or None)
    return Terms(licence, rights, access)


def _conditions(constraint: Element) -> Iterator[_Condition]:
    """Yield what a constraint states; what INSPIRE says of access is no condition."""
    for_access_alone = bool(constraint.all("accessConstraints")) and not constraint.all("useConstraints")
    for text in constraint.all("otherConstraints", "useLimitation"):
        href, words = text.href() or "", text.lines()
        if _INSPIRE in href or _INSPIRE in words:
            continue
        of_use = text.name == "useLimitation" or not for_access_alone
        bare = words.startswith(("http://", "https://")) and " " not in words
        address = urls.tidy(href) or (urls.tidy(words) if bare else None)
        yield _Condition("" if bare else words, address, _known(text), of_use)


def _known(text: Element) -> Concept | None:
    """Return the licence a constraint means, however it says so."""
    return licences.find(text.href() or "") or licences.in_words(text.lines())


def _unknown(condition: _Condition) -> str | None:
    """Return the address of conditions nobody knows, also one within a sentence."""
    if condition.known is not None:
        return None
    inside = (urls.tidy(address) for address in urls.within(condition.words))
    return condition.address or next(filter(None, inside), None)


def _access(constraints: list[Element], said: list[Element]) -> str | None:
    anchors = [f"{text.href() or ''} {text.lines()}" for text in said]
    if any(ARTICLE_13 in anchor for anchor in anchors):
        return f"{_ACCESS}RESTRICTED"
    if any(word in anchor for anchor in anchors for word in NO_LIMITS):
        return f"{_ACCESS}PUBLIC"
    codes = {limit.code() for one in constraints for limit in one.all("accessConstraints", "classification")}
    return f"{_ACCESS}RESTRICTED" if codes & CLOSED else None
