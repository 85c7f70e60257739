"""The harvest pages' times and words: as each language writes them, and nothing of ckanext-harvest left in English."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import ckanext.harvest
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.pages import moments
from ckanext.harvesters.pages.health import Health, health

OURS = Path(__file__).resolve().parents[2] / "harvesters"
THEIRS = Path(ckanext.harvest.__file__).parent
METHODS = [("tests/**", "ignore"), ("**.py", "python"), ("**.html", "ckan.lib.extract:extract_ckan")]
THEIR_METHODS = [("tests/**", "ignore"), ("**.py", "python")]
KEYWORDS = {"_": None, "ungettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{\w*\}")
#: The first argument of a function in ckanext-harvest's helpers that only looks like what is said.
NOT_SAID = {"title"}
BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001  (as CKAN's tables keep it: UTC without zone)


def said(folder: Path, methods: list[tuple[str, str]]) -> set[str]:
    found = extract_from_dir(folder, methods, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _f, _l, message, _c, _x in found} - NOT_SAID


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(m.id): forms(m.string) for m in catalogue if m.id}


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("language", ["nl", "fr"])
class TestCatalogue:
    @pytest.fixture
    def folder(self, language) -> Path:
        return OURS / "i18n" / language / "LC_MESSAGES"

    @pytest.fixture
    def catalogue(self, folder):
        with (folder / "ckanext-harvesters.po").open("rb") as file:
            return read_po(file)

    def test_everything_is_translated(self, catalogue):
        known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id and m.string and not m.fuzzy}
        assert said(OURS, METHODS) - known == set()
        assert said(THEIRS, THEIR_METHODS) - known == set()

    def test_placeholders_survive(self, catalogue):
        for message in catalogue:
            if message.id:
                source = message.id[-1] if isinstance(message.id, tuple) else message.id
                target = message.string[-1] if isinstance(message.string, tuple) else message.string
                assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source

    def test_the_compiled_catalogue_is_that_of_the_source(self, folder, catalogue):
        with (folder / "ckanext-harvesters.mo").open("rb") as file:
            compiled = texts(read_mo(file))
        assert compiled == texts(catalogue)

    def test_french_takes_its_no_break_spaces(self, language, catalogue):
        if language == "fr":
            texts = [
                form for m in catalogue if m.id for form in ([m.string] if isinstance(m.string, str) else m.string)
            ]
            assert [one for one in texts if re.search(r" [:;?!»%]|« ", one)] == []


class TestMoments:
    @pytest.mark.parametrize(
        ("moment", "language", "written"),
        [
            (datetime(2026, 11, 22, 3, 17), "nl", "04:17"),  # noqa: DTZ001
            (datetime(2026, 11, 20, 3, 17), "nl", "vrijdag 04:17"),  # noqa: DTZ001
            (datetime(2026, 11, 23, 3, 17), "fr", "lundi 04:17"),  # noqa: DTZ001
            (datetime(2026, 9, 1, 3, 17), "fr", "1 sept."),  # noqa: DTZ001
            (datetime(2025, 9, 1, 3, 17), "en", "1 Sept 2025"),  # noqa: DTZ001
        ],
    )
    def test_a_moment_is_as_short_as_it_stays_clear(self, moment, language, written):
        assert moments.brief(moment, NOW, BRUSSELS, language) == written

    def test_utc_is_named(self):
        assert moments.clock(NOW, ZoneInfo("UTC"), "en") == "12:00\N{NO-BREAK SPACE}UTC"

    def test_a_day(self):
        assert moments.day(NOW, BRUSSELS, "nl") == "22 november 2026"
        assert moments.day(datetime(2026, 10, 31, 23, 30), BRUSSELS, "fr") == "1er novembre 2026"  # noqa: DTZ001

    @pytest.mark.parametrize(
        ("seconds", "language", "written"),
        [(0.83, "en", "0.8 s"), (0.83, "nl", "0,8 s"), (460, "fr", "7 min 40 s"), (7500, "nl", "2 u 5 min")],
    )
    def test_a_duration(self, seconds, language, written):
        assert moments.duration(seconds, language).replace("\N{NO-BREAK SPACE}", " ") == written

    @given(st.floats(0, 1e6), st.sampled_from(["nl", "fr", "en"]))
    def test_every_duration_can_be_written(self, seconds, language):
        assert moments.duration(seconds, language)

    def test_a_share(self):
        assert moments.percent(23, 4600, "en") == "0.5%"
        assert moments.percent(23, 4600, "fr") == "0,5\N{NO-BREAK SPACE}%"
        assert moments.percent(0, 0, "nl") == "0\N{NO-BREAK SPACE}%"


class TestHealth:
    @pytest.mark.parametrize(
        ("status", "failed", "silent", "word"),
        [
            ("running", 0, False, Health.RUNNING),
            ("running", 0, True, Health.SILENT),
            ("finished", 0, True, Health.CLEAN),
            ("finished", 1, False, Health.PROBLEMS),
            ("incomplete", 0, False, Health.INCOMPLETE),
            ("failed", 9, False, Health.FAILED),
            ("interrupted", 0, False, Health.STOPPED),
        ],
    )
    def test_a_run_in_a_word(self, status, failed, silent, word):
        assert health(status, failed, silent=silent) is word


SOURCE = """
sources:
  - name: gent
    title: {title}
    protocol: opendatasoft
    url: https://data.example
    organization: {{name: gent, title: Stad Gent}}
    language: nl
    metadata_license: https://creativecommons.org/publicdomain/zero/1.0/
"""


class TestTitles:
    def parse(self, title: str, more: str = ""):
        return declaration.parse(SOURCE.format(title=title) + more, {"opendatasoft"})[0]

    def test_one_title_stands_for_all_languages(self):
        found = self.parse("Open data Gent")
        assert found.title == dict.fromkeys(("nl", "fr", "en"), "Open data Gent")
        assert found.organization.title["fr"] == "Stad Gent"

    def test_a_title_and_a_description_in_each_language(self):
        found = self.parse("{nl: Gent, fr: Gand, en: Ghent}", "    description: {nl: een, fr: un, en: one}\n")
        assert found.title["fr"] == "Gand"
        assert found.description == {"nl": "een", "fr": "un", "en": "one"}
        assert found.settings["title"] == found.title

    def test_a_missing_language_is_a_mistake(self):
        with pytest.raises(declaration.DeclarationError, match="a description in that language"):
            self.parse("Gent", "    description: {nl: een, fr: un}\n")

    def test_a_source_needs_a_title(self):
        with pytest.raises(declaration.DeclarationError, match="lacks 'title'"):
            declaration.parse(SOURCE.format(title="x").replace("    title: x\n", ""), {"opendatasoft"})
