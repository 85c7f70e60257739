"""What `package_search` tells of a question: places, other words, why each dataset is there; and suggestions."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers


def search(**asked: Any) -> dict[str, Any]:
    return helpers.call_action("package_search", {"user": "", "ignore_auth": False, "auth_user_obj": None}, **asked)


@pytest.fixture
def told(samples: dict[str, str]) -> Any:
    def ask(question: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        found = search(q=question, **more)
        understood = found["understood"]
        return understood, {samples[key]: why for key, why in understood["results"].items()}

    return ask


@pytest.mark.usefixtures("with_plugins")
class TestUnderstood:
    def test_tells_through_which_words_a_dataset_of_another_language_was_found(self, told: Any) -> None:
        understood, results = told("fietsenstalling")

        assert understood["words"][0]["languages"] == ["nl"]
        assert {"text": "stationnement vélo", "lang": "fr"} in understood["words"][0]["also"]
        assert results["stationnement-velo-roubaix"]["through"] == [
            {"said": "fietsenstalling", "text": "stationnement vélo", "lang": "fr"}
        ]
        assert "fietsenstallingen-kortrijk" not in results

    def test_tells_how_places_fit(self, told: Any) -> None:
        understood, results = told("fietsenstalling Kortrijk")

        assert understood["places"] == [
            {
                "said": "Kortrijk",
                "kind": "municipality",
                "names": [{"key": "BE-34022", "nl": "Kortrijk", "fr": "Courtrai", "en": "Kortrijk"}],
            }
        ]
        assert understood["without_places"] == "fietsenstalling"
        assert results["fietsenstallingen-kortrijk"]["place"] == {"fit": "about", "key": "BE-34022"}
        assert results["stationnement-velo-mouscron"]["place"]["fit"] == "near"
        assert 8 < results["stationnement-velo-mouscron"]["place"]["km"] < 13
        assert next(iter(results)) == "fietsenstallingen-kortrijk"

    def test_wider_areas_come_after_the_place_and_before_the_rest(self, told: Any, samples: dict[str, str]) -> None:
        _understood, results = told("Kortrijk", rows=30)
        fits = [why["place"]["fit"] for why in results.values()]

        assert fits[:3] == ["about"] * 3
        assert set(fits) <= {"about", "covers", "near", "mentions"}

    def test_nothing_near_is_found_everywhere_and_says_so(self, told: Any) -> None:
        understood, results = told("hopvelden in Enghien")

        assert understood["everywhere"] is True
        assert results["hopvelden-poperinge"]["place"]["fit"] == "mentions"

    def test_literal_words_are_left_as_they_are(self, told: Any) -> None:
        understood, _results = told("fietsenstalling Kortrijk", ext_literal="1")

        assert understood["places"] == []
        assert [words["also"] for words in understood["words"]] == [[], []]

    def test_corrects_what_finds_nothing(self, told: Any) -> None:
        understood, _results = told("carpuling")

        assert understood["did_you_mean"] in (["carpooling"], ["carpool"])

    def test_says_nothing_of_a_question_in_solrs_language(self, samples: dict[str, str]) -> None:
        assert "understood" not in search(q="title:vélo")
        assert "understood" not in search()


@pytest.mark.usefixtures("with_plugins", "clean_db")
class TestExplained:
    def test_sysadmins_see_the_factors_of_a_score(self, samples: dict[str, str]) -> None:
        user = factories.Sysadmin()
        found = helpers.call_action(
            "package_search",
            {"user": user["name"], "ignore_auth": False},
            q="fietsenstalling Kortrijk",
            fq='explain:"1"',
        )
        first = found["explained"][found["results"][0]["id"]]

        assert first["place"] == 12.0
        assert first["score"] == pytest.approx(
            first["words"] * first["place"] * first["freshness"] * first["quality"] * first["own"], rel=0.01
        )
        assert "title_nl" in first["solr"]

    def test_a_readers_address_with_it_is_an_ordinary_search(self, samples: dict[str, str]) -> None:
        found = search(q="fiets", fq=' +explain:"1"')

        assert found["count"] > 0
        assert "explained" not in found

    def test_nobody_else_does(self, samples: dict[str, str]) -> None:
        with pytest.raises(tk.NotAuthorized):
            search(q="fiets", explain=True)


@pytest.mark.usefixtures("with_plugins")
class TestSuggestions:
    def suggest(self, **asked: Any) -> dict[str, Any]:
        return helpers.call_action("search_suggest", {"user": "", "ignore_auth": False}, **asked)

    def test_completes_datasets_places_themes_and_publishers(self, samples: dict[str, str]) -> None:
        found = self.suggest(q="kor", lang="fr")

        assert {"key": "BE-34022", "name": "Courtrai"} in found["places"]
        assert any("Courtrai" in dataset["title"] for dataset in found["datasets"])
        assert {"name": "Stad Kortrijk", "datasets": 3} in found["publishers"]
        assert [theme["name"] for theme in self.suggest(q="transp", lang="nl")["themes"]][:1] == ["Vervoer"]

    def test_has_nothing_for_one_letter_or_none(self, samples: dict[str, str]) -> None:
        assert not any(self.suggest(q="k", lang="nl").values())
        assert not any(self.suggest(q='"*:', lang="nl").values())

    @pytest.mark.parametrize("asked", [{"lang": "xx"}, {"limit": "many"}, {"q": ["a"]}])
    def test_refuses_what_is_no_question(self, asked: dict[str, Any]) -> None:
        with pytest.raises(tk.ValidationError):
            self.suggest(**{"q": "fiets", "lang": "nl", **asked})
