"""Languages, numbers, dates and sizes: pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.eurometropool.pages import phrases
from ckanext.eurometropool.pages.languages import NAMES, in_language, negotiate

LANGUAGES = list(NAMES)
TEXTS = st.dictionaries(st.sampled_from(LANGUAGES), st.text(max_size=20))


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_the_readers_own_language_wins_and_another_is_never_hidden(texts, reader):
    shown = in_language(texts, reader)
    present = {lang: text for lang, text in texts.items() if text.strip()}
    if reader in present:
        assert (shown.value, shown.lang, shown.foreign) == (present[reader], reader, False)
    elif present:
        assert shown.foreign
        assert present[shown.lang] == shown.value
    else:
        assert not shown


def test_a_text_nobody_gave_a_language_claims_none():
    shown = in_language(None, "nl", "Plan de Lille")
    assert (shown.value, shown.lang, shown.foreign) == ("Plan de Lille", "", False)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ([("nl-BE", 1.0), ("fr", 0.8)], "nl"),
        ([("de", 1.0), ("fr-FR", 0.9), ("en", 0.8)], "fr"),
        ([("nl", 0.0), ("en", 0.5)], "en"),
        ([("de", 1.0)], None),
        ([], None),
    ],
)
def test_a_browser_gets_the_language_it_likes_best_of_ours(accepted, expected):
    assert negotiate(accepted, LANGUAGES) == expected


@pytest.mark.parametrize(("locale", "written"), [("nl", "4\xa0812"), ("fr", "4\xa0812"), ("en", "4,812")])
def test_thousands_are_grouped_as_each_language_does(locale, written):
    assert phrases.number(4812, locale) == written


@pytest.mark.parametrize(
    ("octets", "locale", "written"),
    [(0, "en", "0\xa0B"), (212_400, "nl", "212\xa0kB"), (1_440_000, "nl", "1,4\xa0MB"), (1_440_000, "fr", "1,4\xa0Mo")],
)
def test_sizes_are_said_in_units_of_the_language(octets, locale, written):
    assert phrases.size(octets, locale) == written


@given(st.integers(min_value=0, max_value=10**18), st.sampled_from(LANGUAGES))
def test_no_size_is_too_large_to_say(octets, locale):
    assert phrases.size(octets, locale)


@pytest.mark.parametrize(
    ("value", "locale", "written"),
    [
        ("2026-11-20T10:00:00+00:00", "nl", "20 november 2026"),
        ("2026-11-20", "en", "20 November 2026"),
        ("2025-12-01", "fr", "1er décembre 2025"),
        ("2026-11", "fr", "novembre 2026"),
        ("2026", "fr", "2026"),
        ("last spring", "en", "last spring"),
        (None, "en", ""),
    ],
)
def test_a_date_is_as_precise_as_it_was_given(value, locale, written):
    assert phrases.day(value, locale) == written


@pytest.mark.parametrize(
    ("value", "locale", "written"),
    [
        ("2026-11-22T13:03:09", "nl", "22 november 2026, 14:03"),
        ("2026-07-01T22:30:00+00:00", "fr", "2 juillet 2026, 00:30"),
        ("2026-11-22T13:03:09Z", "en", "22 November 2026, 14:03"),
        ("no date", "en", ""),
    ],
)
def test_a_moment_is_written_as_the_language_does_in_our_time(value, locale, written):
    assert phrases.time(value, locale, ZoneInfo("Europe/Brussels"), hours=True, seconds=False) == written
