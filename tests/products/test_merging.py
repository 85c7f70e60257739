from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ckanext.eurometropool.products.merging import Delivery, Failure, Plan, SourceState, merge
from ckanext.eurometropool.products.stations import Flaw, Row, RowProblem, Station

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOWN = Failure("connection", {"nl": "weg", "fr": "parti", "en": "gone"})
LATER = NOON + timedelta(minutes=1)


def station(number: int, source: str = "mel", bikes: int = 3) -> Station:
    return Station(f"{source}:{number}", "Name", 3.1, 50.7, 10, bikes, 10 - bikes, NOON, source, "CC0", "BE-34027")


def delivered(*stations: Station) -> Delivery:
    return Delivery(stations, ())


def after(rows: dict[str, Row], plan: Plan) -> dict[str, Row]:
    kept = {key: row for key, row in rows.items() if key not in plan.deletes}
    return kept | {row["id"]: row for row in plan.upserts}


def test_first_answer_writes_all_rows():
    plan = merge([], {}, {"mel": delivered(station(1), station(2))}, NOON)
    assert [row["id"] for row in plan.upserts] == ["mel:1", "mel:2"]
    assert plan.states == (SourceState("mel", fetched=NOON, stations=2),)


def test_unchanged_answer_writes_no_row():
    rows = [station(1).row()]
    plan = merge(rows, {}, {"mel": delivered(station(1))}, LATER)
    assert (plan.upserts, plan.deletes) == ((), ())
    assert plan.states[0].fetched == LATER


def test_only_changed_and_new_rows_are_written_and_gone_ones_deleted():
    rows = [station(1).row(), station(2).row(), station(3).row()]
    plan = merge(rows, {}, {"mel": delivered(station(1), station(2, bikes=9), station(4))}, NOON)
    assert [row["id"] for row in plan.upserts] == ["mel:2", "mel:4"]
    assert plan.deletes == ("mel:3",)


def test_failing_source_keeps_its_rows_marked_since_its_first_failure_and_others_go_on():
    rows = {s.id: s.row() for s in (station(1), station(1, "vlaanderen"))}
    states = {"mel": SourceState("mel", fetched=NOON, stations=1)}
    plan = merge(rows.values(), states, {"mel": DOWN, "vlaanderen": delivered(station(1, "vlaanderen", 5))}, LATER)
    rows = after(rows, plan)
    assert rows["mel:1"] == station(1).row() | {"stale_since": "2026-03-02T12:01:00"}
    assert rows["vlaanderen:1"]["bikes"] == 5
    assert rows["vlaanderen:1"]["stale_since"] is None

    again = merge(rows.values(), {s.source: s for s in plan.states}, {"mel": DOWN}, LATER + timedelta(hours=1))
    assert again.states[0].failed_since == LATER
    assert again.states[0].fetched == NOON
    assert "mel:1" not in {row["id"] for row in again.upserts}


def test_source_that_answers_again_is_fresh():
    stale = station(1).row() | {"stale_since": "2026-03-02T12:01:00"}
    states = {"mel": SourceState("mel", fetched=NOON, failed_since=NOON, failure=DOWN)}
    plan = merge([stale], states, {"mel": delivered(station(1))}, LATER)
    assert plan.upserts == (station(1).row(),)
    assert plan.states[0].stale_since(LATER, 600) is None


def test_source_that_left_the_definition_loses_its_rows():
    plan = merge([station(1, "old").row()], {}, {"mel": delivered(station(1))}, NOON)
    assert plan.deletes == ("old:1",)


def test_source_nobody_asked_for_a_long_time_is_stale_without_a_failure():
    state = SourceState("mel", fetched=NOON)
    assert state.stale_since(NOON + timedelta(seconds=599), 600) is None
    assert state.stale_since(NOON + timedelta(seconds=601), 600) == NOON


def test_state_survives_being_written_down():
    problem = RowProblem("mel", "7", "x", "50.7", Flaw.SWAPPED, dropped=False)
    state = SourceState("mel", NOON, LATER, DOWN, stations=3, flawed=1, problems=(problem,))
    assert SourceState.from_json(state.to_json()) == state
    assert SourceState.from_json(replace(state, failure=None).to_json()).failure is None
