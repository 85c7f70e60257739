"""Everything a person sees is said in Dutch and French, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "ckanext-eurometropool/ckanext/eurometropool"
METHODS = [("**.py", "python"), ("**.html", "ckan.lib.extract:extract_ckan")]
KEYWORDS = {"_": None, "ngettext": (1, 2), "ungettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")
#: Names of variables that hold a singular or plural: the extractor takes them for what is said.
VARIABLES = {"one", "many", "all"}


def said() -> set[str]:
    found = set()
    for _file, _line, message, _comments, _context in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        message = message[0] if isinstance(message, tuple) else message
        if message not in VARIABLES:
            found.add(message)
    return found


@pytest.mark.parametrize("language", ["nl", "fr"])
class TestCatalogue:
    @pytest.fixture
    def folder(self, language) -> Path:
        return PACKAGE / "i18n" / language / "LC_MESSAGES"

    def test_everything_is_translated(self, folder):
        with (folder / "ckanext-eurometropool.po").open("rb") as file:
            catalogue = read_po(file)
        known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id and m.string and not m.fuzzy}
        assert said() - known == set()

    def test_placeholders_survive(self, folder):
        with (folder / "ckanext-eurometropool.po").open("rb") as file:
            for message in read_po(file):
                if message.id:
                    source = message.id[-1] if isinstance(message.id, tuple) else message.id
                    target = message.string[-1] if isinstance(message.string, tuple) else message.string
                    assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source

    def test_the_compiled_catalogue_is_that_of_the_source(self, folder):
        with (folder / "ckanext-eurometropool.po").open("rb") as file:
            source = texts(read_po(file))
        with (folder / "ckanext-eurometropool.mo").open("rb") as file:
            compiled = texts(read_mo(file))
        assert compiled == source


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {tuple(_forms(m.id)): tuple(_forms(m.string)) for m in catalogue if m.id}


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_french_takes_its_no_break_spaces():
    with (PACKAGE / "i18n/fr/LC_MESSAGES/ckanext-eurometropool.po").open("rb") as file:
        said_in_french = [text for forms in texts(read_po(file)).values() for text in forms]
    assert [text for text in said_in_french if re.search(r" [:;?!»%]|« ", text)] == []
