"""What language a text really is in: said only when it is sure, because a wrong correction is worse than a wrong tag.

Two witnesses are heard. Words that are frequent in one language and rare in the others are counted, which is quick and
settles nearly every record: no word speaks against its tag, or all speak for another language. Where they leave a
doubt, the detector py3langid decides (docs/decisions/0014-language-detection.md). Neither is heard about a text that is
short without its names, and neither moves a text of which a part is in the tagged language: one in two languages (ODWB:
French with "Traduction en allemand :") is left whole under its tag.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: The languages told from each other: the portal's three and that of the third community of Belgium.
LANGUAGES = ("nl", "fr", "en", "de")

#: Fewer words than these, names left out, say nothing sure: "Bus stops Mouscron" is a good title in many languages.
LEAST_WORDS = 8
#: How probable a language must be: for the text as a whole, and for each part of it.
SURE = 0.99
LIKELY = 0.75
#: How probable the tagged language must be for a title to stay under it when its description leaves.
FAVOURED = 0.9
#: Characters of a description so short that its title is looked at too.
SHORT = 200
#: Frequent words of another language that make a tag doubtful; so many, and so many times those of any other language,
#: that there is none left.
_DOUBT = 2
_MANY = 8
_ONE_SIDED = 4
#: Characters of a part, and how many parts are looked at: beginning, middle and end of a long text.
_PART = 400
_PARTS = 3

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
# Addresses, mails, code and markup: no language's words.
_NO_WORDS = re.compile(r"\S*(?:://|www\.|@)\S*|`[^`]*`|\S*[_\d/\\]\S*")


def contradicts(text: str, tagged: str) -> str | None:
    """Return the language a text is clearly in when that is not the tagged one; None when the tag may be right.

    A text of less than `LEAST_WORDS` words, names left out, is never contradicted, nor is one of which a part is in the
    tagged language.
    """
    if tagged not in LANGUAGES or text.count(" ") < LEAST_WORDS:
        return None
    # A text that begins in the tagged language is in it, or in two: nearly every record ends here.
    if _suspect(evidence(text[:_PART]), tagged) is None:
        return None
    parts = tuple(_spoken(part) for part in _parts(text))
    counts = evidence(" ".join(parts))
    suspect = _suspect(counts, tagged)
    if suspect is None or sum(len(part.split()) for part in parts) < LEAST_WORDS:
        return None
    found = suspect if _settled(parts, counts, suspect, tagged) else _detected(parts)
    return found if found != tagged else None


def _suspect(counts: dict[str, int], tagged: str) -> str | None:
    """Return the language that words speak for when they make the tag doubtful."""
    most = max(counts, key=lambda language: counts[language])
    return most if counts[most] >= _DOUBT and counts[most] > 2 * counts[tagged] else None


def favours(text: str, language: str) -> bool:
    """Tell whether a text, a short one too, speaks for a language rather than for the others."""
    counts = evidence(text)
    if any(counts.values()):
        return counts.get(language, 0) == max(counts.values())
    found, probability = _identifier().classify(_NO_WORDS.sub(" ", text))
    return found == language and probability >= FAVOURED


def evidence(text: str) -> dict[str, int]:
    """Count how many of a text's words speak for each language."""
    counts = dict.fromkeys(_WORDS, 0)
    for word in _TOKEN.findall(text.lower()):
        for language in _LANGUAGES_OF_WORD.get(word, ()):
            counts[language] += 1
    return counts


def _parts(text: str) -> list[str]:
    """Return a short text in two halves, of a long one the beginning, the middle and the end."""
    if len(text) > _PARTS * _PART:
        middle = (len(text) - _PART) // 2
        return [text[:_PART], text[middle : middle + _PART], text[-_PART:]]
    half = text.find(" ", len(text) // 2)
    return [text[:half], text[half:]] if half > 0 else [text]


def _settled(parts: tuple[str, ...], counts: dict[str, int], suspect: str, tagged: str) -> bool:
    """Tell whether the words alone leave no doubt: many, one-sided, and so in every part."""
    others = max(count for language, count in counts.items() if language != suspect)
    if counts[suspect] < _MANY or counts[suspect] < _ONE_SIDED * others:
        return False
    said = [evidence(part) for part in parts]
    return all(one[suspect] > 2 * one[tagged] for one in said)


@lru_cache(maxsize=1024)
def _detected(parts: tuple[str, ...]) -> str | None:
    """Return the language of a text given in parts; None when it is short, doubtful or in several."""
    identifier = _identifier()
    found, probability = identifier.classify(" ".join(parts))
    if probability < SURE:
        return None
    for part in parts:
        language, probability = identifier.classify(part)
        if language != found and probability >= LIKELY:
            return None
    return found


def _spoken(text: str) -> str:
    """Return the words of a text that tell its language: neither addresses nor names, which are the same in all."""
    words = _NO_WORDS.sub(" ", text).split()
    return " ".join(word for word in words if word.islower())


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Load the detector when it is first needed: half a second, 80 MB, and most runs do without."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
