"""What a batch knows of its datasets spares CKAN questions, and changes nothing of what is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckan.tests import factories

from ckanext.harvesters.engine.batch import KEY, Batch
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


def test_a_new_dataset_costs_ten_statements(source) -> None:
    with statements() as sent:
        assert harvest(source)["added"] == 12
    of_each = {statement: count // 12 for statement, count in sent.items() if count >= 12}
    assert sum(of_each.values()) <= 10, of_each
    assert not [statement for statement in of_each if statement.startswith("UPDATE")]


class TestOutsideOfWhatTheBatchKnows:
    """CKAN's own validators answer."""

    @pytest.fixture
    def organization(self, source) -> model.Group:
        found = model.Group.by_name("odwb-organization")
        assert found is not None
        return found

    def create(self, batch: Batch | None, **fields: Any) -> str:
        dataset = {"title_translated": {"fr": "Un titre"}, "notes_translated": {"fr": "Un texte."}, **fields}
        return tk.get_action("package_create")({**context(), KEY: batch}, {"name": "un-titre", **dataset})["id"]

    def test_an_id_that_is_taken_is_refused(self, organization) -> None:
        there = by_hand("a-la-main")
        with pytest.raises(tk.ValidationError) as refused:
            self.create(Batch(organization, frozenset({"another"})), id=there, owner_org=organization.id)
        assert set(refused.value.error_dict) == {"id"}

    def test_an_organization_that_is_not_there_is_refused(self, organization) -> None:
        with pytest.raises(tk.ValidationError) as refused:
            self.create(Batch(organization, frozenset()), owner_org="nobody")
        assert set(refused.value.error_dict) == {"owner_org"}

    def test_another_organization_gets_the_dataset(self, organization) -> None:
        other = factories.Organization()
        made = self.create(Batch(organization, frozenset()), owner_org=other["id"])
        assert [one["group_id"] for one in membership(made)] == [other["id"]]

    def test_a_batch_has_an_organization(self, organization) -> None:
        assert Batch.of("nobody", ()) is None
        assert Batch.of(factories.Group()["id"], ()) is None
        assert Batch.of(organization.id, ()) == Batch(organization, frozenset())
