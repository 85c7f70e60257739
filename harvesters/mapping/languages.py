"""Language tags as portals write them, and a check of what language a text really is in."""

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
    """Read a language tag: ``nl``, ``nl-BE``, ``FR``, ``fre``, ``fr-t-nl`` (BCP 47 T extension: machine translation).

    data.gov.be marks its eTranslation output so; cutting such a tag to two letters would give two French titles, one
    of them not written by anyone.
    """
    return _tag(text[:100].strip().lower()) if text else Tag(None)


@lru_cache(maxsize=512)
def _tag(text: str) -> Tag:
    parts = re.split(r"[-_]", text)
    machine = "t" in parts[1:]
    after = parts[parts.index("t", 1) + 1 :] if machine else []
    return Tag(_code(parts[0]), machine, _code(after[0]) if after else None)


def _code(text: str) -> str | None:
    language = _CODES.get(text, text)
    return language if len(language) == 2 and language.isascii() and language.isalpha() else None


# Words that are frequent in one of the languages and rare in the others. "de", "en", "in", "is", "die", "des", "on",
# "van" (English "van"), "as" and the like are left out on purpose.
_WORDS = {
    "nl": "het een van voor met zijn wordt worden niet dat deze ook bij naar uit als aan door over tot werd kan dit "
    "gegevens deze dataset bevat per meer er te om volgens tussen",
    "fr": "le la les du et une dans pour par sur au aux est sont ce cette ces qui que avec ou plus leur leurs ainsi "
    "données être ont été selon entre chaque afin dont jeu",
    "en": "the and of to for with this that these by from are was were which has have been not it its can or at data "
    "each between under more their",
    "de": "der das und ist den dem mit für von auf eine einer eines nicht werden wird sich auch zur zum bei durch oder "
    "sind",
}
_LANGUAGES_OF_WORD: dict[str, tuple[str, ...]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF_WORD[_word] = tuple({*_LANGUAGES_OF_WORD.get(_word, ()), _language})

_TOKEN = re.compile(r"[^\W\d_]+")
#: Words looked at: enough to be sure, few enough to be quick.
_SAMPLE = 300


def evidence(text: str) -> dict[str, int]:
    """Count how many of a text's first words speak for each language."""
    counts = dict.fromkeys(_WORDS, 0)
    for word in _TOKEN.findall(text[: _SAMPLE * 8].lower())[:_SAMPLE]:
        for language in _LANGUAGES_OF_WORD.get(word, ()):
            counts[language] += 1
    return counts


def contradicts(text: str, tagged: str) -> str | None:
    """Return the language a text is clearly in when that is not the tagged one; None when the tag may be right.

    Clearly: at least five words for the other language, and at least five times as many as for the tagged one. A text
    in two languages (ODWB: French with "Traduction en allemand :") therefore keeps its tag.
    """
    if tagged not in _WORDS:
        return None
    counts = evidence(text)
    best = max(counts, key=lambda language: (counts[language], language))
    if best != tagged and counts[best] >= 5 and counts[best] >= 5 * max(counts[tagged], 1):
        return best
    return None


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
