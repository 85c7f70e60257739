"""The thesaurus: its rows keep their rules, and words find them in any of their forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.eurometropool.search.roots import mentions, root, words_of
from ckanext.eurometropool.search.thesaurus import Row, Thesaurus, ThesaurusError, installed, problems, read

LANGUAGES = ("nl", "fr", "en")


def labels(words: str) -> list[str]:
    return [match.row.label("en") for match in installed().matches(words_of(words))]


def test_has_rows_for_every_subject_and_none_breaks_the_rules() -> None:
    assert sum(row.place.partition(":")[0].endswith(".txt") for row in installed().rows) >= 400
    assert list(problems(installed())) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fietsenstallingen", "bicycle parking"),
        ("Arceaux", "bicycle parking"),
        ("bike racks", "bicycle parking"),
        ("offres d’emploi", "job vacancy"),
        ("offre d'emploi", "job vacancy"),
        ("vacatures", "job vacancy"),
        ("huizen", "house"),
        ("lagere scholen", "primary school"),
        ("écoles primaires", "primary school"),
        ("libraries", "library"),
        ("réseaux de chaleur", "district heating"),
        ("DECHETS", "waste"),
        ("oeuvre d'art dans l'espace public", "statue"),
        # Of EuroVoc alone.
        ("conditions de travail", "working conditions"),
    ],
)
def test_plurals_accents_and_capitals_do_not_matter(words: str, expected: str) -> None:
    assert expected in labels(words)


def test_the_longest_phrase_wins() -> None:
    assert labels("sociale huisvesting") == ["social housing"]
    assert "street" not in labels("rue scolaire")


@given(st.sampled_from(installed().rows), st.sampled_from(LANGUAGES))
def test_every_word_of_every_row_finds_its_row(row: Row, lang: str) -> None:
    for word in row.words[lang]:
        found = [match.row for match in installed().matches(words_of(word))]
        assert row in found, f"{row.place}: {word}"


@given(st.text(), st.sampled_from(LANGUAGES))
def test_a_root_is_never_empty_and_stays_within_the_word(text: str, lang: str) -> None:
    for word in words_of(text):
        assert root(word, lang)
        assert len(root(word, lang)) <= len(word)


@given(
    st.text("aeiouyfvszltnrdcé", min_size=1),
    st.sampled_from(("", "s", "en", "eren", "aux", "ies")),
    st.sampled_from(LANGUAGES),
)
def test_a_text_mentions_the_root_of_each_of_its_words(start: str, end: str, lang: str) -> None:
    for word in words_of(start + end):
        assert mentions(f"over {word} hier", root(word, lang), lang)
    assert not mentions("over de fietsenstalling", root("stalling", lang), lang)


@pytest.mark.parametrize("line", ["fiets | vélo", "fiets || bike", "fiets | vélo | bike | Fahrrad"])
def test_a_broken_row_says_where_it_is(line: str) -> None:
    with pytest.raises(ThesaurusError, match="own.txt:2"):
        list(read(f"# subject\n{line}", "own.txt"))


def test_problems_name_homonyms_common_and_short_words() -> None:
    rows = read("diefstal | vol | theft\nvlucht | vols | flight\nlijst | relevé | de\n", "own.txt")

    assert list(problems(Thesaurus(tuple(rows)))) == [
        "own.txt:3: nl “lijst” is in too many records",
        "own.txt:1: fr “vol” is in too many records",
        "own.txt:2: fr “vols” is also in own.txt:1",
        "own.txt:3: en “de” is too short",
    ]
