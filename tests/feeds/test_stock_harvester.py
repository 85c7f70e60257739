"""A stock CKAN with ckanext-dcat's harvester reads our feed from page to page, and gets every dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ckan.plugins import toolkit

from tests.benchmarks.harvest import side_by_itself
from tests.checking.conftest import Pages, served  # noqa: F401  (a fixture)
from tests.feeds.conftest import Make, catalogue, links, triples


def test_every_dataset_arrives(
    app: Any,
    make: Make,
    served: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # CKAN's own rule for tags refuses "r&d" and "à" and takes the whole dataset along; that is not the feed's to mend.
    tags = {"nl": ["fietsen", "werk"], "fr": ["emploi"]}
    made = [make(tags_translated=tags), make(tags_translated=tags, type="mobility"), make(tags_translated=tags)]
    monkeypatch.setitem(toolkit.config, "ckanext.dcat.datasets_per_page", "2")
    iris = catalogue(app) | catalogue(app, "?page=2")
    pages: Pages = {}
    address = served(pages)
    site, following = toolkit.config["ckan.site_url"], "/catalog.ttl"
    while following:
        body = app.get(following, status=200).data
        # The pages are read at another address than the site's own: the links between them lead there.
        here = body.replace(f"{site}/catalog.ttl".encode(), f"{address}/catalog.ttl".encode())
        pages[following] = (200, {"Content-Type": "text/turtle"}, here)
        following = links(triples(body, "ttl")).get("next", "").removeprefix(site)
    assert len(pages) == 2
    found = side_by_itself("tests.feeds.stock_portal", "stock", [f"{address}/catalog.ttl"], tmp_path)
    assert found["errors"] == []
    arrived = {one["uri"]: one for one in found["datasets"]}
    assert set(arrived) == iris
    for dataset in made:
        (copy,) = (one for iri, one in arrived.items() if dataset["id"] in iri)
        assert copy["title"] in dataset["title_translated"].values()
        assert [one["url"] for one in copy["resources"]] == [one["url"] for one in dataset["resources"]]
        assert {tag["name"] for tag in copy["tags"]} == {"fietsen", "werk", "emploi"}
