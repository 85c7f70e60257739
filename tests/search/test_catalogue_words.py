"""Words of the catalogue become parts of compounds: learned from the index, found through a part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ckan.tests import helpers

from ckanext.eurometropool.search import catalogue_words, compounds
from tests.search import catalogue

SITE = "learning"
TITLES = [
    "Pluktuin aan de Leie",
    "Pluktuin in de wijk",
    "De pluktuin van de school",
    "Een pluktuin met fruit",
    "Pluktuin en boomgaard",
    "Kwelder aan zee",
    "Pluktuinbeheer",
]


@pytest.fixture
def learned(with_plugins: None, ckan_config, monkeypatch) -> Iterator[None]:
    monkeypatch.setitem(ckan_config, "ckanext.eurometropool.search.learn_words", True)
    with catalogue.asked(SITE):
        yield
    compounds.learn(())


def _datasets() -> Iterator[dict]:
    for number, title in enumerate(TITLES):
        moments = dict.fromkeys(("metadata_created", "metadata_modified"), "2026-01-01T00:00:00")
        said = {"title": title, "title_translated": {"nl": title}, "notes": "", "type": "dataset"}
        yield {"id": f"learned-{number}", "name": f"learned-{number}", **said, **moments}


def test_a_frequent_word_of_titles_is_a_part_of_compounds(learned: None) -> None:
    assert compounds.split("pluktuinbeheer") == ()
    with catalogue.indexed(_datasets(), SITE):
        catalogue_words.learn(at_once=True)
    # Anew: what was indexed before a word was known has no part of it.
    with catalogue.indexed(_datasets(), SITE):
        found = helpers.call_action("package_search", q="beheer pluktuin")["results"]
    assert compounds.split("pluktuinbeheer") == ("pluktuin", "beheer")
    assert "learned-6" in [one["id"] for one in found]

    # Of one dataset only, a word is no witness.
    assert compounds.split("kwelderbeheer") == ()


def test_short_words_common_words_and_compounds_are_not_learned() -> None:
    compounds.learn(["tuin", "pluktuinenbezoekers", "gegevens", "fietspad"])
    try:
        assert "fietspad" not in compounds.dictionary()
        assert compounds.split("fietspaden") == ("fiets", "paden")
    finally:
        compounds.learn(())
