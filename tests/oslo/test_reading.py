"""Reading what people and portals write into fields."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.oslo.reading import Field, FieldError, format_of, read, salvage, text, translations

LANGUAGE = st.sampled_from(["nl", "fr", "en", "de", "nl-BE", "fr-t-nl"])


def field(kind: str, **more: Any) -> Field:
    return Field("it", kind, **more)


class TestDates:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("22/11/2026", "2026-11-22"),
            ("2/1/2026", "2026-01-02"),
            ("22-11-2026", "2026-11-22"),
            ("22.11.2026", "2026-11-22"),
            ("2026-11-22", "2026-11-22"),
            ("2026-11", "2026-11"),
            ("2026", "2026"),
            ("2026-11-22+01:00", "2026-11-22"),
            ("2026-11-22T14:05:00Z", "2026-11-22T14:05:00+00:00"),
            ("2026-11-22T14:05:00.123456789+01:00", "2026-11-22T14:05:00.123456+01:00"),
            ("29/02/2024", "2024-02-29"),
        ],
    )
    def test_are_kept_as_iso(self, written: str, kept: str) -> None:
        assert read(field("date"), written) == kept

    @pytest.mark.parametrize("written", ["31/02/2026", "2026-02-30", "29/02/2026", "2026-13-01", "2026-11-22T25:00:00"])
    def test_that_no_calendar_has_are_refused(self, written: str) -> None:
        with pytest.raises(FieldError, match=f"{written} does not exist. Write day, month, year."):
            read(field("date"), written)

    @pytest.mark.parametrize("written", ["yesterday", "", "20261122", "11/22", "x" * 100_000])
    def test_that_are_none_are_refused(self, written: str) -> None:
        with pytest.raises(FieldError) as caught:
            read(field("date"), written)
        assert len(str(caught.value)) < 150

    @given(st.dates())
    def test_every_day_of_the_calendar_is_read_both_ways(self, day: Any) -> None:
        assert read(field("date"), f"{day.day:02}/{day.month:02}/{day.year:04}") == day.isoformat()
        assert read(field("date"), day.isoformat()) == day.isoformat()


class TestLinks:
    @pytest.mark.parametrize(
        "written",
        ["https://example.org", "http://example.org:8080/a?b=c#d", "ftp://ftp.example.org/x.zip", "https://gent.be/é"],
    )
    def test_that_can_be_followed_are_kept(self, written: str) -> None:
        assert read(field("link"), written) == written

    @pytest.mark.parametrize(
        "written",
        [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org/x",
            "example.org",
            "https://",
            "https://a b.org",
            "https://user:secret@example.org",
            "https://example.org:port/",
            'https://example.org/"><script>',
            "http://[::1",
            "https://example.org/" + "a" * 5000,
        ],
    )
    def test_that_must_not_be_followed_are_refused(self, written: str) -> None:
        with pytest.raises(FieldError):
            read(field("link"), written)


class TestGeometry:
    def test_a_box_of_four_numbers_is_a_polygon(self) -> None:
        found = json.loads(read(field("geometry"), "3.0, 50.5, 3.4, 50.9"))
        assert found["type"] == "Polygon"

    def test_a_feature_gives_its_geometry(self) -> None:
        point = {"type": "Point", "coordinates": [3.26, 50.83]}
        assert json.loads(read(field("geometry"), {"type": "Feature", "geometry": point})) == point

    def test_wkt_is_read(self) -> None:
        assert json.loads(read(field("geometry"), "POINT (3.26 50.83)"))["coordinates"] == [3.26, 50.83]
        assert json.loads(read(field("geometry"), "SRID=4326;POINT Z (3.26 50.83 17)"))["coordinates"] == [3.26, 50.83]

    @pytest.mark.parametrize(
        "written",
        [
            "{}",
            "[]",
            "here",
            "3,4,5",
            '{"type": "Point", "coordinates": []}',
            '{"type": "Point", "coordinates": [50.83, 313.26]}',
            '{"type": "Point", "coordinates": [200, 10]}',
            '{"type": "Point", "coordinates": ["a", "b"]}',
            '{"type": "Polygon", "coordinates": [[[3,50],[4,51]]]}',
            '{"type": "Circle", "coordinates": [1, 2]}',
            "[" * 100_000,
            "GEOMETRYCOLLECTION(" * 1_000_000,
        ],
    )
    def test_what_is_none_is_refused(self, written: str) -> None:
        with pytest.raises(FieldError):
            read(field("geometry"), written)

    def test_an_outline_that_crosses_itself_is_repaired_only_when_harvested(self) -> None:
        bow = '{"type":"Polygon","coordinates":[[[3,50],[4,51],[4,50],[3,51],[3,50]]]}'
        with pytest.raises(FieldError, match="crosses itself"):
            read(field("geometry"), bow)
        repaired, refused = salvage(field("geometry"), bow)
        assert json.loads(repaired)["type"] == "MultiPolygon"
        assert refused == []


class TestTranslations:
    @given(st.dictionaries(LANGUAGE, st.text(max_size=60)))
    def test_reading_twice_changes_nothing(self, texts: dict[str, str]) -> None:
        once = read(field("translated", limit=100), texts)
        assert read(field("translated", limit=100), once) == once
        assert read(field("translated", limit=100), json.dumps(once) if once else "") == once

    @given(st.dictionaries(LANGUAGE, st.text(max_size=60)))
    def test_no_text_is_lost_but_empty_ones(self, texts: dict[str, str]) -> None:
        found = read(field("translated", limit=100), texts)
        assert found == {language: clean for language, one in texts.items() if (clean := text.clean(one))}

    @given(st.one_of(st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))
    def test_anything_else_is_read_or_refused(self, value: Any) -> None:
        try:
            found = read(field("translated", limit=100), value)
        except FieldError:
            return
        assert all(isinstance(one, str) and one for one in found.values())

    @given(st.dictionaries(LANGUAGE, st.lists(st.text(max_size=40), max_size=5)))
    def test_keywords_are_kept_once_and_stay_when_read_again(self, words: dict[str, list[str]]) -> None:
        once = read(field("keywords"), words)
        assert read(field("keywords"), once) == once
        assert all(len({word.casefold() for word in found}) == len(found) for found in once.values())

    def test_keywords_of_a_form_are_split_at_commas(self) -> None:
        written = {"fr": "à, r&d; protection de l'environnement,,À"}
        assert read(field("keywords"), written) == {"fr": ["à", "r&d", "protection de l'environnement"]}

    def test_keywords_of_a_list_keep_their_commas(self) -> None:
        assert read(field("keywords"), {"fr": ["transports, mobilité"]}) == {"fr": ["transports, mobilité"]}

    def test_a_text_that_is_too_long_says_in_which_language(self) -> None:
        with pytest.raises(FieldError) as caught:
            read(field("translated", limit=500), {"nl": "goed", "fr": "x" * 1_000_000})
        assert caught.value.language == "fr"

    @pytest.mark.parametrize(
        ("texts", "wanted", "shown"),
        [
            ({"nl": "a", "fr": "b"}, ("fr",), "fr"),
            ({"nl": "a", "fr": "b"}, ("en",), "nl"),
            ({"nl-BE": "a", "fr": "b"}, ("nl",), "nl-BE"),
            ({"de": "a"}, ("nl",), "de"),
            ({}, ("nl",), None),
            ({"nl": "", "fr": "b"}, ("nl",), "fr"),
        ],
    )
    def test_the_nearest_language_is_shown(
        self, texts: dict[str, str], wanted: tuple[str, ...], shown: str | None
    ) -> None:
        assert translations.best(texts, *wanted) == shown


class TestSalvage:
    @given(
        st.sampled_from(["text", "texts", "uris", "concepts", "date", "geometry", "translated", "keywords", "number"])
    )
    def test_never_raises(self, kind: str) -> None:
        for value in ("x" * 20_000, 7, ["a", 3, None], {"nl": ["x"]}, {"%": "x"}, "[1", "{", "[" * 50_000):
            salvage(field(kind, vocabulary="theme", limit=50), value)

    def test_a_list_keeps_its_good_items(self) -> None:
        good, refused = salvage(field("concepts", vocabulary="theme"), ["ECON", "https://example.org/Travail"])
        assert [uri.rsplit("/", 1)[1] for uri in good] == ["ECON"]
        assert refused == ["https://example.org/Travail"]

    def test_a_long_title_is_cut_and_kept_whole_beside(self) -> None:
        good, refused = salvage(field("translated", limit=10), {"nl": "x" * 20})
        assert good == {"nl": "x" * 9 + "…"}
        assert refused == [{"nl": "x" * 20}]


class TestText:
    @given(st.text())
    def test_a_slug_is_a_name_ckan_takes(self, title: str) -> None:
        name = text.slug(title)
        assert 2 <= len(name) <= 100
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")

    @given(st.text())
    def test_no_control_character_stays(self, written: str) -> None:
        assert not set(text.clean(written)) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}

    @pytest.mark.parametrize(
        ("address", "format_"),
        [
            ("https://example.org/a.csv", "CSV"),
            ("https://example.org/a.GeoJSON?x=1.zip", "GeoJSON"),
            ("vacatures.xlsx", "XLSX"),
            ("https://example.org/", None),
            ("https://example.org", None),
            ("https://example.org/page.aspx", None),
            ("http://[::1/a.csv", None),
        ],
    )
    def test_a_file_type_is_read_from_a_name(self, address: str, format_: str | None) -> None:
        assert format_of(address) == format_
