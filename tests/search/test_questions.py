"""How questions are read: places taken out, compounds split, words that stay words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.search import compounds
from ckanext.eurometropool.search.query import prepare, text
from ckanext.eurometropool.search.question import is_plain, understand

pytestmark = pytest.mark.usefixtures("with_plugins")


def read(question: str) -> tuple[list[str], list[str]]:
    """Give the words and the keys of the places of a question."""
    found = understand(question, installed.register())
    places = [place.area or "+".join(sorted(place.municipalities)) for place in found.places]
    return [group.said for group in found.groups], places


@pytest.mark.parametrize(
    ("question", "words", "places"),
    [
        ("fietsen in Rijsel", ["fietsen"], ["FR-59350"]),
        ("bus near Tournai", ["bus"], ["BE-57081"]),
        ("emploi 59000", ["emploi"], ["FR-59350"]),
        ("fietsenstalling kortrijk", ["fietsenstalling"], ["BE-34022"]),
        ("kortrijkse parkings", ["parkings"], ["BE-34022"]),
        ("musées tournaisiens", ["musées"], ["BE-57081"]),
        ("Doornikse steenweg", ["Doornikse", "steenweg"], []),
        ("piste cyclable à villeneuve d'ascq", ["piste cyclable"], ["FR-59009"]),
        ("stationnement près de Mouscron", ["stationnement"], ["BE-57096"]),
        ("werk in de buurt van Ieper", ["werk"], ["BE-33011"]),
        ("emploi Wallonie picarde", ["emploi"], ["wallonie-picarde"]),
        ("chômage métropole lilloise", ["chômage"], ["FR-EPCI-200093201"]),
        ("comines", [], ["BE-57097+FR-59152"]),
        ("trafic Halluin Menen", ["trafic"], ["FR-59279", "BE-34027"]),
        ("vacatures menen", ["vacatures"], ["BE-34027"]),
        ("menen", [], ["BE-34027"]),
        ("Ypres", [], ["BE-33011"]),
        # Not the place: a layer of earth, a street, an organisation, another place.
        ("Formatie van Kortrijk", ["Formatie", "Kortrijk"], []),
        ("rue de Lille", ["rue", "Lille"], []),
        ("croix rouge", ["croix", "rouge"], []),
        ("don du sang", ["don", "sang"], []),
        ("tournai sur dive", ["tournai", "dive"], []),
    ],
)
def test_places_are_taken_out_of_the_words(question: str, words: list[str], places: list[str]) -> None:
    assert read(question) == (words, places)


def test_a_question_of_small_words_keeps_them() -> None:
    assert read("de la")[0] == ["de", "la"]


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("fietsen in Rijsel", True),
        ("Villeneuve-d'Ascq: vélo?", True),
        ("open-data (2024)", False),
        ('"zone 30"', False),
        ("parking -vélo", False),
        ("fiets*", False),
        ("a AND b", False),
        ("!!", False),
    ],
)
def test_only_plain_words_are_read(question: str, plain: bool) -> None:
    assert is_plain(question) is plain


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("fietsenstallingen", ("fietsen", "stallingen")),
        ("parkeerplaatsen", ("parkeer", "plaatsen")),
        ("kinderopvangplaatsen", ("kinder", "opvang", "plaatsen")),
        ("verkeersongevallen", ("verkeers", "ongevallen")),
        ("sportterreinen", ("sport", "terreinen")),
        # No "sport" in transport, no "park" in parkeren, no "weg" in bewegen.
        ("transport", ()),
        ("parkeren", ()),
        ("bewegen", ()),
        ("ambtenaar", ()),
        ("stationnement", ()),
    ],
)
def test_compounds_are_split_where_known_parts_cover_them(word: str, parts: tuple[str, ...]) -> None:
    found = compounds.split(word)

    assert [part.rstrip("s") for part in found] == [part.rstrip("s") for part in parts]


@given(st.text(alphabet="aefgiklnoprstw", min_size=7, max_size=24))
def test_the_parts_of_a_compound_stand_in_it_in_order(word: str) -> None:
    rest = word
    for part in compounds.split(word):
        assert part in rest
        rest = rest.partition(part)[2]


def test_a_compound_nobody_listed_is_looked_for_by_its_parts() -> None:
    (group,) = understand("fietsbrug", None).groups

    assert [part.said for part in group.parts] == ["fiets", "brug"]
    assert 'in_fr:"velo"' in text(understand("fietsbrug", None))


def test_other_languages_weigh_less_than_synonyms_and_those_less_than_the_word_itself() -> None:
    asked = text(understand("afval", None))

    assert asked.startswith('("afval" OR like:"afval"^0.2 OR in_nl:"vuilnis"^0.45')
    assert 'in_fr:"dechets"^0.35' in asked


def test_only_unknown_words_are_taken_for_beginnings_and_slips() -> None:
    assert "~1" not in text(understand("vacature", None))
    assert (
        text(understand("xyzzyx", None)) == '("xyzzyx" OR like:"xyzzyx"^0.2 OR like:xyzzyx*^0.3 OR like:xyzzyx~1^0.15)'
    )


def test_what_somebody_sends_as_understood_is_dropped() -> None:
    assert "_question" not in prepare({"q": "*:*", "extras": {"_question": {"text": "x"}}}, None)["extras"]


@given(st.text(max_size=200))
def test_every_plain_question_becomes_balanced_words_for_solr(question: str) -> None:
    if not is_plain(question):
        return
    asked = text(understand(question, installed.register()))

    assert asked.count("(") == asked.count(")")
    assert asked.count('"') % 2 == 0
    assert "{!" not in asked
