"""Which language a reader gets, and what to say when a text exists only in another one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: The portal's languages, in the order in which the region writes them, each by its own name.
NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Text:
    """A text as it can be shown: in which language it is, and whether that is foreign to the reader.

    ``lang`` is empty when nobody said in which language the text is; then nothing is claimed about it.
    """

    value: str
    lang: str
    foreign: bool

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value


def in_language(translations: Mapping[str, str] | None, reader: str, otherwise: str = "") -> Text:
    """Pick the reader's language, else the first the text exists in, else ``otherwise`` in an unknown language."""
    present = {lang: text for lang, text in (translations or {}).items() if isinstance(text, str) and text.strip()}
    for lang in (reader, *NAMES, *present):
        if lang in present:
            return Text(present[lang], lang, lang != reader)
    return Text(otherwise, "", foreign=False)


def negotiate(accepted: Iterable[tuple[str, float]], offered: Sequence[str]) -> str | None:
    """Return the offered language a browser likes best, None when it likes none of them.

    ``accepted`` are the parts of ``Accept-Language`` with their quality, best first: a regional variant ("nl-BE")
    counts as its language.
    """
    for tag, quality in accepted:
        language = tag.replace("_", "-").split("-")[0].lower()
        if quality > 0 and language in offered:
            return language
    return None
