"""Our own event stream, read by our own harvester, gives the datasets it was written from."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit

from ckanext.harvesters.records import Source
from ckanext.harvesters.registry import protocol
from ckanext.oslo.fetch import Client, Policy
from tests.checking.conftest import Pages, served  # noqa: F401  (a fixture)
from tests.feeds.conftest import Make, act, catalogue

MEDIA = {"trig": "application/trig", "nq": "application/n-quads", "jsonld": "application/ld+json"}


def read_back(app: Any, served: Any, form: str) -> dict[str, dict[str, Any]]:  # noqa: F811
    """Serve the stream at an address on loopback and harvest it: IRI → dataset."""
    site, pages = toolkit.config["ckan.site_url"], Pages()
    address = served(pages)
    for path in ("", *(f"/{number}" for number in range(9))):
        answer = app.get(f"/ldes/dcat_ap_3{path}", headers={"Accept": MEDIA[form]})
        if answer.status_code == 404:
            break
        # The pages are read at another address than the site's own: the links between them lead there.
        here = answer.data.replace(f"{site}/ldes".encode(), f"{address}/ldes".encode())
        pages[f"/ldes/dcat_ap_3{path}"] = (200, {"Content-Type": MEDIA[form]}, here)
    source = Source("s", "S", "dcat", f"{address}/ldes/dcat_ap_3", "o", "nl", "https://example.org/cc0")
    with Client(Policy(allow=("127.0.0.0/8",))) as client:
        found = list(protocol("dcat").pages(source, client))
    assert all(page.complete and not page.problems for page in found)
    records = [record for page in found for record in page.records]
    return {record.guid: protocol("dcat").map(source, record).dataset for record in records}


@pytest.mark.parametrize("form", MEDIA)
def test_the_stream_gives_the_datasets_that_are_there(app: Any, make: Make, served: Any, form: str) -> None:  # noqa: F811
    made = [make(), make(type="mobility"), make(), make(), make()]
    catalogue(app)
    act("package_patch", id=made[0]["id"], title_translated={"nl": "Nieuwe titel", "fr": "Nouveau titre"})
    act("package_delete", id=made[3]["id"])
    act("package_patch", id=made[4]["id"], private=True)
    catalogue(app)
    act("package_patch", id=made[4]["id"], private=False)
    found = read_back(app, served, form)
    assert set(found) == catalogue(app)
    assert len(found) == 4
    for number in (0, 1, 2, 4):
        (copy,) = (one for iri, one in found.items() if made[number]["id"] in iri)
        ours = act("package_show", id=made[number]["id"])
        assert {code: copy["title_translated"][code] for code in copy["title_translated"]} == {
            code: text for code, text in ours["title_translated"].items() if text
        }
        assert {one["url"] for one in copy["resources"]} == {one["url"] for one in ours["resources"]}
        assert copy["theme"] == sorted(ours["theme"])
        assert copy["publisher"][0]["name"] == ours["publisher"][0]["name"]
