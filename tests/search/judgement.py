"""The judged questions, and how well an answer does: nDCG@10 and recall@10. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

LANGUAGES = ("nl", "fr", "en")
DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """A question in a language, with the grade (1 to 3) of each dataset that answers it."""

    text: str
    lang: str
    relevant: Mapping[str, int]


def judged() -> Iterator[Judged]:
    """Give all judged questions."""
    for topic in yaml.safe_load((Path(__file__).parent / "judged.yaml").read_text("utf-8")):
        for lang in LANGUAGES:
            for text in topic[lang]:
                yield Judged(str(text), lang, topic.get("each", {}).get(text, topic["relevant"]))


def ndcg(found: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Give the normalised discounted gain of the first ten, with gains of 2^grade - 1."""
    gained = sum(_gain(relevant.get(name, 0), place) for place, name in enumerate(found[:DEPTH]))
    best = sum(_gain(grade, place) for place, grade in enumerate(sorted(relevant.values(), reverse=True)[:DEPTH]))
    return gained / best if best else 1.0


def _gain(grade: int, place: int) -> float:
    return (2**grade - 1) / math.log2(place + 2)


def recall(found: Sequence[str], wanted: Iterable[str]) -> float | None:
    """Give the share of the wanted that is among the first ten, None where nothing is wanted."""
    wanted = set(wanted)
    return len(wanted & set(found[:DEPTH])) / min(len(wanted), DEPTH) if wanted else None


def summary(answers: Iterable[tuple[Judged, Sequence[str]]], spoken: Mapping[str, set[str]]) -> dict[str, float]:
    """Give the mean figures of answers. `spoken`: the languages each dataset has a title in."""
    gains, same, across = [], [], []
    for question, found in answers:
        gains.append(ndcg(found, question.relevant))
        own = {name for name in question.relevant if question.lang in spoken[name]}
        same.append(recall(found, own))
        across.append(recall(found, set(question.relevant) - own))
    return {
        "ndcg_at_10": _mean(gains),
        "recall_at_10_same_language": _mean(same),
        "recall_at_10_cross_language": _mean(across),
    }


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 3) if known else 0.0
