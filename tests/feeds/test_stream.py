"""The event stream, read by a client that knows nothing of us but the specifications."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from rdflib import Dataset

from ckanext.oslo.feeds.tables import FeedEntry
from tests.feeds.conftest import OX_FORMATS, Make, act, catalogue

AS = "https://www.w3.org/ns/activitystreams#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FOR_EVER = "public, max-age=31536000, immutable"
MEDIA = {"trig": "application/trig", "nq": "application/n-quads", "jsonld": "application/ld+json"}


class Client:
    """Follows a stream: keeps the latest version of each object, and the pages that need no second look."""

    def __init__(self, app: Any, form: str = "trig") -> None:
        self.app, self.form = app, form
        self.objects: dict[str, frozenset[str]] = {}
        self.members: list[tuple[str, str]] = []
        self._finished: set[str] = set()
        self._seen: set[str] = set()

    def follow(self, address: str) -> None:
        """Read the stream from its address on; the second time only what may have changed."""
        todo, visited = [address], set[str]()
        while todo:
            address = todo.pop(0)
            if address in visited:
                continue
            visited.add(address)
            todo += self._read(address)

    def _read(self, address: str) -> list[str]:
        answer = self.app.get(urlsplit(address).path, headers={"Accept": MEDIA[self.form]}, status=200)
        store = ox.Store()
        store.load(answer.data, OX_FORMATS[self.form])
        fresh = [one for one in self._members(store) if one[1] not in self._seen]
        for _when, member in sorted(fresh, key=lambda one: (one[0], int(one[1].rpartition("#")[2]))):
            self._take(store, member)
        return [quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(f"{TREE}node"), None)]

    def _members(self, store: ox.Store) -> list[tuple[str, str]]:
        stream = next(store.quads_for_pattern(None, ox.NamedNode(TYPE), ox.NamedNode(f"{LDES}EventStream"))).subject
        path = next(store.quads_for_pattern(stream, ox.NamedNode(f"{LDES}timestampPath"), None)).object
        return [
            (next(store.quads_for_pattern(quad.object, path, None)).object.value, quad.object.value)
            for quad in store.quads_for_pattern(stream, ox.NamedNode(f"{TREE}member"), None)
        ]

    @staticmethod
    def _said(store: ox.Store, name: str) -> ox.NamedNode:
        """Give what the stream says of itself: how its members are to be read."""
        (found,) = store.quads_for_pattern(None, ox.NamedNode(f"{LDES}{name}"), None)
        return found.object

    def _take(self, store: ox.Store, member: str) -> None:
        node = ox.NamedNode(member)
        version_of = self._said(store, "versionOfPath")
        subject = next(store.quads_for_pattern(node, version_of, None, ox.DefaultGraph())).object.value
        kind = next(store.quads_for_pattern(node, self._said(store, "versionDeletePath"), None)).object
        self._seen.add(member)
        self.members.append((kind.value.removeprefix(AS), subject))
        if kind == self._said(store, "versionDeleteObject"):
            self.objects.pop(subject, None)
        else:
            content = store.quads_for_pattern(None, None, None, node)
            self.objects[subject] = frozenset(str(quad.triple) for quad in content)


@pytest.mark.parametrize("form", MEDIA)
def test_a_client_ends_with_the_catalogue(app: Any, make: Make, form: str) -> None:
    made = [make(), make(type="mobility"), make(), make()]
    client = Client(app, form)
    client.follow("/ldes?profile=dcat_ap_3")
    assert [kind for kind, _ in client.members] == ["Create"] * 4
    act("package_patch", id=made[0]["id"], version="2")
    act("package_patch", id=made[2]["id"], private=True)
    act("package_delete", id=made[3]["id"])
    act("package_patch", id=made[2]["id"], private=False)
    make()
    client.follow("/ldes/dcat_ap_3")
    late = Client(app, form)
    late.follow("/ldes/dcat_ap_3")
    assert client.objects == late.objects
    assert set(late.objects) == catalogue(app)
    for iri, content in late.objects.items():
        shown = app.get(f"/dataset/{iri.rsplit('/', 1)[1]}.nt", status=200).data
        # through a store too, which writes 0.10 seconds as 0.1
        store = ox.Store()
        store.load(shown, ox.RdfFormat.N_TRIPLES)
        assert content == {str(quad.triple) for quad in store}
    kinds = [kind for kind, iri in client.members if made[2]["id"] in iri]
    assert kinds == ["Create", "Delete", "Create"]


def test_what_is_withdrawn_leaves_no_content(app: Any, make: Make) -> None:
    made = make()
    act("package_patch", id=made["id"], version="a-secret-version")
    act("package_patch", id=made["id"], private=True)
    page = app.get("/ldes/dcat_ap_3/0", headers={"Accept": "application/n-quads"}).data.decode()
    assert "a-secret-version" not in page
    assert page.count(f"<{TYPE}> <{AS}Update>") == page.count(f"<{TYPE}> <{AS}Delete>") == 1


def test_nothing_new_no_new_member(app: Any, make: Make) -> None:
    made = make()
    act("package_update", **act("package_show", id=made["id"]))
    client = Client(app)
    client.follow("/ldes/dcat_ap_3")
    assert [kind for kind, _ in client.members] == ["Create"]


class TestPages:
    @pytest.fixture
    def long(self, app: Any, make: Make) -> Any:
        """Make 104 versions of a dataset."""
        make()
        for number in range(103):
            model.Session.execute(
                sa.update(FeedEntry).where(FeedEntry.profile == "dcat_ap_3").values(digest=f"{number:x}")
            )
            model.Session.commit()
        return app

    def test_full_pages_are_for_ever(self, long: Any) -> None:
        full, last = (long.get(f"/ldes/dcat_ap_3/{page}", status=200) for page in (0, 1))
        assert full.headers["Cache-Control"] == FOR_EVER
        assert last.headers["Cache-Control"] == "public, max-age=60"
        before = full.data
        model.Session.execute(sa.update(FeedEntry).where(FeedEntry.profile == "dcat_ap_3").values(digest="other"))
        model.Session.commit()
        assert long.get("/ldes/dcat_ap_3/0").data == before
        assert long.get("/ldes/dcat_ap_3/1").data != last.data
        long.get("/ldes/dcat_ap_3/2", status=404)
        long.get("/ldes/dcat_ap_3/0", headers={"If-None-Match": full.headers["ETag"]}, status=304)

    def test_times_grow_from_page_to_page(self, long: Any) -> None:
        stores = [ox.Store(), ox.Store()]
        for page, store in enumerate(stores):
            store.load(long.get(f"/ldes/dcat_ap_3/{page}").data, ox.RdfFormat.TRIG)
        times = [
            sorted(quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(f"{AS}published"), None))
            for store in stores
        ]
        (bound,) = stores[0].quads_for_pattern(None, ox.NamedNode(f"{TREE}value"), None)
        (kind,) = stores[0].quads_for_pattern(bound.subject, ox.NamedNode(TYPE), None)
        assert kind.object.value == f"{TREE}GreaterThanOrEqualToRelation"
        assert times[0][-1] <= bound.object.value <= times[1][0]
        assert [len(found) for found in times] == [100, 4]

    def test_a_late_transaction_gets_a_late_number(self, app: Any, make: Make) -> None:
        first, second = make(), make()
        Client(app).follow("/ldes/dcat_ap_3")
        early = model.meta.engine.connect()
        change = sa.update(FeedEntry).where(FeedEntry.profile == "dcat_ap_3")
        early.execute(change.where(FeedEntry.package_id == first["id"]).values(digest="early"))
        model.Session.execute(change.where(FeedEntry.package_id == second["id"]).values(digest="late"))
        model.Session.commit()
        client = Client(app)
        client.follow("/ldes/dcat_ap_3")
        early.commit()
        early.close()
        client.follow("/ldes/dcat_ap_3")
        assert [(kind, second["id"] in iri) for kind, iri in client.members[2:]] == [
            ("Update", True),
            ("Update", False),
        ]

    def test_only_so_many_versions_are_kept(self, app: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(toolkit.config, "ckanext.oslo.feeds.stream.versions", 2)
        made = make()
        other = make()
        for number in range(5):
            act("package_patch", id=made["id"], version=str(number))
        client = Client(app)
        client.follow("/ldes/dcat_ap_3")
        assert [iri for _, iri in client.members].count(next(i for _, i in client.members if made["id"] in i)) == 2
        assert set(client.objects) == catalogue(app)
        assert any(other["id"] in iri for iri in client.objects)
        root = ox.Store()
        root.load(app.get("/ldes/dcat_ap_3").data, ox.RdfFormat.TRIG)
        (view,) = root.quads_for_pattern(None, ox.NamedNode(f"{TREE}viewDescription"), None)
        (policy,) = root.quads_for_pattern(view.object, ox.NamedNode(f"{LDES}retentionPolicy"), None)
        (amount,) = root.quads_for_pattern(policy.object, ox.NamedNode(f"{LDES}amount"), None)
        assert amount.object.value == "2"


def test_others_read_it(app: Any, make: Make) -> None:
    make()
    for form, name in (("trig", "trig"), ("nq", "nquads"), ("jsonld", "json-ld")):
        data = app.get("/ldes/dcat_ap_3/0", headers={"Accept": MEDIA[form]}).data
        read = Dataset()
        read.parse(data=data, format=name)
        store = ox.Store()
        store.load(data, OX_FORMATS[form])
        assert len(read) == len(store)
