"""Which datasets of different portals are the same: rules with reasons, groups with a master, steward's decisions."""

from __future__ import annotations

import json
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters import config
from ckanext.harvesters.duplicates import groups, rules
from ckanext.harvesters.duplicates.groups import Group
from ckanext.harvesters.duplicates.rules import Described, Pair, Reason, Rule

ODS = "https://data.stad.gent"
GEONETWORK = "https://geo.example/geonetwork/srv/fre/catalog.search#/metadata/"
FIRST, SECOND = "0d6f2c1a-57b4-4f1e-9a53-1c2d3e4f5a6b", "7c1b9e55-0a3d-4c62-8f0e-aa00bb11cc22"
ALIASES = {"opendata.town.example": "data.town.example", "town.opendatasoft.example": "data.town.example"}


def made(key: str, source: str = "", **said: Any) -> dict[str, Any]:
    return {"id": key, "harvest_source_name": source or f"source-{key}", "guid": key, **said}


def found(*datasets: dict[str, Any]) -> list[Pair]:
    return rules.pairs(rules.describe(one) for one in datasets)


def titled(title: str) -> dict[str, Any]:
    return {"title_translated": {"nl": title}}


def file(url: str, form: str = "CSV") -> dict[str, str]:
    return {"url": url, "format": form}


