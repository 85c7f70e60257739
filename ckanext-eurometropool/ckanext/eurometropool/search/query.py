"""How a question is put to the index: its words in three languages, its places, and what ranks the answers. Pure.

Only what the caller left open is filled in: a client that sends its own `qf` or `defType`, or a fielded query, gets
what CKAN gives it. The aliases `in_nl`, `in_fr`, `in_en` and `like` are declared in config/solr/solrconfig.xml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import extents, nearness, ranking, where, word_lists
from ckanext.eurometropool.search.extents import Extent
from ckanext.eurometropool.search.question import (
    FUZZY_FROM,
    PREFIX_FROM,
    Expansion,
    Group,
    Question,
    is_plain,
    understand,
)
from ckanext.eurometropool.search.roots import words_of
from ckanext.oslo.vocabularies import LANGUAGES

#: Title before keywords before description before resources; parts are those of Dutch compounds.
FIELDS = " ".join(
    [
        *(f"title_{lang}^8" for lang in LANGUAGES),
        *(f"keywords_{lang}^4" for lang in LANGUAGES),
        *(f"notes_{lang}^1" for lang in LANGUAGES),
        "parts_nl^2",
        "place_names^6",
        "area_names^2",
        "publisher_text^2",
        "other_text^0.2",
    ]
)
TIE = "0.1"
#: Up to two things asked for: all of them. Three to five: one may be missing. More: a fifth.
ENOUGH = "2<-1 5<80%"
# Weights against the question's own word, which is 1. Other words add up where a dataset has several.
AS_WRITTEN = 0.2
SAME_LANGUAGE = 0.45
OTHER_LANGUAGE = 0.35
TAGGED = 0.25
PARTS = 0.5
#: Also where the words do not stand together.
APART = 0.6
PREFIX = 0.3
FUZZY = 0.15
#: Words that may stand between those of a phrase, or change places: "stationnement pour vélos".
SLOP = 4

#: Where the question read is kept between asking and answering, in CKAN's `extras`.
KEPT = "_question"
_OPERATORS = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')
_FIELDED = re.compile(r"(?:^|[\s(+\-!])(?:\*|[A-Za-z_][\w.]*):(?!//)\S")

#: CKAN's list of Solr's parsers that a filter may name; ours is that of shapes on the map (search/extents.py).
_ALLOWED, _OURS = "ckan.search.solr_allowed_query_parsers", "field"

Params = dict[str, Any]


def allow(config: MutableMapping[str, Any]) -> None:
    """Let filters ask for shapes, as ckanext-spatial does where it is switched on."""
    known = config.get(_ALLOWED) or []
    known = known.split() if isinstance(known, str) else list(known)
    config[_ALLOWED] = known if _OURS in known else [*known, _OURS]


def prepare(params: Params, register: Register | None) -> Params:
    """Fill in what a search left open. Takes and gives the parameters of `package_search`."""
    extras = {name: value for name, value in (params.get("extras") or {}).items() if name != KEPT}
    params = {**params, "extras": extras}
    drawn = extents.asked(extras, register, lambda words: words)
    filters = extents.filters(drawn)
    if register is not None:
        covering = bool(extras.get("ext_covering"))
        filters += [
            *_about(extras.get("ext_municipality"), register, covering=covering),
            *_keys("region", extras.get("ext_region")),
            *_place(params, extras.get("ext_place"), register, covering=covering),
        ]
    asked = _by_overlap(_by_words(params, register, filters), drawn)
    if filters:
        asked = {**asked, "fq_list": [*(params.get("fq_list") or []), *filters]}
    return asked


def wider_forms(question: Question) -> Iterator[dict[str, str]]:
    """Give the extras to ask again with what found nothing: far from its places, its phrases word by word, both."""
    elsewhere = {"ext_everywhere": "1"} if question.places and question.groups else {}
    apart = {"ext_apart": "1"} if any(len(group.words) > 1 for group in question.groups) else {}
    yield from (wider for wider in (elsewhere, apart) if wider)
    if elsewhere and apart:
        yield {**elsewhere, **apart}


def _by_words(params: Params, register: Register | None, filters: list[str]) -> Params:
    words = params.get("q")
    if not isinstance(words, str) or not words.strip() or words.strip() in ("*:*", "*"):
        return params
    if "qf" in params or "defType" in params or words.lstrip().startswith("{!") or _FIELDED.search(words):
        return params
    asked: Params = {"tie": TIE, **params, "defType": "edismax", "qf": FIELDS}
    if not is_plain(words):
        return asked
    extras: Mapping[str, Any] = params.get("extras") or {}
    # Who says where beside the question means it: names in the question are then words.
    known = None if extras.get("ext_place") else register
    question = understand(words, known, literal=bool(extras.get("ext_literal")), apart=bool(extras.get("ext_apart")))
    question = _standing(question, extras.get("ext_near"), known)
    asked |= parameters(question, register)
    if question.places and register and not extras.get("ext_everywhere"):
        filters.append(nearness.filters(question.places, register, alone=not question.groups))
    return {**asked, "extras": {**extras, KEPT: question}}


def _standing(question: Question, near: Any, register: Register | None) -> Question:
    """Add where the reader of a question stands, if it names no place itself."""
    if register is None or question.places or not isinstance(near, str) or not near.strip():
        return question
    return replace(question, near=where.place_of(near, register))


def _by_overlap(params: Params, drawn: list[Extent]) -> Params:
    """Rank by overlap with what is asked of the map; who writes a query of their own ranks by themselves."""
    everything = str(params.get("q") or "*:*").strip() in ("*:*", "*") and "defType" not in params
    if not drawn or not (everything or params.get("qf") == FIELDS):
        return params
    factors = [params["boost"]] if params.get("boost") else []
    boost = f"product({','.join([*factors, *map(extents.overlap, drawn)])})"
    return {**params, **({"q": "*:*", "defType": "edismax", "qf": FIELDS} if everything else {}), "boost": boost}


def parameters(question: Question, register: Register | None) -> Params:
    """Give what Solr is asked for a question that was read, but its filters."""
    boost = ranking.boost(question, register)
    return {"q": text(question), "defType": "edismax", "qf": FIELDS, "mm": ENOUGH, "boost": boost}


def text(question: Question) -> str:
    """Write a question in the words of Solr's edismax parser."""
    return " OR ".join(f"({_group(group)})" for group in question.groups) or "*:*"


