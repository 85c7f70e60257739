"""May I use it? Licences in the words of somebody who is not a lawyer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ckan.plugins import toolkit as tk

from ckanext.oslo import vocabularies


class Use(StrEnum):
    """What a licence lets people do."""

    FREE = "free"
    ATTRIBUTION = "attribution"
    SHARE_ALIKE = "share-alike"
    CONDITIONS = "conditions"
    UNKNOWN = "unknown"


#: Licence codes by what they ask. Longest matching start wins; what none matches has conditions of its own.
USES: Mapping[str, Use] = {
    "CC0": Use.FREE,
    "PDM": Use.FREE,
    "PUBLIC_DOMAIN": Use.FREE,
    "ODC_PDDL": Use.FREE,
    "PDDL": Use.FREE,
    "VL_GRATIS_HERGEBRUIK": Use.ATTRIBUTION,
    "VL_MODELLICENTIE_GRATIS": Use.ATTRIBUTION,
    "CC_BY_SA": Use.SHARE_ALIKE,
    "CC_BYSA": Use.SHARE_ALIKE,
    "CC_BY_NC": Use.CONDITIONS,
    "CC_BYNC": Use.CONDITIONS,
    "CC_BY_ND": Use.CONDITIONS,
    "CC_BYND": Use.CONDITIONS,
    "CC_BY": Use.ATTRIBUTION,
    "ETALAB": Use.ATTRIBUTION,
    "ODC_BY": Use.ATTRIBUTION,
    "ODC_BL": Use.SHARE_ALIKE,
    "ODBL": Use.SHARE_ALIKE,
    "ODC_ODBL": Use.SHARE_ALIKE,
}


@dataclass(frozen=True)
class Licence:
    """A licence: what it lets people do, its name, and its text's address ("" when nobody knows)."""

    use: Use
    name: str
    url: str

    @property
    def short(self) -> str:
        """Return the words for a list."""
        return {
            Use.FREE: tk._("Free to use"),
            Use.ATTRIBUTION: tk._("Free to use, name the source"),
            Use.SHARE_ALIKE: tk._("Free to use, share alike"),
            Use.CONDITIONS: tk._("Use under conditions"),
            Use.UNKNOWN: tk._("Licence unknown"),
        }[self.use]

    @property
    def answer(self) -> str:
        """Return the answer to "May I use it?"."""
        return {
            Use.FREE: tk._("Yes, for everything."),
            Use.ATTRIBUTION: tk._("Yes, for everything."),
            Use.SHARE_ALIKE: tk._("Yes, for everything."),
            Use.CONDITIONS: tk._("Yes, under conditions."),
            Use.UNKNOWN: tk._("Nobody said so."),
        }[self.use]

    @property
    def duty(self) -> str:
        """Return what the reader has to do in return."""
        return {
            Use.FREE: "",
            Use.ATTRIBUTION: tk._("Name the source."),
            Use.SHARE_ALIKE: tk._("Name the source, and share what you make of it under the same licence."),
            Use.CONDITIONS: tk._("Read the licence first."),
            Use.UNKNOWN: tk._("Ask the publisher before you use it."),
        }[self.use]


def use_of(code: str) -> Use:
    """Return what the licence with this code of the vocabulary lets people do."""
    for start in sorted(USES, key=len, reverse=True):
        if code.upper().startswith(start):
            return USES[start]
    return Use.CONDITIONS


def licence(dataset: Mapping[str, object]) -> Licence:
    """Return the licence of a dataset, or, where the dataset names none, the one all its files share."""
    resources = dataset.get("resources")
    files = resources if isinstance(resources, list) else []
    values = [dataset.get("license_id")] + [file.get("license") for file in files]
    told = [str(value) for value in values if value and value not in {"notspecified", "UNKNOWN"}]
    if not told or (not dataset.get("license_id") and len(set(told)) > 1):
        return Licence(Use.UNKNOWN, "", "")
    concept = vocabularies.load("licence").resolve(told[0])
    if concept is None:
        return Licence(Use.CONDITIONS, told[0], told[0] if told[0].startswith(("http://", "https://")) else "")
    return Licence(use_of(concept.code), concept.label(tk.h.lang() or "en"), _address(dataset, concept.uri))


def _address(dataset: Mapping[str, object], uri: str) -> str:
    """Prefer the licence's own address to the EU's name for it, which says little to a reader."""
    url = str(dataset.get("license_url") or "")
    if url.startswith(("http://", "https://")):
        return url
    return uri if uri.startswith(("http://", "https://")) else ""
