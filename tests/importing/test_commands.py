"""``ckan oslo template`` and ``ckan oslo import``: a rehearsal, then all rows or none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests.helpers import call_action

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

HEADER = "title_translated-nl;title_translated-fr;notes_translated-nl;issued;mobility_theme;resources-0-url\n"
GOOD = (
    f"{HEADER}Stallingen;Parkings;Uitleg;28/02/2026;Fietsenstallingen;https://files.example/1.csv\n"
    "Laadpunten;;Uitleg;;;\n"
)


@pytest.fixture
def ask(with_extended_cli: None, cli: Any):
    def asking(*words: str) -> Any:
        return cli.invoke(ckan, ["oslo", *words])

    return asking


def sheet(folder: Path, text: str) -> str:
    file = folder / "datasets.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def count() -> int:
    model.Session.rollback()
    return model.Session.query(model.Package).filter_by(state="active").count()


def brought(ask: Any, organization: dict[str, Any], file: str, *more: str) -> Any:
    return ask("import", file, "--type", "mobility", "--organization", organization["name"], *more)


def test_a_rehearsal_saves_nothing_and_applying_adds_all(ask: Any, organization: Any, tmp_path: Path) -> None:
    file = sheet(tmp_path, GOOD)
    rehearsed = brought(ask, organization, file)
    assert (rehearsed.exit_code, count()) == (0, 0), rehearsed.output
    assert "2 rows" in rehearsed.output
    done = brought(ask, organization, file, "--apply")
    assert (done.exit_code, count()) == (0, 2), done.output
    found = call_action("package_search", q="stallingen")["results"]
    assert [one["title_translated"] for one in found] == [{"nl": "Stallingen", "fr": "Parkings"}]
    assert found[0]["issued"] == "2026-02-28"
    assert found[0]["mobility_theme"] == ["https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"]
    assert found[0]["resources"][0]["format"] == "CSV"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Zomer;;Uitleg;31/02/2026;;\n", "row 4: Eerste publicatie: 31/02/2026 bestaat niet"),
        (";;Uitleg;;;\n", "row 4: Titel: Geef een titel in minstens één taal."),
        ("=1+1;;Uitleg;;;\n", "formule"),
        ("Thema;;Uitleg;;bestaat niet;\n", "row 4: Wat over mobiliteit: "),
    ],
)
def test_one_wrong_row_and_none_is_added(ask: Any, organization: Any, tmp_path: Path, row: str, said: str) -> None:
    done = brought(ask, organization, sheet(tmp_path, GOOD + row), "--apply", "--language", "nl")
    assert (done.exit_code, count()) == (1, 0)
    assert said in done.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("naam;kleur\nx;rood\n", "naam, kleur"),
        (HEADER, "fill in a row"),
        ("title_translated-nl;Titel (Nederlands)\nx;y\n", "stands there twice"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_told_as_a_whole(
    ask: Any, organization: Any, tmp_path: Path, text: str, said: str
) -> None:
    done = brought(ask, organization, sheet(tmp_path, text))
    assert done.exit_code == 1
    assert said in done.output


def test_somebody_who_may_not_add_for_an_organization_adds_nothing(ask: Any, tmp_path: Path, organization: Any) -> None:
    stranger = call_action("user_create", name="stranger", email="stranger@example.org", password="abcdefgh12")
    done = brought(ask, organization, sheet(tmp_path, GOOD), "--apply", "--user", stranger["name"])
    assert (done.exit_code, count()) == (1, 0)
    assert "You may not add datasets for this organization." in done.output


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("dataset_type", ["dataset", "work", "mobility"])
def test_a_template_is_understood_when_it_is_filled_in(
    ask: Any, organization: Any, tmp_path: Path, dataset_type: str, language: str
) -> None:
    file = tmp_path / "template.xlsx"
    assert ask("template", str(file), "--type", dataset_type, "--language", language).exit_code == 0
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    names = [cell.value for cell in page[1]]
    assert page.data_validations.dataValidation  # drop-downs
    page.cell(3, names.index("title_translated-fr") + 1, "Depuis le modèle")
    page.cell(3, names.index("notes_translated-fr") + 1, "Une explication.")
    saved = io.BytesIO()
    book.save(saved)
    file.write_bytes(saved.getvalue())
    done = ask("import", str(file), "--type", dataset_type, "--organization", organization["name"], "--apply")
    assert done.exit_code == 0, done.output
    assert call_action("package_show", id=done.output.split()[0])["type"] == dataset_type