def _group(group: Group) -> str:
    return " OR ".join(_alternatives(group))


def _alternatives(group: Group) -> Iterator[str]:
    if len(group.words) > 1:
        yield f"{_phrase(group.words)}~{SLOP}"
        yield f"({' AND '.join(_phrase([word]) for word in group.words)})^{APART}"
    else:
        yield _phrase(group.words)
        # Its own form before others of its stem: "bomen" are trees before they are the town of Boom.
        yield f"like:{_phrase(group.words)}^{AS_WRITTEN}"
    for expansion in group.expansions:
        yield from _expanded(expansion)
    for tagged in group.tagged:
        yield f"{tagged.field}:{quoted(tagged.uri)}^{TAGGED}"
    if group.parts:
        yield f"({' AND '.join(f'({_group(part)})' for part in group.parts)})^{PARTS}"
    if not group.known and len(group.words) == 1:
        yield from _nearly(group.words[0])


def _expanded(expansion: Expansion) -> Iterator[str]:
    words = [word for word in words_of(expansion.text) if word not in word_lists.small()] or words_of(expansion.text)
    weight = SAME_LANGUAGE if expansion.same else OTHER_LANGUAGE
    # A phrase weighs what its words weigh together: it would beat the question's own single word.
    yield f"in_{expansion.lang}:{_phrase(words)}" + (f"~{SLOP}" if len(words) > 1 else "") + f"^{_share(weight, words)}"


def _share(weight: float, words: list[str]) -> float:
    return round(weight / max(1, len(words)) ** 0.7, 2)


def _nearly(word: str) -> Iterator[str]:
    """Write what an unknown word may begin or be a slip of."""
    if len(word) >= PREFIX_FROM and word.isalpha():
        yield f"like:{word}*^{PREFIX}"
    if len(word) >= FUZZY_FROM and word.isalpha():
        yield f"like:{word}~1^{FUZZY}"


def _phrase(words: list[str] | tuple[str, ...]) -> str:
    return quoted(" ".join(words))


def _keys(field: str, value: Any) -> list[str]:
    """Give the filter for one key or several, comma-separated or in a list."""
    values = value if isinstance(value, list | tuple) else str(value or "").split(",")
    keys = [quoted(str(key).strip()) for key in values if str(key).strip()]
    return [f"{field}:({' OR '.join(keys)})"] if keys else []


def _about(value: Any, register: Register, *, covering: bool) -> list[str]:
    """Give the filter for municipalities; `covering`: also for what covers them as a part of something larger."""
    (about,) = _keys("municipality", value) or [""]
    values = value if isinstance(value, list | tuple) else str(value or "").split(",")
    known = [m for one in values if (m := register.get(str(one).strip()))]
    above = sorted({area for m in known for area in m.areas}) if covering else []
    return [f"{about} OR area:({' OR '.join(map(quoted, above))})"] if above else [about] if about else []


def _place(params: Params, text: Any, register: Register, *, covering: bool) -> list[str]:
    """Give the filter for a place in words. Words that name no place we know are searched for, not dropped."""
    if not isinstance(text, str) or not text.strip():
        return []
    if municipalities := register.find(text):
        return _about([m.key for m in municipalities], register, covering=covering)
    if area := register.find_area(text):
        above = [f"area:({' OR '.join(map(quoted, area.parents))})"] if covering and area.parents else []
        return [" OR ".join([f"inside:{quoted(area.key)}", *above])]
    words = params.get("q")
    free = _OPERATORS.sub(r"\\\1", text.strip())
    params["q"] = f"{words} {free}" if isinstance(words, str) and words.strip() not in ("", "*:*") else free
    return []


def quoted(value: str) -> str:
    """Give a value as a Solr phrase."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
