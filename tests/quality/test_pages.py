"""The pages of quality: an organization's, its file, and the dataset's."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

from ckan import model

from ckanext.oslo.quality import chart, jobs, store
from ckanext.oslo.quality.tables import now
from tests.feeds.conftest import act


def test_the_organization_s_page_lists_sorts_and_leads_to_what_to_repair(app: Any, make: Any) -> None:
    make(title_translated={"nl": "Bomen"}, tags_translated={}), make(title_translated={"nl": "Appels <b>"})
    jobs.measure_stale(60)
    page = app.get("/nl/organization/stad-kortrijk/quality", status=200).body
    assert "Kwaliteit van de data van Stad Kortrijk" in page
    assert "Appels &lt;b&gt;" in page
    assert page.index("Bomen") < page.index("Appels")
    by_title = app.get("/nl/organization/stad-kortrijk/quality?sort=title", status=200).body
    assert by_title.index("Appels") < by_title.index("Bomen")
    assert 'aria-sort="ascending"' in by_title
    repair = app.get("/nl/organization/stad-kortrijk/quality?problem=keyword", status=200).body
    assert "Alleen die met dit probleem: Geen trefwoorden." in repair
    assert "Appels" not in repair
    assert app.get("/nl/organization/stad-kortrijk/quality?sort=x&order=y&problem=z&page=9").status_code == 200


def test_the_page_speaks_french(app: Any, make: Any, organization: dict[str, Any]) -> None:
    titles = {"nl": "Ville de Courtrai in het Nederlands", "fr": "Ville de Courtrai"}
    act("organization_patch", id=organization["id"], title_translated=titles)
    make(title_translated={"nl": "Bomen", "fr": "Arbres"})
    jobs.measure_stale(60)
    page = app.get("/fr/organization/stad-kortrijk/quality", status=200).body
    assert "Qualité des données\u00a0: Ville de Courtrai" in page
    assert "Arbres" in page
    assert "En néerlandais et en français" in page
    assert "ici, jeu par jeu" in page
    assert "Bomen" not in page
    assert "À corriger d’abord" in page


def test_an_organization_without_datasets_or_that_is_not_there(app: Any, organization: dict[str, Any]) -> None:
    assert "Er is nog niets gemeten." in app.get("/nl/organization/stad-kortrijk/quality", status=200).body
    app.get("/organization/nothing/quality", status=404)
    app.get("/organization/nothing/quality.csv", status=404)


def test_the_trend_is_drawn_and_told(app: Any, make: Any) -> None:
    make()
    jobs.measure_stale(60)
    for days in (40, 20, 0):
        store.write_day(now().date() - timedelta(days=days))
    model.Session.commit()
    page = app.get("/en/organization/stad-kortrijk/quality", status=200).body
    assert re.search(r'<polyline class="ln" points="0.0,[\d.]+ 340.0,[\d.]+ 680.0,[\d.]+"', page)
    assert "Average from" in page


def test_a_line_needs_two_days() -> None:
    day = {"day": "2026-11-22", "points": 405.0}
    assert chart.line([day], []) is None
    drawn = chart.line([{"day": "2026-11-01", "points": 0.0}, day], [])
    assert drawn is not None
    assert drawn.points == "0.0,180.0 680.0,0.0"
    assert (drawn.first, drawn.last, drawn.others) == (0, 100, "")


def test_the_words_at_the_ends_of_two_lines_stand_apart() -> None:
    own = [{"day": "2026-11-01", "points": 200.0}, {"day": "2026-11-22", "points": 300.0}]
    for points in (290.0, 300.0, 310.0):
        others = [one | {"points": points} for one in own]
        drawn = chart.line(own, others)
        assert drawn is not None
        assert abs(drawn.label - drawn.others_label) >= chart.LINE
        assert drawn.others_last == round(100 * points / 405)


def test_the_file_has_a_row_a_dataset_and_no_formula(app: Any, make: Any) -> None:
    make(title_translated={"nl": "=HYPERLINK(1)"})
    jobs.measure_stale(60)
    answer = app.get("/organization/stad-kortrijk/quality.csv", status=200)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "quality-stad-kortrijk.csv" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["title"] == "'=HYPERLINK(1)"
    assert row["of"] == "405"
    assert row["keyword"] == "30.0"


def test_the_dataset_s_page_shows_the_score_and_what_to_do_next_to_who_may_edit(
    app: Any, make: Any, steward: dict[str, Any]
) -> None:
    dataset = make(tags_translated={})
    jobs.measure_stale(60)
    address = f"/nl/work/{dataset['name']}"
    public = app.get(address, status=200).body
    assert "Kwaliteit van de beschrijving" in public
    assert "Wat nu te doen" not in public
    mine = app.get(address, headers={"Authorization": steward["token"]}, status=200).body
    assert "Wat nu te doen" in mine
    assert re.search(r"Voeg trefwoorden toe</a></span> <span class=\"gain\">\+30 punten", mine)


def test_without_script_the_form_shows_what_was_saved(app: Any, make: Any, steward: dict[str, Any]) -> None:
    dataset = make(tags_translated={})
    headers = {"Authorization": steward["token"]}
    page = app.get(f"/nl/work/edit/{dataset['name']}", headers=headers, status=200).body
    panel = page[page.index("data-oslo-panel") :]
    assert "Voeg trefwoorden toe" in panel
    assert "Vul “Trefwoorden” in: StatDCAT-AP raadt het aan." in panel
