"""What stands around a name and makes it a place or something else. Pure; the words are in `contexts.yaml`.

Real catalogues taught each guard: every title with "Kortrijk" in Flanders' catalogue of 2025 was geology
("Formatie van Kortrijk").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources

from ckanext.eurometropool.municipalities.names import plain
from ckanext.oslo import quick_yaml

_TOKEN = re.compile(r"[^\W_]+")
_SAINTS = {"st": "saint", "ste": "sainte"}
#: "Frasnes-lès-Anvaing" is Frasnes-lez-Anvaing; without its accent "les" is the article.
_BESIDE = "lès"
#: A file's name as a title: "parkings_kortrijk_2024", "tournai-abris-velo".
_FILE_NAME = re.compile(r"[^\s_]+(?:_[^\s_]*)+|[^\W_A-Z]+(?:-[^\W_A-Z]+){2,}")
_BEFORE_ALONE = "-–(:,;|/["
_CLOSING = "):,;]"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: folded, with where it stands and whether it begins with a capital."""

    word: str
    start: int
    end: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Where a name stands: its first and last token (inclusive)."""

    first: int
    last: int


def tokens_of(text: str) -> list[Token]:
    """Give the words of a text."""
    return [
        Token(part, match.start(), match.end(), match[0][0].isupper())
        for match in _TOKEN.finditer(text)
        for part in _plain_words(match[0])
    ]


def is_file_name(text: str) -> bool:
    """Tell whether a text is a file's name: one word of parts, in which hyphens and capitals say nothing."""
    return bool(_FILE_NAME.fullmatch(text.strip()))


def as_words(text: str) -> tuple[str, list[Token]]:
    """Give a file's name as a text of words, each of which might be a name."""
    text = re.sub(r"[_-]+", " ", text)
    return text, [replace(token, capital=True) for token in tokens_of(text)]


@lru_cache(maxsize=20_000)
def _plain_words(word: str) -> tuple[str, ...]:
    if word.casefold() == _BESIDE:
        return ("lez",)
    parts: list[str] = _TOKEN.findall(plain(word))
    return tuple(_SAINTS.get(part, part) for part in parts)


@cache
def words(kind: str) -> frozenset[str]:
    """Give one of the lists of `contexts.yaml`."""
    return frozenset(_lists()[kind])


@cache
def _lists() -> dict[str, list[str]]:
    text = resources.files("ckanext.eurometropool.municipalities").joinpath("contexts.yaml").read_text("utf-8")
    return quick_yaml.load(text)


@cache
def _geology() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words('geology')))})\b")


def about_geology(texts: Iterable[str]) -> bool:
    """Tell whether a dataset is about the ground below: its place names are then names of layers."""
    return any(_geology().search(plain(text)) for text in texts)


def names_other_provinces(texts: Iterable[str]) -> bool:
    """Tell whether a dataset names a province of Belgium that is none of ours."""
    said = " ".join(f" {' '.join(token.word for token in tokens_of(text))} " for text in texts)
    return any(f" {name} " in said for name in words("other_provinces"))


def is_french_lille(texts: Iterable[str], *, doubtful: bool) -> bool:
    """Tell the French city from the village in the province of Antwerp. `doubtful`: nothing French but the word."""
    said = {token.word for text in texts for token in tokens_of(text)}
    if said & words("lille_in_antwerp"):
        return False
    return not doubtful or bool(said & words("lille_in_france"))


def stands_for_place(text: str, tokens: Sequence[Token], span: Span, before: Span | None, after: Span | None) -> bool:
    """Tell whether a name means the place; `before` and `after` are the names beside it ("Lille-Kortrijk-Tournai")."""
    if span.first == span.last and not tokens[span.first].capital:
        return False
    start, end = tokens[span.first].start, tokens[span.last].end
    if text[max(0, start - 1) : start] in ("-", "_") and not (before and before.last == span.first - 1):
        return False
    if text[end : end + 1] in ("-", "_") and text[end + 1 : end + 2].isalpha() and not _may_follow(tokens, span, after):
        return False
    return not _is_origin(tokens, span)


def _may_follow(tokens: Sequence[Token], span: Span, after: Span | None) -> bool:
    following = tokens[span.last + 1].word if span.last + 1 < len(tokens) else ""
    return bool(after and after.first == span.last + 1) or following in words("directions")


def _is_origin(tokens: Sequence[Token], span: Span) -> bool:
    """Tell whether what stands around makes the name a street, a product, a layer of earth or a person."""
    if span.last + 1 < len(tokens) and tokens[span.last + 1].word in words("earth") | words("street_behind"):
        return True
    position = span.first - 1
    while position >= 0 and span.first - position <= 3 and tokens[position].word in words("particles"):
        position -= 1
    if position < 0:
        return False
    word = tokens[position].word
    if word in words("street") or word in words("product"):
        return True
    return word in words("first_names") and tokens[position].capital


def has_cue(text: str, tokens: Sequence[Token], span: Span) -> bool:
    """Tell whether an ambiguous name is used as a place: after "stad", "ville de", or standing alone between marks."""
    before = [token.word for token in tokens[max(0, span.first - 3) : span.first]]
    if before and before[-1] in words("cues"):
        return True
    if len(before) > 1 and before[-1] in words("particles") and before[-2] in words("town_halls"):
        return True
    if span.last > span.first and before and before[-1] in ("de", "a") and _has_article(tokens[span.first]):
        return True
    start, end = tokens[span.first].start, tokens[span.last].end
    return _alone_before(text[:start]) and _alone_after(text[end:])


def _has_article(first: Token) -> bool:
    """Tell whether a name's article is written as its part: "médiathèque de La Madeleine", not "de la madeleine"."""
    return first.capital and first.word in ("la", "le", "les")


def begins_sentence(text: str, start: int) -> bool:
    """Tell whether a capital says nothing: at the start, or behind a mark."""
    left = text[:start].rstrip()
    return not left or left[-1] in '.:!?–-(«"“'


def _alone_before(left: str) -> bool:
    mark = left.rstrip()[-1:]
    return not mark or (mark in _BEFORE_ALONE and left[-1:] in " ([")


def _alone_after(right: str) -> bool:
    mark = right.lstrip()[:1]
    return not mark or mark in _CLOSING or (mark in "-–|/" and right[:1] == " ")
