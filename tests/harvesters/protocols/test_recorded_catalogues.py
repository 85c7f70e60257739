"""The smaller catalogues that are recorded, each through the protocol its portal speaks: all with a title arrives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ckanext.harvesters import scope
from ckanext.harvesters.duplicates import rules
from ckanext.harvesters.engine import declaration
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Mapped, Page, RecordError, Source
from ckanext.harvesters.registry import protocol, protocols
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.ckan_api import CkanPortal
from ckanext.harvesters.replay.portals import recorded_portals, sample_portals
from ckanext.harvesters.replay.server import ReplayServer
from ckanext.oslo.fetch import Budget, Client, Policy

from .test_dcat import Answering

SOURCES = Path(__file__).resolve().parents[3] / "config" / "sources.yaml"
#: Source → its recorded datasets (services and maps, which are none, come on top).
RECORDED = {
    "walstat": 733, "metawal": 213, "mel": 2, "geo2france": 5, "hauts-de-france": 2, "gent": 260, "departement-wse": 46,
}  # fmt: skip
SAMPLES = {
    "walstat": 12, "metawal": 4, "mel": 12, "geo2france": 3, "hauts-de-france": 3, "transportdata": 12,
    "transport-data-gouv-fr": 14, "gent": 6, "departement-wse": 6,
}  # fmt: skip

#: Feeds recorded for the tests of another harvester: flat, nested, with blank nodes, in two forms.
FEEDS = (
    "dcat_geonetwork.xml", "dcat_udata.xml", "dcat_sig.oreme.rdf", "dcat_series.xml", "dcat_bnodes.xml",
    "dcat_bnodes.jsonld", "dcat_flat.jsonld", "dcat_nested.jsonld",
)  # fmt: skip


@dataclass
class Harvested:
    """One pass over a declared source, and the mapping of all it gave."""

    source: Source
    pages: list[Page]
    mapped: list[Mapped]
    failed: list[str]

    @property
    def outside(self) -> Counter[str | None]:
        rules = scope.rules_of(self.source)
        return Counter(rules.outside(made.dataset) for made in self.mapped)


def declared(name: str, url: str) -> Source:
    """Return a source as the project declares it, pointing to a stand-in."""
    (one,) = (one for one in declaration.load(SOURCES, protocols()) if one.name == name)
    return Source(
        name=name,
        title=name,
        protocol=one.protocol,
        url=f"{url}{one.replay}",
        organization=one.organization.name,
        language=one.settings["language"],
        metadata_license=one.settings["metadata_license"],
        publisher=one.settings.get("publisher"),
        scope=one.settings.get("scope", {}),
        options=one.settings.get("options", {}),
    )


def harvested(source: Source) -> Harvested:
    spoken = protocol(source.protocol)
    with Client(Policy(allow=("127.0.0.0/8",)), Budget(seconds=60)) as client:
        pages = list(spoken.pages(source, client))
    mapped, failed = [], []
    for record in (record for page in pages for record in page.records):
        try:
            mapped.append(spoken.map(source, record))
        except RecordError as error:
            failed.append(str(error))
    return Harvested(source, pages, mapped, failed)


@pytest.fixture(scope="module")
def recordings(shared: Path) -> Iterator[str]:
    with ReplayServer(recorded_portals(shared / "snapshots")) as server:
        yield server.url


@pytest.fixture(scope="module")
def samples() -> Iterator[str]:
    with ReplayServer(sample_portals()) as server:
        yield server.url


@pytest.mark.snapshots
@pytest.mark.parametrize(("name", "number"), RECORDED.items())
def test_every_recorded_dataset_arrives(recordings: str, name: str, number: int) -> None:
    found = harvested(declared(name, recordings))
    assert len(found.mapped) == number
    assert found.failed == []
    assert all(page.complete for page in found.pages)
    told = Counter(problem.reason for page in found.pages for problem in page.problems)
    assert told.keys() <= {Reason.NOT_A_DATASET, Reason.PAGE_MENDED}
    for made in found.mapped:
        assert made.dataset["title_translated"]
        assert all(resource["url"].startswith("http") for resource in made.dataset.get("resources", ()))


@pytest.mark.snapshots
def test_the_recorded_file_of_walstat_is_mended_and_says_so(recordings: str) -> None:
    found = harvested(declared("walstat", recordings))
    (mended,) = (problem for page in found.pages for problem in page.problems)
    assert mended.reason is Reason.PAGE_MENDED
    assert all(made.dataset["uri"].count("&") == 1 for made in found.mapped)
    assert {"dataset", "work", "mobility"} == {made.dataset["type"] for made in found.mapped}


@pytest.mark.parametrize(("name", "number"), SAMPLES.items())
def test_every_sample_arrives_without_a_word_of_complaint(samples: str, name: str, number: int) -> None:
    found = harvested(declared(name, samples))
    assert len(found.mapped) == number
    assert found.failed == []
    assert all(page.complete for page in found.pages)
    assert {problem.reason for page in found.pages for problem in page.problems} <= {Reason.PAGE_MENDED}
    kept = {text for made in found.mapped for text in (made.dataset["notes_translated"] or {}).values()}
    assert all("exemple" in text or "Voorbeeld" in text for text in kept)


def test_samples_from_elsewhere_are_out_of_scope(samples: str) -> None:
    assert harvested(declared("transport-data-gouv-fr", samples)).outside == {None: 12, "area": 2}
    assert harvested(declared("transportdata", samples)).outside == {None: 11, "area": 1}
    assert harvested(declared("mel", samples)).outside == {None: 12}


@pytest.mark.snapshots
def test_a_recorded_answer_of_another_ckan_arrives(shared: Path) -> None:
    """DataSud's own fields (kinds, datatype, themes as objects) are not known here, and cost nothing."""
    recording = json.loads((shared / "snapshots/udata-harvest-recordings/ckan-datasud.json").read_text())
    exchanges = recording["requests_history"]
    bodies = [json.loads(one["response"]["body"]) for one in exchanges if "package_search" in one["request"]["url"]]
    datasets = bodies[0]["result"]["results"]
    portal = CkanPortal(Catalogue({one["id"]: (lambda _server, said=one: said) for one in datasets}))
    with ReplayServer([portal]) as server:
        source = Source(
            "datasud", "DataSud", "ckan_api", f"{server.url}/transportdata", "o", "fr", "https://example.org/cc0"
        )
        found = harvested(source)
    assert len(found.mapped) == len(datasets) == 7
    assert {made.dataset["license_id"] for made in found.mapped} == {"ETALAB_2_0"}
    assert all(made.dataset["resources"] for made in found.mapped)


