"""How well questions are answered over the invented samples; the figures of `./portal bench search`."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.harvesters.replay.invented import REGIONS
from ckanext.harvesters.replay.invented import samples as invented
from tests.search import judgement


@pytest.fixture(scope="module")
def spoken() -> dict[str, set[str]]:
    return {sample.id: set(sample.title) for region in REGIONS for sample in invented(region)}


def asked(text: str, samples: dict[str, str], **more: Any) -> list[str]:
    found = helpers.call_action("package_search", q=text, rows=10, **more)
    return [samples[dataset["id"]] for dataset in found["results"]]


def test_there_are_120_judged_questions_about_known_samples(spoken: dict[str, set[str]]) -> None:
    questions = list(judgement.judged())

    assert len(questions) >= 120
    assert {question.lang for question in questions} == {"nl", "fr", "en"}
    assert {name for question in questions for name in question.relevant} <= set(spoken)


def test_questions_find_their_answers_in_every_language(samples: dict[str, str], spoken: dict[str, set[str]]) -> None:
    answers = [(question, asked(question.text, samples)) for question in judgement.judged()]
    figures = judgement.summary(answers, spoken)
    poor = [(q.text, q.relevant, found) for q, found in answers if judgement.ndcg(found, q.relevant) < 0.6]

    print(figures, *poor, sep="\n")
    assert figures["ndcg_at_10"] >= 0.9
    assert figures["recall_at_10_same_language"] >= 0.95
    assert figures["recall_at_10_cross_language"] >= 0.9 * figures["recall_at_10_same_language"]