class TestRules:
    @pytest.mark.parametrize(
        ("first", "second", "rule"),
        [
            ({"uri": "http://e.org/id/1"}, {"uri": "https://e.org/id/1/"}, Rule.SAME_IRI),
            ({"uri": "https://e.org/id/1"}, {"alternate_identifier": ["https://e.org/id/1"]}, Rule.SAME_IRI),
            (
                {"guid": "5b7ffc618b4c4169d30727e0"},
                {"alternate_identifier": ["https://www.data.gouv.fr/datasets/5b7ffc618b4c4169d30727e0/"]},
                Rule.SAME_DATAGOUV_ID,
            ),
            (
                {"uri": "https://www.data.gouv.fr/fr/datasets/5b7ffc618b4c4169d30727e0/"},
                {"guid": "5b7ffc618b4c4169d30727e0"},
                Rule.SAME_DATAGOUV_ID,
            ),
            (
                {"url": f"{ODS}/explore/dataset/x/", **titled("Bomen")},
                {"url": f"{ODS}/explore/dataset/x", **titled("bomen")},
                Rule.SAME_PAGE,
            ),
            (
                {"url": "https://vmm.example/zink", **titled("Zink in water")},
                {"url": "https://vmm.example/zink", **titled("Trend van zink in water")},
                Rule.PAGE_ALONE,
            ),
            ({"uri": GEONETWORK + FIRST}, {"uri": GEONETWORK + FIRST.upper()}, Rule.SAME_RECORD),
            ({"url": GEONETWORK + FIRST, **titled("Bomen")}, {"identifier": FIRST.upper()}, Rule.SAME_RECORD),
            ({"source_url": GEONETWORK + FIRST}, {"guid": FIRST}, Rule.SAME_RECORD),
            (
                {"url": GEONETWORK + FIRST, **titled("Bomen")},
                {"url": GEONETWORK + FIRST, **titled("Bomen")},
                Rule.SAME_RECORD,
            ),
            (
                {"uri": f"{ODS}/api/v2/catalog/datasets/fietspaden"},
                {"uri": f"{ODS}/explore/dataset/fietspaden/"},
                Rule.SAME_IRI,
            ),
            (
                {"resources": [file(f"{ODS}/api/v2/catalog/datasets/a/exports/csv")], **titled("Bomen")},
                {"resources": [file(f"{ODS}/api/explore/v2.1/catalog/datasets/a/exports/json")], **titled("Bomen")},
                Rule.SAME_FILES,
            ),
            (
                {"resources": [file("https://geo.example/wms?layers=1")], **titled("Relief 2013")},
                {"resources": [file("https://geo.example/wms?layers=1")], **titled("Relief 2018")},
                Rule.SOME_FILES,
            ),
            (
                {"identifier": "FR-59-fietsen", "publisher": [{"name": "Stad Gent"}]},
                {"identifier": "fr-59-fietsen", "publisher": [{"name": "stad gent"}]},
                Rule.SAME_IDENTIFIER,
            ),
            (
                {
                    "title_translated": {"nl": "Fietstellingen op de Leieboorden in 2025"},
                    "resources": [file("https://a/1")],
                },
                {
                    "title_translated": {"nl": "Fietstellingen op Leieboorden in 2025"},
                    "resources": [file("https://b/1")],
                },
                Rule.NEAR_TITLE,
            ),
        ],
    )
    def test_each_rule_says_why(self, first: dict[str, Any], second: dict[str, Any], rule: Rule) -> None:
        (pair,) = found(made("a", **first), made("b", **second))
        assert pair.reasons[0].rule is rule
        assert pair.sure == rule.sure
        told = {pair.reasons[0].text(language) for language in ("nl", "fr", "en")}
        assert len(told) == 3
        assert all(pair.reasons[0].value in text for text in told)

    @pytest.mark.parametrize("field", ["uri", "url", "identifier", "source_url"])
    def test_two_records_of_one_geonetwork_are_two(self, field: str) -> None:
        """Its pages have one address and tell the record in the fragment."""
        first, second = ({field: GEONETWORK + uuid, **titled("Bomen")} for uuid in (FIRST, SECOND))
        assert not found(made("a", **first), made("b", **second))

    def test_a_uuid_that_both_only_have_as_identifier_joins_nothing(self) -> None:
        """DOV gives the uuid of one map to the record of another."""
        said = {"identifier": FIRST, "publisher": [{"name": "DOV"}]}
        (pair,) = found(made("a", **said), made("b", **said))
        assert [reason.rule for reason in pair.reasons] == [Rule.SAME_IDENTIFIER]
        assert not pair.sure

    def test_a_place_in_a_document_is_no_other_document(self) -> None:
        (pair,) = found(made("a", uri="https://e.org/id/1#Dataset"), made("b", uri="https://e.org/id/1"))
        assert pair.reasons == (Reason(Rule.SAME_IRI, "e.org/id/1"),)

    @pytest.mark.parametrize(
        ("first", "second", "rule"),
        [
            (
                {"uri": "https://opendata.town.example/explore/dataset/velo/"},
                {"uri": "https://data.town.example/explore/dataset/velo"},
                Rule.SAME_IRI,
            ),
            (
                {"url": "https://town.opendatasoft.example/explore/dataset/velo/", **titled("Velo")},
                {"url": "https://www.opendata.town.example/explore/dataset/velo/", **titled("Velo")},
                Rule.SAME_PAGE,
            ),
            (
                {"resources": [file("https://opendata.town.example/f/1.csv")], **titled("Velo")},
                {"resources": [file("https://data.town.example/f/1.csv")], **titled("Velo")},
                Rule.SAME_FILES,
            ),
        ],
    )
    def test_a_host_is_one_under_all_its_names(self, first: Any, second: Any, rule: Rule) -> None:
        both = made("a", **first), made("b", **second)
        (pair,) = rules.pairs(rules.describe(one, ALIASES) for one in both)
        assert pair.reasons[0].rule is rule
        assert not any(reason.rule.sure for pair in found(*both) for reason in pair.reasons)

    def test_the_metropoles_earlier_hosts_are_declared(self, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        declared = ConfigParser(interpolation=None)
        declared.read(Path(__file__).resolve().parents[2] / "config" / "ckan.ini")
        name = "ckanext.harvesters.duplicates.aliases"
        monkeypatch.setitem(ckan_config, name, declared["app:main"][name])
        aliases = config.aliases_of_hosts()
        page = "/explore/dataset/bibliotheques/"
        hosts = "opendata.lillemetropole.fr", "metropole-europeenne-de-lille.opendatasoft.com", "data.lillemetropole.fr"
        assert {rules.address(f"https://{host}{page}", aliases) for host in hosts} == {
            "data.lillemetropole.fr/explore/dataset/bibliotheques"
        }

    def test_other_names_are_another_version_of_what_is_kept(self) -> None:
        assert len({rules.version(), rules.version(ALIASES), rules.version({"a.example": "b.example"})}) == 3

    def test_two_of_one_portal_are_two(self) -> None:
        assert not found(made("a", "gent", uri="https://e.org/1"), made("b", "gent", uri="https://e.org/1"))

    def test_a_value_that_two_of_one_portal_have_tells_nothing_of_a_third(self) -> None:
        shared = {"uri": "https://e.org/1"}
        assert not found(made("a", "gent", **shared), made("b", "gent", **shared), made("c", "vlaanderen", **shared))

    @pytest.mark.parametrize(
        "title", ["Bodemgebruik van Kortrijk, toestand 2024", "Bodemgebruik van Kortrijk, blad 3 toestand 2023"]
    )
    def test_another_number_in_the_title_is_another_dataset(self, title: str) -> None:
        said = {"publisher": [{"name": "Stad"}]}
        first = made("a", **said, **titled("Bodemgebruik van Kortrijk, toestand 2023"))
        assert found(first, made("b", **said, **titled("Bodemgebruik Kortrijk, toestand 2023")))
        assert not found(first, made("b", **said, **titled(title)))

    @pytest.mark.parametrize(
        "said",
        [
            {"url": "https://e.org/"},
            {"identifier": "123", "publisher": [{"name": "Stad"}]},
            {"identifier": "dataset-2024"},
            {"title_translated": {"fr": "Budget"}},
            {"uri": "urn:x"},
        ],
    )
    def test_what_says_too_little_joins_nothing(self, said: dict[str, Any]) -> None:
        assert not found(made("a", **said), made("b", **said))

    def test_a_service_that_many_share_tells_nothing(self) -> None:
        assert not found(*(made(str(one), resources=[file("https://geo.example/wms", "WMS")]) for one in range(6)))

    def test_one_shared_file_of_many_is_not_enough(self) -> None:
        first = [file(f"https://a.example/{one}") for one in range(4)]
        second = [file("https://a.example/0"), *(file(f"https://b.example/{one}") for one in range(3))]
        (pair,) = found(made("a", resources=first, **titled("Bomen")), made("b", resources=second, **titled("Bomen")))
        assert [reason.rule for reason in pair.reasons] == [Rule.SOME_FILES]
        assert not pair.sure

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.text(max_size=8)), max_size=12))
    def test_the_order_of_the_datasets_makes_no_difference(self, said: list[tuple[str, int, str]]) -> None:
        datasets = [
            made(str(number), source, uri=f"https://e.org/{iri}", url=f"https://e.org/p/{page}")
            for number, (source, iri, page) in enumerate(said)
        ]
        assert found(*datasets) == found(*reversed(datasets))

    def test_what_is_kept_of_a_dataset_is_all_that_the_rules_look_at(self) -> None:
        said = rules.describe(
            made(
                "a",
                uri="https://e.org/1",
                identifier="FR-59-fietsen",
                url=GEONETWORK + FIRST,
                alternate_identifier=[SECOND],
                publisher=[{"name": "Stad"}],
                resources=[file("https://e.org/f")],
                **titled("Fietspaden in Kortrijk"),
            )
        )
        assert Described.from_dict(json.loads(json.dumps(said.as_dict()))) == said