@pytest.mark.snapshots
@pytest.mark.parametrize("name", FEEDS)
def test_feeds_other_harvesters_are_tested_with(shared: Path, name: str) -> None:
    body = (shared / "snapshots/udata-fixtures" / name).read_bytes()
    with ReplayServer([Answering(body, "application/rdf+xml")]) as server:
        source = Source("d", "D", "dcat", f"{server.url}/answering/feed", "o", "fr", "https://example.org/cc0")
        found = harvested(replace(source, options={"linked": False}))
    assert found.mapped
    assert len(found.failed) <= len(found.mapped)


#: Recorded catalogues that are read in seconds.
SMALL = ("metawal", "mel", "geo2france", "hauts-de-france", "gent", "departement-wse", "walstat")


@pytest.mark.snapshots
def test_only_what_two_portals_really_share_is_joined(recordings: str) -> None:
    """Two records of the Region's portal are geo2france's; nothing of Ghent's is Metawal's."""
    described = [
        rules.describe({**made.dataset, "id": f"{name} {made.dataset['guid']}"})
        for name in SMALL
        for made in harvested(declared(name, recordings)).mapped
    ]
    found = rules.pairs(described)
    sure = [pair for pair in found if pair.sure]
    assert [{one.split()[0] for one in (pair.first, pair.second)} for pair in sure] == [
        {"geo2france", "hauts-de-france"},
        {"geo2france", "hauts-de-france"},
    ]
    assert {reason.rule for pair in found if not pair.sure for reason in pair.reasons} == {rules.Rule.SOME_FILES}
