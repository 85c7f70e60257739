"""The trend of a source on the page of all sources: drawn from its runs, told in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.engine.tables import HarvestRun, now
from ckanext.harvesters.pages import trend
from tests.harvesters.engine.conftest import harvest, make_source
from tests.pages.reading import one, read, select, text


def day(number: int) -> date:
    return date(2026, 11, number)


def test_a_line_from_the_least_to_the_most() -> None:
    drawn = trend.draw([(day(1), 100), (day(8), 90), (day(15), 112)])
    assert drawn is not None
    assert (drawn.change, drawn.days) == (12, 14)
    assert drawn.points == "2,10.7 36,18 70,2"
    assert drawn.end == (70.0, 2.0)


def test_a_level_line_and_one_day_without_line() -> None:
    level = trend.draw([(day(1), 5), (day(2), 5)])
    assert level is not None
    assert (level.points, level.change) == ("2,10 70,10", 0)
    assert trend.draw([(day(1), 5)]) is trend.draw([]) is None


def ran(source_id: str, days_ago: float, unchanged: int, **values: object) -> None:
    """Note a run of some days ago."""
    moment: datetime = now() - timedelta(days=days_ago)
    run = {"status": "finished", "worker": "", "started": moment, "finished": moment, "seen": unchanged, **values}
    model.Session.add(HarvestRun(source_id=source_id, unchanged=unchanged, **run))
    model.Session.commit()


@pytest.fixture
def grown(source) -> str:
    """Let a source have grown, with what does not count in between."""
    ran(source.id, 40, 500)
    ran(source.id, 27.9, 100)
    ran(source.id, 14, 3, status="incomplete")
    ran(source.id, 13, 104)
    ran(source.id, 12, 90, reason="mapped-again")
    ran(source.id, 0, 112, failed=3, out_of_scope=8)
    return source.id


@pytest.mark.usefixtures("with_plugins")
class TestOverview:
    @pytest.mark.parametrize(
        ("language", "said"), [("nl", "+12 in 4 weken"), ("fr", "+12 en 4 semaines"), ("en", "+12 in 4 weeks")]
    )
    def test_the_line_and_its_words(self, app, grown, language, said) -> None:
        row = one(read(app.get(f"/{language}/harvest").body), ".harvest-sources tbody tr")
        assert text(one(row, ".trend")) == said
        assert one(row, ".trend svg").get("aria-hidden") == "true"
        assert len(one(row, "polyline").get("points").split()) == 3

    def test_less_than_two_weeks_are_told_in_days(self, app, source) -> None:
        ran(source.id, 5, 10)
        ran(source.id, 0, 8)
        assert text(one(read(app.get("/en/harvest").body), ".trend")) == "\N{MINUS SIGN}2 in 5 days"

    def test_a_source_read_once_has_none(self, app, source) -> None:
        harvest(source)
        page = read(app.get("/en/harvest").body)
        assert not select(page, ".trend")

    def test_all_sources_are_asked_for_at_once(self, grown) -> None:
        others = [make_source(f"other-{number}", f"https://e{number}.example/") for number in range(3)]
        for other in others:
            ran(other.id, 3, 5)
            ran(other.id, 1, 6)
        asked: list[str] = []
        engine = model.Session.get_bind()

        def note(_connection, _cursor, statement, *_more) -> None:
            asked.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            found = trend.of_sources([grown, *(other.id for other in others)])
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        assert len(found) == 4
        assert sum("harvest_run" in statement for statement in asked) == 1