def pair(first: str, second: str, rule: Rule = Rule.SAME_IRI) -> Pair:
    return Pair(first, second, (Reason(rule, "x"),))


class TestGroups:
    SOURCES = {"a": "gent", "b": "vlaanderen", "c": "federal", "d": "gent"}

    def test_the_master_is_the_first_source_of_the_order(self) -> None:
        pairs = [pair("a", "b"), pair("b", "c")]
        assert groups.group(pairs, self.SOURCES, ["vlaanderen", "gent"]) == [Group("b", ("a", "c"))]
        assert groups.group(pairs, self.SOURCES) == [Group("c", ("a", "b"))]

    def test_a_proposal_alone_joins_nothing(self) -> None:
        assert groups.group([pair("a", "b", Rule.NEAR_TITLE)], self.SOURCES) == []

    def test_two_of_one_portal_never_meet_in_a_group(self) -> None:
        (one,) = groups.group([pair("a", "b"), pair("b", "d")], self.SOURCES)
        assert {one.master, *one.copies} == {"a", "b"}

    def test_what_a_steward_split_stays_apart_also_by_a_third(self) -> None:
        found = groups.group([pair("a", "b"), pair("b", "c")], self.SOURCES, split=[("c", "a")])
        assert [{one.master, *one.copies} for one in found] == [{"a", "b"}]

    def test_what_a_steward_joined_is_one_whatever_the_rules_say(self) -> None:
        assert groups.group([], self.SOURCES, ["gent"], joined=[("c", "a"), ("a", "gone")]) == [Group("a", ("c",))]

    def test_what_a_steward_made_is_always_the_master(self) -> None:
        sources = {**self.SOURCES, "e": ""}
        (one,) = groups.group([pair("a", "b"), pair("b", "e")], sources, ["gent", "vlaanderen"])
        assert one == Group("e", ("a", "b"))

    def test_the_next_source_takes_the_place_of_a_master_that_is_gone(self) -> None:
        there = {one: source for one, source in self.SOURCES.items() if one != "a"}
        assert groups.group([pair("b", "c")], there, ["gent", "federal"]) == [Group("c", ("b",))]


class TestProposals:
    SOURCES = {"a": "gent", "b": "vlaanderen", "c": "federal", "d": "gent", "e": "vlaanderen"}

    def proposed(self, *pairs: Pair, **more: Any) -> list[tuple[str, str]]:
        made = groups.group(pairs, self.SOURCES, **more)
        split = more.get("split", ())
        return [(one.first, one.second) for one in groups.proposals(pairs, made, self.SOURCES, split=split)]

    def test_what_is_not_sure_is_proposed(self) -> None:
        assert self.proposed(pair("a", "b", Rule.NEAR_TITLE)) == [("a", "b")]

    def test_what_is_joined_or_split_is_not(self) -> None:
        assert self.proposed(pair("a", "b"), pair("b", "c", Rule.NEAR_TITLE), split=[("b", "c")]) == []

    def test_what_has_its_like_in_the_other_portal_already_is_not(self) -> None:
        """Titles with and without "by night" are near each other, but each of the two has its own copy over there."""
        assert self.proposed(pair("a", "b"), pair("d", "e"), pair("a", "e", Rule.NEAR_TITLE)) == []

    def test_two_groups_are_proposed_once(self) -> None:
        assert self.proposed(pair("a", "b"), pair("a", "c", Rule.NEAR_TITLE), pair("b", "c", Rule.SOME_FILES)) == [
            ("b", "c")
        ]

    def test_what_is_sure_but_would_put_two_of_one_portal_together_is_for_a_steward(self) -> None:
        assert self.proposed(pair("a", "b"), pair("b", "d")) == [("b", "d")]
