from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.eurometropool.products.definition import read, read_all
from ckanext.eurometropool.products.errors import DefinitionError
from ckanext.eurometropool.products.stations import COLUMNS
from tests.products.conftest import DEFINITION


def test_definition_of_the_project_is_whole(product):
    assert product.name == "shared-bike-stations"
    assert [source.format for source in product.sources] == ["gbfs", "opendatasoft", "ogcapi"]
    assert {field.id for field in product.fields} == set(COLUMNS)
    assert product.classes["frequency"] == ("http://publications.europa.eu/resource/authority/frequency/1MIN",)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("refresh: 60", "refresh: soon", "'refresh': expected a whole number of seconds, 10 or more, not 'soon'"),
        ("refresh: 60", "refrehs: 60", "'refrehs': expected 'refresh', and a text after it"),
        ("licence: CC0\n", "licence: FREE\n", "'licence': expected a code of the licence vocabulary, not 'FREE'"),
        ("format: gbfs", "format: gbsf", "'format': expected one of gbfs, opendatasoft, ogcapi, not 'gbsf'"),
        ("      bikes: velos_disponibles\n", "", "missing: bikes"),
        ("transport_mode: [bike-sharing]", "transport_mode: [flying]", "expected codes of the vocabulary"),
        ("box: [2.3, 50.2, 4.2, 51.2]", "box: [2.3, 50.2]", "expected 4 numbers, not 2"),
        ("replay: /bikes", "replay: bikes", "expected a path that begins with /"),
        ("homepage: https://www.donkey.bike/", "homepage: ftp://donkey", "expected an http or https address"),
        ("  - name: mel", "  - name: wallonie", "'wallonie' is taken"),
        ("  fr: Stations de vélos partagés\n", "", "'fr': expected a text, but it is missing"),
        ("version:", "colour: red\nversion:", "'colour': expected one of"),
        ("name: shared-bike-stations", "name: bikes", "expected 'shared-bike-stations', as the file is called"),
    ],
)
def test_mistake_is_told_with_file_line_and_what_was_expected(tmp_path: Path, was: str, becomes: str, says: str):
    text = DEFINITION.read_text()
    assert was in text
    file = tmp_path / DEFINITION.name
    file.write_text(text.replace(was, becomes, 1))
    with pytest.raises(DefinitionError) as caught:
        read(file)
    message = str(caught.value)
    path, line, _ = message.split(":", 2)
    assert path == str(file)
    assert 0 < int(line) <= len(file.read_text().splitlines())
    assert says in message


def test_line_of_a_wrong_value_is_that_value_s_line(tmp_path: Path):
    text = DEFINITION.read_text().replace("stale_after: 600", "stale_after: never")
    file = tmp_path / DEFINITION.name
    file.write_text(text)
    expected = next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith("stale_after"))
    with pytest.raises(DefinitionError, match=f":{expected}: "):
        read(file)


@pytest.mark.parametrize("content", ["", "a: [", "- a", "name: {a: b}", "\x00"])
def test_file_that_is_no_definition_is_refused(tmp_path: Path, content: str):
    file = tmp_path / "x.yaml"
    file.write_text(content)
    with pytest.raises(DefinitionError, match=r"x\.yaml:\d+: "):
        read(file)


def test_folder_that_is_missing_is_told(tmp_path: Path):
    with pytest.raises(DefinitionError, match="expected a folder"):
        read_all(tmp_path / "none")
