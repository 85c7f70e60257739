"""Language tags as portals write them, and the choice of one text a language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

#: The languages texts are kept in.
KEPT = ("nl", "fr", "en")

#: ISO 639-2 codes, both forms, and names portals write → ISO 639-1. ``fre`` is what Metawal writes as an xml:lang.
_CODES = {
    "nld": "nl", "dut": "nl", "nederlands": "nl", "néerlandais": "nl", "dutch": "nl",
    "fra": "fr", "fre": "fr", "français": "fr", "francais": "fr", "frans": "fr", "french": "fr",
    "eng": "en", "english": "en", "engels": "en", "anglais": "en",
    "deu": "de", "ger": "de", "deutsch": "de", "duits": "de", "allemand": "de", "german": "de",
    "spa": "es", "ita": "it", "por": "pt",
}  # fmt: skip


@dataclass(frozen=True)
class Tag:
    """A language tag: the two-letter language (None: unknown or none), and whether a machine translated the text.

    ``origin`` is the language a machine translated it from, where the tag says so.
    """

    language: str | None
    machine: bool = False
    origin: str | None = None


def tag(text: str | None) -> Tag:
    """Read a language tag: ``nl``, ``nl-BE``, ``FR``, ``@FR``, ``fre``, ``fr-t-nl`` (BCP 47 T: machine translated).

    data.gov.be marks its eTranslation output so; cutting such a tag to two letters would give two French titles, one
    of them not written by anyone.
    """
    return _tag(text[:100].strip().lstrip("@").lower()) if text else Tag(None)


@lru_cache(maxsize=512)
def _tag(text: str) -> Tag:
    parts = re.split(r"[-_]", text)
    machine = "t" in parts[1:]
    after = parts[parts.index("t", 1) + 1 :] if machine else []
    return Tag(_code(parts[0]), machine, _code(after[0]) if after else None)


def _code(text: str) -> str | None:
    language = _CODES.get(text, text)
    return language if len(language) == 2 and language.isascii() and language.isalpha() else None


def best_of(texts: Iterable[tuple[Tag, str]], default: str) -> tuple[dict[str, str], dict[str, str | None]]:
    """Choose one text a language: ``{language: text}``, and of those that only a machine wrote: ``{language: origin}``.

    Untagged text is in the default language; a person's text goes before a machine's; of several, the first in
    alphabetical order is taken, so that the order in which a portal lists them makes no difference.
    """
    chosen: dict[str, tuple[bool, bool, str, str]] = {}
    for found, text in texts:
        language = found.language or default
        candidate = (found.machine, found.language is None, text, found.origin or "")
        if language not in chosen or candidate < chosen[language]:
            chosen[language] = candidate
    return (
        {language: choice[2] for language, choice in sorted(chosen.items())},
        {language: choice[3] or None for language, choice in sorted(chosen.items()) if choice[0]},
    )
