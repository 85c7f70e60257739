"""Why one of our lists is, in a place, not what the official list says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class What(StrEnum):
    """In what two lists can differ."""

    MISSING = "missing"
    EXTRA = "extra"
    LABEL = "label"
    BROADER = "broader"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason for some differences: ``about`` has patterns of codes; no ``languages`` means all of them."""

    what: What
    about: tuple[str, ...]
    languages: frozenset[str]
    why: str

    def covers(self, what: What, code: str, language: str = "") -> bool:
        """Tell whether this is the reason for that difference."""
        return (
            what is self.what
            and (not self.languages or language in self.languages)
            and any(fnmatchcase(code, pattern) for pattern in self.about)
        )
