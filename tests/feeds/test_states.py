"""Who may see a dataset decides at once whether it is in the feeds; what is wrong with one costs only that one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.oslo import profiles
from ckanext.oslo.feeds import due, store
from ckanext.oslo.feeds.rebuild import rebuild
from ckanext.oslo.feeds.tables import FeedDue, FeedEntry
from tests.feeds.conftest import Make, act, catalogue, datasets, triples, unzipped

Change = Callable[[dict[str, Any]], Any]


def kept(dataset: dict[str, Any]) -> int:
    model.Session.rollback()
    query = sa.select(sa.func.count()).select_from(FeedEntry).where(FeedEntry.package_id == dataset["id"])
    return model.Session.execute(query).scalar_one()


def everywhere(app: Any, dataset: dict[str, Any]) -> set[bool]:
    """Tell in which ways the dataset can be had."""
    page = catalogue(app)
    dump = datasets(unzipped(app.get("/dump/dcat_ap_3.nt.gz").data, "nt"))
    stream = app.get("/ldes/dcat_ap_3/0", headers={"Accept": "application/n-quads"}).data.decode()
    alone = app.get(f"/dataset/{dataset['id']}.nt").status_code == 200
    content = any("#Dataset>" in line and dataset["id"] in line for line in stream.splitlines())
    return {any(dataset["id"] in iri for iri in found) for found in (page, dump)} | {alone, content}


CHANGES: dict[str, Change] = {
    "private": lambda one: act("package_patch", id=one["id"], private=True),
    "draft": lambda one: act("package_patch", id=one["id"], state="draft"),
    "deleted": lambda one: act("package_delete", id=one["id"]),
    "purged": lambda one: act("dataset_purge", id=one["id"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_nobody_may_see_is_out_of_every_feed(app: Any, make: Make, change: str) -> None:
    stays, goes = make(), make()
    assert everywhere(app, goes) == {True}
    CHANGES[change](goes)
    assert everywhere(app, goes) == {False}
    assert everywhere(app, stays) == {True}


def test_it_goes_with_the_transaction_that_changes_it(make: Make) -> None:
    made = make()
    assert kept(made) > 0
    change = sa.text("UPDATE package SET private = true WHERE id = :id")
    model.Session.execute(change, {"id": made["id"]})
    count = sa.text("SELECT count(*) FROM oslo_feed_entry WHERE package_id = :id")
    assert model.Session.execute(count, {"id": made["id"]}).scalar() == 0
    assert kept(made) > 0  # rolled back: it never happened
    model.Session.execute(change, {"id": made["id"]})
    model.Session.commit()
    assert kept(made) == 0


def test_the_organizations_datasets_go_with_it(app: Any, make: Make, organization: dict[str, Any]) -> None:
    made = make()
    model.Session.execute(sa.text("UPDATE \"group\" SET state = 'deleted' WHERE id = :id"), {"id": organization["id"]})
    model.Session.commit()
    assert kept(made) == 0
    assert catalogue(app) == set()
    model.Session.execute(sa.text("UPDATE \"group\" SET state = 'active' WHERE id = :id"), {"id": organization["id"]})
    model.Session.commit()
    assert len(catalogue(app)) == 1


def test_private_ones_come_when_they_are_published(app: Any, make: Make) -> None:
    made = make(private=True)
    assert catalogue(app) == set()
    assert kept(made) == 0
    act("package_patch", id=made["id"], private=False)
    assert everywhere(app, made) == {True}


def test_who_may_see_a_private_dataset_may_see_its_rdf(app: Any, make: Make, organization: dict[str, Any]) -> None:
    made = make(private=True)
    token = factories.APIToken(user=_member(organization))["token"]
    app.get(f"/dataset/{made['name']}.ttl", status=404)
    answer = app.get(f"/dataset/{made['name']}.ttl", headers={"Authorization": token}, status=200)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert triples(answer.data, "ttl")
    stranger = factories.UserWithToken()["token"]
    app.get(f"/dataset/{made['name']}.ttl", headers={"Authorization": stranger}, status=404)


def _member(organization: dict[str, Any]) -> str:
    user = factories.User()
    act("organization_member_create", id=organization["id"], username=user["name"], role="editor")
    return user["id"]


def test_a_save_is_in_the_feed_when_it_is_done(make: Make) -> None:
    made = make()
    assert kept(made) >= 3
    assert due.left() == 0
    act("package_patch", id=made["id"], version="7.3")
    assert due.left() == 0
    query = sa.select(FeedEntry.digest).where(FeedEntry.package_id == made["id"])
    before = set(model.Session.execute(query).scalars())
    act("package_patch", id=made["id"], version="7.4")
    assert before.isdisjoint(model.Session.execute(query).scalars())


def test_an_organizations_new_name_reaches_its_datasets(app: Any, make: Make, organization: dict[str, Any]) -> None:
    made = make(publisher=[])
    act(
        "organization_patch",
        id=organization["id"],
        title_translated={"nl": "Kortrijk de stad"},
        name="kortrijk-de-stad",
    )
    assert "Kortrijk de stad" in app.get(f"/dataset/{made['name']}.ttl").data.decode()
    assert len(catalogue(app, "?publisher=kortrijk-de-stad")) == 1
    assert catalogue(app, "?publisher=stad-kortrijk") == set()


def test_a_change_past_ckan_reaches_the_feeds(app: Any, make: Make) -> None:
    made = make()
    model.Session.execute(sa.text("UPDATE package SET version = 'from outside'"))
    model.Session.commit()
    assert "from outside" in app.get(f"/dataset/{made['name']}.ttl").data.decode()


def test_harvest_sources_are_no_datasets(app: Any, make: Make, organization: dict[str, Any]) -> None:
    source = {"name": "a-source", "title": "x", "url": "http://example.org/x", "source_type": "opendatasoft"}
    act("harvest_source_create", **source, owner_org=organization["id"], frequency="MANUAL")
    make()
    assert len(catalogue(app)) == 1
    assert due.left() == 0


class TestOneThatCannotBeWritten:
    @pytest.fixture
    def two(self, make: Make) -> list[dict[str, Any]]:
        made = [make(), make()]
        _spoil(made[0], "alternate_identifier", '[{"a": 1}]')
        return made

    def test_is_left_out_and_breaks_nothing(self, app: Any, two: list[dict[str, Any]]) -> None:
        bad, good = two
        assert [one for one in two if any(one["id"] in iri for iri in catalogue(app))] == [good]
        assert app.get(f"/dataset/{bad['name']}.ttl", status=404).data.decode().startswith("The dataset")
        assert everywhere(app, bad) == {False}

    def test_is_told_by_check(self, cli: Any, two: list[dict[str, Any]]) -> None:
        from ckan.cli.cli import ckan

        done = cli.invoke(ckan, ["oslo", "feed", "check"])
        assert done.exit_code == 1
        assert f"{two[0]['name']}\tdcat_ap_3\talternate_identifier/0: expected a text" in done.output
        assert "dcat_ap_3: 1 datasets" in done.output

    def test_comes_back_when_it_is_mended(self, app: Any, two: list[dict[str, Any]]) -> None:
        catalogue(app)
        _spoil(two[0], "alternate_identifier", '["a"]')
        assert everywhere(app, two[0]) == {True}


def _spoil(dataset: dict[str, Any], field: str, value: str) -> None:
    """Write a value into the database that no validator would let in."""
    statement = "UPDATE package SET extras = jsonb_set(extras, ARRAY[:field], to_jsonb(CAST(:value AS text)))"
    model.Session.execute(sa.text(f"{statement} WHERE id = :id"), {"field": field, "value": value, "id": dataset["id"]})
    model.Session.commit()


class TestRebuild:
    def test_fills_empty_tables(self, app: Any, make: Make, cli: Any) -> None:
        from ckan.cli.cli import ckan

        for _ in range(3):
            make()
        before = unzipped(app.get("/dump/dcat_ap_3.nt.gz").data, "nt")
        model.Session.execute(sa.delete(FeedEntry))
        model.Session.commit()
        done = cli.invoke(ckan, ["oslo", "feed", "rebuild", "--jobs", "1"])
        assert done.exit_code == 0, done.output
        assert "12 entries changed" in done.output
        assert unzipped(app.get("/dump/dcat_ap_3.nt.gz").data, "nt") == before
        assert "0 entries changed" in cli.invoke(ckan, ["oslo", "feed", "rebuild", "--jobs", "1"]).output

    def test_one_profile_leaves_the_others_alone(self, make: Make, cli: Any) -> None:
        from ckan.cli.cli import ckan

        make()
        model.Session.execute(sa.update(FeedEntry).values(digest="x"))
        model.Session.commit()
        done = cli.invoke(ckan, ["oslo", "feed", "rebuild", "--profile", "dcat_ap_vl_3", "--jobs", "1"])
        assert "1 entries changed" in done.output
        query = sa.select(FeedEntry.profile).where(FeedEntry.digest != "x")
        assert list(model.Session.execute(query).scalars()) == ["dcat_ap_vl_3"]

    def test_what_changed_meanwhile_is_written_in_every_profile(self, make: Make) -> None:
        made = make()
        model.Session.execute(sa.update(FeedEntry).values(digest="x"))
        model.Session.execute(sa.insert(FeedDue).values(package_id=made["id"], transaction=7))
        model.Session.commit()
        assert rebuild(["dcat_ap_vl_3"], 1, lambda _done, _total: None) == 4
        assert due.left() == 0

    def test_in_several_processes_while_readers_read(
        self, app: Any, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = {make()["id"] for _ in range(6)}
        model.Session.execute(sa.update(FeedEntry).values(digest="x"))
        model.Session.commit()
        # Chunks of two datasets make of six what 25 make of 75.
        monkeypatch.setattr(due, "BATCH", 2)
        read: list[set[str]] = []

        def progress(_done: int, total: int) -> None:
            assert total == len(made)
            read.append({iri.rpartition("/")[2] for iri in catalogue(app, form="nt")})

        assert rebuild(profiles.NAMES, 2, progress) == len(made) * 4
        assert read == [made] * 3
        model.Session.rollback()
        assert not model.Session.execute(sa.select(FeedEntry.package_id).where(FeedEntry.digest == "x")).all()

    def test_a_reader_does_not_do_its_work(self, app: Any, make: Make) -> None:
        first, second = make(), make()
        for one, transaction in ((first, due.REBUILDING), (second, 7)):
            model.Session.execute(sa.insert(FeedDue).values(package_id=one["id"], transaction=transaction))
        model.Session.commit()
        assert len(catalogue(app)) == 2
        model.Session.rollback()
        assert list(model.Session.execute(sa.select(FeedDue.package_id)).scalars()) == [first["id"]]

    def test_the_first_reader_of_a_new_installation_gets_everything(self, app: Any, make: Make) -> None:
        for _ in range(3):
            make()
        model.Session.execute(sa.delete(FeedEntry))
        for package_id in model.Session.execute(sa.select(model.Package.id)).scalars().all():
            model.Session.execute(sa.insert(FeedDue).values(package_id=package_id, transaction=0))
        model.Session.commit()
        assert len(catalogue(app)) == 3

    def test_half_a_catalogue_is_not_served(self, app: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        made = make()
        model.Session.execute(sa.delete(FeedEntry))
        model.Session.execute(sa.insert(FeedDue).values(package_id=made["id"], transaction=0))
        model.Session.commit()
        # A catalogue that takes longer than a reader waits would take minutes to make: here nobody waits at all.
        monkeypatch.setattr(due, "PATIENCE", -1.0)
        answer = app.get("/catalog.ttl", status=503)
        assert answer.headers["Retry-After"] == "30"
        due.complete_all()
        assert len(catalogue(app)) == 1


def test_options_are_declared(with_plugins: None) -> None:
    assert toolkit.config["ckanext.oslo.feeds.stream.versions"] == 0
    assert toolkit.aslist(toolkit.config["ckanext.oslo.feeds.not_datasets"]) == ["harvest", "showcase"]


class TestSharedIri:
    """Two datasets of one foreign IRI: data.gouv.fr and the portal it collects from each describe it."""

    IRI = "https://data.example/dataset/42"

    def iris(self, app: Any) -> set[str]:
        due.complete_all()
        return catalogue(app)

    def test_the_first_keeps_it_and_the_second_goes_out_under_the_portals_own(self, app: Any, make: Make) -> None:
        make(uri=self.IRI)
        second = make(uri=self.IRI)
        found = self.iris(app)
        assert len(found) == 2
        assert {iri for iri in found if iri.endswith(second["id"])} == found - {self.IRI}
        alone = app.get(f"/dataset/{second['id']}.nt").data.decode()
        assert self.IRI in alone  # it knows the other's

    @pytest.mark.parametrize("change", CHANGES)
    def test_the_second_takes_it_over_when_the_first_goes(self, app: Any, make: Make, change: str) -> None:
        first, _second = make(uri=self.IRI), make(uri=self.IRI)
        assert len(self.iris(app)) == 2
        CHANGES[change](first)
        assert self.iris(app) == {self.IRI}

    def test_namesakes_are_found_without_reading_all_datasets(self, organization: Any) -> None:
        # A connection of its own has no plans yet; what PostgreSQL knows of a new catalogue is that it is small.
        few = [(number, number) for number in range(1, 10)]
        with ensure_engine().connect() as connection:
            connection.execute(NEW_DATASETS, {"first": 0, "last": 0})
            connection.execute(sa.text("ANALYZE package"))
            for first, last in (*few, (10, 499), (500, 999)):
                connection.execute(NEW_DATASETS, {"first": first, "last": last})
            before = connection.execute(ROWS_READ).scalar_one()
            connection.execute(NEW_DATASETS, {"first": 1000, "last": 1099})
            saved = connection.execute(ROWS_READ).scalar_one()
            assert store.with_elders(connection, dict.fromkeys(map(str, range(25)), ())) == set()
            asked = connection.execute(ROWS_READ).scalar_one()
            connection.rollback()
            connection.execute(sa.text("ANALYZE package"))
            connection.commit()
        assert saved - before <= 100
        assert asked - saved <= 50


NEW_DATASETS = sa.text("""
    INSERT INTO package (id, name, type, state, private, metadata_created, extras)
    SELECT number::text, 'dataset-' || number, 'dataset', 'active', false, now(),
           jsonb_build_object('uri', 'https://data.example/' || number, 'text', (
               SELECT string_agg(md5(number || '/' || word), ' ') FROM generate_series(1, 50) AS word
           ))
    FROM generate_series(:first, :last) AS number
""")
#: How many datasets this transaction has read.
ROWS_READ = sa.text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'package'")
