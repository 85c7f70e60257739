"""What a batch knows of its datasets spares CKAN questions, and changes nothing of what is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import ckan.plugins.toolkit as tk
import psycopg2
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckan.tests import factories

from ckanext.harvesters.engine.batch import Batch, writing
from ckanext.harvesters.engine.identity import dataset_id
from tests.harvesters.engine.conftest import by_hand, context, guid, harvest

pytestmark = pytest.mark.usefixtures("with_plugins")


@contextmanager
def statements() -> Iterator[Counter[str]]:
    """Count the statements that this process sends meanwhile."""
    sent: Counter[str] = Counter()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent[statement] += 1

    sa.event.listen(ensure_engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(ensure_engine(), "before_cursor_execute", note)


def membership(package_id: str) -> list[dict[str, Any]]:
    found = model.Session.query(model.Member).filter_by(table_id=package_id)
    return [{name: getattr(one, name) for name in ("table_name", "capacity", "group_id", "state")} for one in found]


def test_a_new_dataset_belongs_to_its_organization_as_one_of_a_steward_does(source) -> None:
    harvest(source)
    mine, theirs = membership(dataset_id("odwb", guid(3))), membership(by_hand("a-la-main"))
    assert mine == theirs
    assert len(mine) == 1


def test_a_new_dataset_is_made_when_it_is_modified(source) -> None:
    harvest(source)
    package = model.Package.get(dataset_id("odwb", guid(3)))
    assert package is not None
    assert package.metadata_created == package.metadata_modified


def test_a_new_dataset_costs_nine_statements(source) -> None:
    with statements() as sent:
        assert harvest(source)["added"] == 12
    of_each = {statement: count // 12 for statement, count in sent.items() if count >= 12}
    assert sum(of_each.values()) == 9, of_each
    assert not [statement for statement in of_each if statement.startswith("UPDATE")]


def test_a_name_that_somebody_takes_meanwhile_stays_theirs(source) -> None:
    taken = "marches-publics-de-tournai-partie-7"
    made = []

    def take(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO package ") and not made:
            made.append(taken)
            with psycopg2.connect(ensure_engine().url.render_as_string(hide_password=False)) as theirs:
                theirs.cursor().execute(
                    "INSERT INTO package (id, name, title, type, state) VALUES (%s, %s, %s, 'dataset', 'active')",
                    ("theirs", taken, "Leur titre"),
                )
            theirs.close()

    sa.event.listen(ensure_engine(), "before_cursor_execute", take)
    try:
        done = harvest(source)
    finally:
        sa.event.remove(ensure_engine(), "before_cursor_execute", take)
    assert (done["added"], done["failed"]) == (12, 0)
    theirs, mine = model.Package.by_name(taken), model.Package.get(dataset_id("odwb", guid(7)))
    assert theirs is not None
    assert (theirs.id, theirs.title) == ("theirs", "Leur titre")
    assert mine is not None
    assert mine.name.startswith(f"{taken}-")


class TestOutsideOfWhatTheBatchKnows:
    """CKAN's own validators answer."""

    NEW = "0b9bd6a4-7d3f-5b4e-9b58-3b8f3f5f6a01"
    SAID: ClassVar[dict[str, Any]] = {
        "name": "un-titre",
        "title_translated": {"fr": "Un titre"},
        "notes_translated": {"fr": "Un texte."},
    }

    @pytest.fixture
    def organization(self, source) -> model.Group:
        found = model.Group.by_name("odwb-organization")
        assert found is not None
        return found

    def create(self, organization: model.Group, new: dict[str, str], **fields: Any) -> str:
        with writing(Batch(organization, new)):
            made = {**self.SAID, "owner_org": organization.id, **fields}
            return tk.get_action("package_create")(context(), made)["id"]

    def refused(self, organization: model.Group, new: dict[str, str], **fields: Any) -> set[str]:
        with pytest.raises(tk.ValidationError) as refused:
            self.create(organization, new, **fields)
        return set(refused.value.error_dict)

    def test_an_id_that_is_taken_is_refused(self, organization) -> None:
        there = by_hand("a-la-main")
        assert self.refused(organization, {self.NEW: "un-titre"}, id=there) == {"id"}

    def test_a_name_that_is_taken_is_refused(self, organization) -> None:
        by_hand("a-la-main")
        assert self.refused(organization, {self.NEW: "un-titre"}, id=self.NEW, name="a-la-main") == {"name"}

    def test_an_organization_that_is_not_there_is_refused(self, organization) -> None:
        assert self.refused(organization, {self.NEW: "un-titre"}, id=self.NEW, owner_org="nobody") == {"owner_org"}

    def test_another_organization_gets_the_dataset(self, organization) -> None:
        other = factories.Organization()
        made = self.create(organization, {self.NEW: "un-titre"}, id=self.NEW, owner_org=other["id"])
        assert [one["group_id"] for one in membership(made)] == [other["id"]]

    def test_a_dataset_that_is_changed_in_its_batch_belongs_to_its_organization_once(self, organization) -> None:
        batch = Batch(organization, {self.NEW: "un-titre"})
        with writing(batch):
            tk.get_action("package_create")(context(), {**self.SAID, "id": self.NEW, "owner_org": organization.id})
            tk.get_action("package_patch")(context(), {"id": self.NEW, "owner_org": organization.id})
            for _ in range(2):
                asked = {"id": self.NEW, "organization_id": organization.id}
                tk.get_action("package_owner_org_update")(context(), asked)
        assert len(membership(self.NEW)) == 1

    def test_a_batch_has_an_organization(self, organization) -> None:
        assert Batch.of("nobody", {}) is None
        assert Batch.of(factories.Group()["id"], {}) is None
        assert Batch.of(organization.id, {}) == Batch(organization, {})
