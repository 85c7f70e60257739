"""The file of sources: read strictly, every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.declaration import DeclarationError, parse
from ckanext.harvesters.registry import protocols

PROJECT = Path(__file__).resolve().parents[3]
GOOD = """\
sources:
  - name: odwb
    title: {nl: Wallonië, fr: Wallonie, en: Wallonia}
    protocol: opendatasoft
    url: https://www.odwb.be
    replay: /odwb
    organization: {name: odwb, title: {nl: Wallonië, fr: Wallonie, en: Wallonia}}
    language: fr
    metadata_license: https://creativecommons.org/publicdomain/zero/1.0/
    frequency: DAILY
    scope: {refine: "publisher:Tournai"}
"""
NAMES = ("opendatasoft", "udata")


def mistakes(text: str) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        parse(text, NAMES)
    return [str(one) for one in caught.value.mistakes]


def test_a_source_is_read() -> None:
    [source] = parse(GOOD, NAMES)
    assert (source.name, source.protocol, source.frequency) == ("odwb", "opendatasoft", "DAILY")
    assert source.title["nl"] == "Wallonië"
    assert source.settings["scope"] == {"refine": "publisher:Tournai"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "protocol: opendatasoft",
            "protocol: opendatasfot",
            "sources.yaml:4: source 'odwb': 'protocol' should be one of",
        ),
        ("https://www.odwb.be\n", "file:///etc/passwd\n", "sources.yaml:5: source 'odwb': 'url' should be an http"),
        ("https://www.odwb.be\n", "https://me:secret@odwb.be\n", "sources.yaml:5: source 'odwb': 'url' should be an"),
        ("    language: fr\n", "", "sources.yaml:2: source 'odwb' lacks 'language': one of nl, fr, en"),
        (
            "frequency: DAILY",
            "frequency: hourly",
            "sources.yaml:10: source 'odwb': 'frequency' should be one of MANUAL",
        ),
        ("frequency: DAILY", "frequence: DAILY", "sources.yaml:10: source 'odwb' has an unknown key 'frequence'"),
        ("replay: /odwb", "replay: odwb", "sources.yaml:6: source 'odwb': 'replay' should be a path"),
        (
            "{nl: Wallonië, fr: Wallonie, en: Wallonia}\n    protocol",
            "[Wallonië]\n    protocol",
            "sources.yaml:3: source",
        ),
        (
            "    scope: {refine",
            "    language: fr\n    scope: {refine",
            "sources.yaml:11: a source has 'language' twice",
        ),
        ("sources:", "source:", "sources.yaml:1: the file has an unknown key 'source'"),
        ("title: {nl", "title: {nl: [", "sources.yaml:3: not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new, 1))
    assert any(one.startswith(expected) for one in found), found


def test_all_mistakes_are_told_at_once_in_order_of_lines() -> None:
    found = mistakes(GOOD.replace("protocol: opendatasoft", "protocol: x").replace("DAILY", "x").replace("/odwb", "x"))
    assert [one.split(":")[1] for one in found] == ["4", "6", "10"]


def test_two_sources_of_one_name_are_a_mistake() -> None:
    twice = GOOD + GOOD.removeprefix("sources:\n")
    assert any("already a source named 'odwb'" in one for one in mistakes(twice))


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError):
        declaration.load(tmp_path / "none.yaml", NAMES)


@given(st.text(max_size=60))
def test_any_text_is_sources_or_mistakes(text: str) -> None:
    try:
        parse(text, NAMES)
    except DeclarationError as error:
        assert error.mistakes  # noqa: PT017


KEYS = st.sampled_from(["sources", "name", "title", "url", "scope", "organization"])
documents = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(KEYS, x), max_leaves=12
)


@given(documents)
def test_any_document_is_sources_or_mistakes(document: object) -> None:
    try:
        parse(yaml.safe_dump({"sources": document}), NAMES)
    except DeclarationError as error:
        assert error.mistakes  # noqa: PT017


def test_the_portals_own_file_has_no_mistake() -> None:
    sources = declaration.load(PROJECT / "config" / "sources.yaml", protocols())
    # Belgium's access point for mobility is of no one region.
    assert {source.settings.get("region") for source in sources} == {*declaration.REGIONS, None}
    assert all(source.replay for source in sources)
    # A catalogue of OGC API Records is for whoever finds one: docs/harvesting.md.
    assert {source.protocol for source in sources} == set(protocols()) - {"ogc_records"}


@pytest.mark.parametrize("wrong", ["area: {box: [1, 2]}", "themes: [KWANTUM]", "publishers: x"])
def test_a_mistake_in_the_scope_is_told_with_its_line(wrong: str) -> None:
    (found,) = mistakes(GOOD.replace("scope: {refine: ", f"scope: {{{wrong}, refine: "))
    assert found.startswith("sources.yaml:11: source 'odwb': scope: ")


def test_settings_by_form_are_checked_alike() -> None:
    good = '{"language": "fr", "metadata_license": "https://example.org/licence"}'
    assert declaration.settings(good)["language"] == "fr"
    assert declaration.settings("") == {}
    for bad in ("[]", "3", "{", '{"language": "de"}', '{"langage": "fr"}', '{"scope": 3}'):
        with pytest.raises(DeclarationError):
            declaration.settings(bad)
