"""Scores, links and the trend in the database, and the jobs that fill them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_auth

from ckanext.oslo.cli import oslo
from ckanext.oslo.quality import config, jobs, store
from ckanext.oslo.quality.links import Outcome
from ckanext.oslo.quality.tables import DatasetQuality, Link, QualityDay, now
from tests.feeds.conftest import act

URL = "https://data.kortrijk.be/vacatures.csv"


def measured(dataset: dict[str, Any]) -> int:
    jobs.measure_one(dataset["id"])
    row = model.Session.get(DatasetQuality, dataset["id"])
    assert row is not None
    return row.points


def test_what_changed_is_stale_and_measured_once(make: Any) -> None:
    first, second = make(), make(type="mobility")
    assert set(store.stale(10)) == {first["id"], second["id"]}
    assert jobs.measure_stale(60) is False
    assert store.stale(10) == []
    act("package_patch", id=first["id"], tags_translated={})
    assert store.stale(10) == [first["id"]]
    before = model.Session.get(DatasetQuality, first["id"]).points
    assert measured(first) == before - 30


def test_a_link_that_breaks_makes_its_datasets_stale_and_costs_points(make: Any) -> None:
    dataset = make()
    points = measured(dataset)
    assert store.links_due(10) == [URL]
    store.keep_outcome(Outcome(URL, answers=True, status=200))
    model.Session.commit()
    assert store.links_due(10) == []
    assert store.stale(10) == [dataset["id"]]
    assert measured(dataset) == points + 80
    store.keep_outcome(Outcome(URL, answers=False, status=404, reason="status"))
    model.Session.commit()
    assert measured(dataset) == points
    (link,) = store.broken_links(dataset["id"])
    assert (link.status, link.failures) == (404, 1)
    shown = act("oslo_quality", id=dataset["id"])
    assert [one["url"] for one in shown["broken_links"]] == [URL]
    assert shown["next_steps"][0]["metric"] == "access_url_answers"


def test_the_same_answer_again_makes_nothing_stale(make: Any) -> None:
    measured(make())
    for _ in range(2):
        store.keep_outcome(Outcome(URL, answers=True, status=200))
        model.Session.commit()
        jobs.measure_stale(60)
    changed = model.Session.get(Link, URL).changed
    store.keep_outcome(Outcome(URL, answers=True, status=200))
    model.Session.commit()
    assert model.Session.get(Link, URL).changed == changed
    assert store.stale(10) == []


def test_failures_are_asked_again_later_and_later(make: Any) -> None:
    measured(make())
    waits = []
    for _ in range(7):
        store.keep_outcome(Outcome(URL, answers=False, reason="connection"))
        waits.append(round((model.Session.get(Link, URL).due - now()) / timedelta(hours=1)))
    assert waits == [12, 24, 48, 96, 192, 336, 336]
    store.keep_outcome(Outcome(URL, answers=None, status=429, rest=7200))
    link = model.Session.get(Link, URL)
    assert link.answers is False
    assert round((link.due - now()) / timedelta(hours=1)) == 2


def test_a_host_with_many_addresses_does_not_keep_others_waiting(make: Any) -> None:
    crowd = [f"https://Crowd.example/{number}.csv" for number in range(3)]
    measured(make(resources=[{"url": url} for url in [*crowd, "https://lone.example/a.csv"]]))
    assert store.links_due(10) == [crowd[0], "https://lone.example/a.csv", *crowd[1:]]


def test_a_host_that_asks_for_patience_gets_it_for_all_its_addresses(make: Any) -> None:
    urls = [f"https://busy.example/{number}.csv" for number in range(2)]
    measured(make(resources=[{"url": url} for url in [*urls, URL]]))
    store.keep_outcome(Outcome(urls[0], answers=None, status=429, rest=7200))
    model.Session.commit()
    assert store.links_due(10) == [URL]
    due = [model.Session.get(Link, url).due for url in urls]
    assert due[0] == due[1]


def test_links_that_no_dataset_has_are_forgotten(make: Any) -> None:
    dataset = make()
    measured(dataset)
    act("package_patch", id=dataset["id"], resources=[{"url": "https://data.kortrijk.be/other.csv"}])
    measured(dataset)
    store.forget_links()
    model.Session.commit()
    assert [link.url for link in model.Session.query(Link)] == ["https://data.kortrijk.be/other.csv"]


def test_a_purged_dataset_takes_its_score_along(make: Any) -> None:
    dataset = make()
    measured(dataset)
    act("dataset_purge", id=dataset["id"])
    assert model.Session.query(DatasetQuality).count() == 0
    jobs.measure_one(dataset["id"])


def test_a_day_has_one_average_for_each_scope(make: Any, organization: dict[str, Any]) -> None:
    points = [measured(make()), measured(make(guid="1", harvest_source_name="odwb"))]
    make(private=True)
    jobs.measure_stale(60)
    for day in (date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 22)):
        store.write_day(day)
    model.Session.commit()
    rows = {(row.day.day, row.scope, row.scope_id): row for row in model.Session.query(QualityDay)}
    assert len(rows) == 6
    assert rows[(22, "catalogue", "")].datasets == 2
    assert rows[(22, "catalogue", "")].points == sum(points) / 2
    assert rows[(22, "organization", organization["id"])].datasets == 2
    assert rows[(22, "source", "odwb")].points == points[1]
    assert act("oslo_quality", source="odwb")["datasets"] == 1


def test_the_action_sums_up_public_datasets(make: Any, organization: dict[str, Any]) -> None:
    make(), make(tags_translated={}), make(private=True)
    jobs.measure_stale(60)
    found = act("oslo_quality", organization=organization["name"])
    assert found["datasets"] == 2
    assert found["datasets"] == sum(found["ratings"].values())
    keyword = next(one for one in found["problems"] if one["metric"] == "keyword")
    assert (keyword["datasets"], keyword["gain"]) == (1, 15.0)
    assert [one["gain"] for one in found["problems"]] == sorted(
        (one["gain"] for one in found["problems"]), reverse=True
    )
    assert act("oslo_quality")["datasets"] == 2
    with pytest.raises(toolkit.ObjectNotFound):
        act("oslo_quality", organization="nothing")


def test_a_private_dataset_s_score_is_for_those_who_may_see_it(make: Any) -> None:
    private = make(private=True)
    with pytest.raises(toolkit.NotAuthorized):
        call_auth("oslo_quality", {"user": factories.User()["name"]}, id=private["id"])
    assert call_auth("oslo_quality", {"user": ""})


def test_a_score_of_an_older_state_is_not_shown(make: Any) -> None:
    dataset = make()
    before = act("oslo_quality", id=dataset["id"])["points"]
    measured(dataset)
    act("package_patch", id=dataset["id"], tags_translated={})
    assert act("oslo_quality", id=dataset["id"])["points"] == before - 30


def test_two_workers_do_not_measure_at_once(make: Any) -> None:
    dataset = make()
    with jobs._alone() as alone:
        assert alone
        jobs.turn()
    assert model.Session.get(DatasetQuality, dataset["id"]) is None
    jobs.turn()
    assert model.Session.get(DatasetQuality, dataset["id"]) is not None


def test_ticks_are_armed_once_and_do_their_round(make: Any) -> None:
    queue = toolkit.get_job_queue(config.queue())
    registry = queue.scheduled_job_registry
    queue.empty()
    for key in queue.connection.scan_iter("rq:job:*-quality-*"):
        registry.remove(key.decode().removeprefix("rq:job:"))
        queue.connection.delete(key)
    jobs.arm(), jobs.arm()
    # This slot's and the next one's: a worker that dies in one does not end the chain.
    assert len([one for one in registry.get_job_ids() if "-quality-" in one]) == 2
    make()
    toolkit.config["ckanext.oslo.quality.links"] = False
    try:
        jobs.tick()
    finally:
        del toolkit.config["ckanext.oslo.quality.links"]
    assert store.stale(10) == []
    assert model.Session.query(QualityDay).filter_by(scope="catalogue").count() == 1


def test_saving_asks_for_a_measure_and_a_harvest_s_write_does_not(make: Any) -> None:
    queue = toolkit.get_job_queue(config.queue())
    queue.empty()
    dataset = make()
    assert [job.args[0] for job in queue.jobs if job.func_name.endswith("measure_one")] == [dataset["id"]]
    queue.empty()
    jobs.changed("package_update", context={"defer_commit": True}, result={"id": dataset["id"]}, data_dict={})
    assert [job for job in queue.jobs if job.func_name.endswith("measure_one")] == []


@pytest.mark.ckan_config("ckanext.oslo.fetch.allow", "127.0.0.0/8")
@pytest.mark.ckan_config("ckanext.oslo.quality.link_pause", "0")
def test_the_job_asks_real_addresses(make: Any, served: Any) -> None:
    address = served({"/good.csv": (200, {}, b"a"), "/elsewhere.csv": (301, {"Location": "/good.csv"}, b"")})
    names = ("good", "elsewhere", "gone")
    dataset = make(resources=[{"url": f"{address}/{name}.csv"} for name in names])
    measured(dataset)
    assert jobs.check_links(10) is False
    found = {link.url.rsplit("/", 1)[-1]: link.answers for link in model.Session.query(Link)}
    assert found == {"good.csv": True, "elsewhere.csv": True, "gone.csv": False}
    jobs.measure_stale(60)
    score = store.of_dataset(dataset["id"])
    share = {one.metric.name: one.share for one in score.measures}["access_url_answers"]
    assert share == pytest.approx(2 / 3, abs=1e-3)


def test_commands(make: Any, cli: Any) -> None:
    dataset = make()
    assert "1 datasets, on average" in cli.invoke(oslo, ["quality", "measure"]).output
    assert "of 405 points" in cli.invoke(oslo, ["quality", "show", dataset["name"]]).output
    assert cli.invoke(oslo, ["quality", "show", "--json"]).output.startswith("{")
    assert cli.invoke(oslo, ["quality", "show", "nothing"]).exit_code == 1
