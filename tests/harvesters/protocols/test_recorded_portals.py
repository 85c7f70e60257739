"""The recorded catalogues of three regions: how much of the real thing arrives, and at what cost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ckanext.harvesters.engine.following import PutOff
from ckanext.harvesters.engine.identity import field_digests
from ckanext.harvesters.records import Mapped, Problem, RecordError, Severity, Source, SourceRecord
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.oslo.fetch import Client, Policy

DATE = "2025-02-14"


class Recorded:
    """One pass over a recorded portal and the mapping of all it gave."""

    def __init__(self, source: Source, portal: Portal) -> None:
        with ReplayServer([portal]) as server, Client(Policy(allow=("127.0.0.0/8",))) as client:
            self.source = replace(source, url=f"{server.url}/{portal.name}")
            self.pages = list(protocol(source.protocol).pages(self.source, client))
        self.records = [record for page in self.pages for record in page.records]
        self.mapped: list[Mapped] = []
        self.failed: list[Problem] = []
        begun = time.process_time()
        for record in self.records:
            try:
                self.mapped.append(protocol(source.protocol).map(self.source, record))
            except RecordError as error:
                self.failed.append(error.problem(record))
        self.milliseconds = 1000 * (time.process_time() - begun) / max(len(self.records), 1)


def source(name: str, language: str, **options: Any) -> Source:
    return Source(name, name, name, "http://127.0.0.1", name, language, "https://example.org/cc0", options=options)


@pytest.fixture(scope="module")
def snapshots(shared: Path) -> Snapshots:
    return Snapshots(shared / "snapshots")


@pytest.mark.snapshots
class RecordedPortal:
    number: ClassVar[int]

    def test_at_least_995_of_1000_arrive_and_the_others_are_told(self, recorded: Recorded) -> None:
        assert len(recorded.records) == self.number
        assert len(recorded.mapped) >= 0.995 * self.number
        assert len(recorded.mapped) + len(recorded.failed) == self.number
        for problem in recorded.failed:
            assert problem.field
            assert problem.reason
            assert problem.severity is Severity.ERROR

    def test_the_pass_is_complete(self, recorded: Recorded) -> None:
        assert all(page.complete for page in recorded.pages)

    def test_mapping_again_gives_the_same(self, recorded: Recorded) -> None:
        by_guid = {made.dataset["guid"]: made for made in recorded.mapped}
        for record in recorded.records[::50]:
            if record.guid in by_guid:
                assert protocol(recorded.source.protocol).map(recorded.source, record) == by_guid[record.guid]

    def test_every_dataset_is_fit_for_the_catalogue(self, recorded: Recorded) -> None:
        for made in recorded.mapped:
            dataset = made.dataset
            assert dataset["type"] in ("dataset", "mobility", "work")
            assert dataset["title_translated"].keys() <= {"nl", "fr", "en"}
            assert not {"name", "owner_org", "harvested"} & dataset.keys()
            for resource in dataset.get("resources", ()):
                assert resource["url"].startswith(("http://", "https://"))
            _no_empty(dataset)

    def test_what_it_costs_and_what_stays_unresolved_is_shown(self, recorded: Recorded) -> None:
        unresolved = Counter(
            (kept["field"], kept["value"]) for made in recorded.mapped for kept in made.dataset.get("unresolved", ())
        )
        types = Counter(made.dataset["type"] for made in recorded.mapped)
        print(  # noqa: T201  (a figure for people, seen with -s)
            f"\n{recorded.source.name}: {len(recorded.records)} records, {recorded.milliseconds:.2f} ms each to map, "
            f"{dict(types)}, {sum(unresolved.values())} values unresolved: {unresolved.most_common(5)}"
        )


def _no_empty(value: Any) -> None:
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in values:
        assert one is not None
        assert one not in ("", [], {})
        _no_empty(one)


class TestFlanders(RecordedPortal):
    number: ClassVar[int] = 1_000

    @pytest.fixture(scope="class")
    def recorded(self, snapshots: Snapshots) -> Recorded:
        portal = Datavindplaats(Catalogue(snapshots.vlaanderen(DATE, limit=1_000)))
        return Recorded(source("datavindplaats", "nl"), portal)

    def test_the_model_licence_is_known(self, recorded: Recorded) -> None:
        licences = Counter(made.dataset.get("license_id") for made in recorded.mapped)
        assert licences["VL_GRATIS_HERGEBRUIK"] > 700

    def test_geology_named_after_kortrijk_is_no_mobility(self, recorded: Recorded) -> None:
        named = [made.dataset for made in recorded.mapped if "Kortrijk" in str(made.dataset["title_translated"])]
        assert {dataset["type"] for dataset in named} <= {"dataset"}

    def test_of_what_came_and_went_in_four_days_one_is_a_changed_iri(self, snapshots: Snapshots) -> None:
        """Of two more pairs of DOV the identifiers agree, and nothing else."""
        before, after = snapshots.vlaanderen("2025-02-10"), snapshots.vlaanderen(DATE)
        come, left = after.keys() - before.keys(), [*(before.keys() - after.keys()), *list(before)[::20]]

        def said(state: Mapping[str, Any], iris: Iterable[str]) -> list[tuple[SourceRecord, dict[str, Any]]]:
            portal = Datavindplaats(Catalogue({iri: state[iri] for iri in iris}))
            read = Recorded(source("datavindplaats", "nl"), portal)
            assert not read.failed
            both = zip(read.records, read.mapped, strict=True)
            return [(record, {**made.dataset, "source_url": record.url}) for record, made in both]

        known = {record.guid: field_digests(dataset) for record, dataset in said(before, left)}
        waiting, met = PutOff(lambda: known), set(after)
        new = [record.guid for record, dataset in said(after, come) if waiting.take(record, dataset, met - come)]
        assert (len(come), len(new)) == (14, 1)
        assert waiting.moved(met).keys() == set(new)
        assert new[0].endswith("seriess/7e7ad301-6bf9-4e0d-9935-40e32fc37cf3")


class TestWallonia(RecordedPortal):
    number: ClassVar[int] = 995

    @pytest.fixture(scope="class")
    def recorded(self, snapshots: Snapshots) -> Recorded:
        portal = Odwb(Catalogue(snapshots.odwb(DATE)))
        return Recorded(source("opendatasoft", "fr", domain="www.odwb.be"), portal)

    def test_themes_are_known(self, recorded: Recorded) -> None:
        assert sum("theme" in made.dataset for made in recorded.mapped) > 970

    def test_no_keyword_costs_a_dataset(self, recorded: Recorded) -> None:
        keywords = {word for made in recorded.mapped for word in made.dataset.get("tags_translated", {}).get("fr", ())}
        assert {"à", "de"} <= keywords

    def test_the_next_state_changes_only_what_changed(self, snapshots: Snapshots, recorded: Recorded) -> None:
        earlier = Recorded(recorded.source, Odwb(Catalogue(snapshots.odwb("2025-02-10"))))
        before = {made.dataset["guid"]: _without_host(made.dataset) for made in earlier.mapped}
        after = {made.dataset["guid"]: _without_host(made.dataset) for made in recorded.mapped}
        same = sum(before[guid] == after[guid] for guid in before.keys() & after.keys())
        assert 300 < same < len(after)


def _without_host(dataset: dict[str, Any]) -> str:
    """The stand-ins of two passes have two ports; the addresses on them are no difference of the records."""
    host = dataset["url"].split("/odwb/")[0]
    return repr(dataset).replace(host, "")


class TestFrance(RecordedPortal):
    number: ClassVar[int] = 400

    @pytest.fixture(scope="class")
    def recorded(self, snapshots: Snapshots) -> Recorded:
        return Recorded(source("udata", "fr"), Datagouv(Catalogue(snapshots.datagouv(limit=400)), filtered=False))

    def test_licences_are_known(self, recorded: Recorded) -> None:
        licences = Counter(made.dataset.get("license_id") for made in recorded.mapped)
        assert licences["ETALAB_2_0"] > 100
        assert licences[None] < 60


@pytest.mark.snapshots
def test_records_as_the_flemish_portal_wrote_them(shared: Path) -> None:
    """Nine verbatim records: no data.gov.be between the portal and us."""
    from ckanext.harvesters.datavindplaats.protocol import RDF_XML
    from ckanext.harvesters.mapping.dcat import rdfxml

    flanders, made = protocol("datavindplaats"), []
    for path in sorted((shared / "snapshots/vlaanderen/raw-records").glob("*.xml")):
        content = path.read_bytes()
        if b"dcat:Dataset" in content:
            for piece in rdfxml.take_apart(content).pieces:
                record = SourceRecord(piece.iri or "", piece.content, RDF_XML)
                made.append(flanders.map(source("datavindplaats", "nl"), record))
    assert len(made) >= 7
    assert all(one.dataset["publisher"] or one.dataset["contact"] for one in made if one.dataset.get("publisher"))
    assert {"work", "mobility"} <= {one.dataset["type"] for one in made}
    assert sum("spatial" in one.dataset for one in made) >= 2
    # INBO's have no xml:lang and are English: title and description stand together.
    assert all(one.dataset["title_translated"].keys() == one.dataset["notes_translated"].keys() for one in made)
    assert {"en"} in [one.dataset["title_translated"].keys() for one in made]


@pytest.mark.snapshots
def test_walloon_records_have_their_conditions_of_use_as_licence(shared: Path) -> None:
    """As GeoNetwork sent them: all name the conditions of access first."""
    from ckanext.harvesters.csw.protocol import XML

    licences = Counter()
    for path in sorted((shared / "snapshots/csw/gnui-dump").glob("*.iso19139.xml")):
        content = path.read_bytes()
        if b"DataSPW-CGA" in content:
            made = protocol("csw").map(source("csw", "fr"), SourceRecord(path.stem, content, XML))
            licences[made.dataset.get("license_id")] += 1
            assert all("DataSPW-CGA.pdf" in resource["rights"] for resource in made.dataset.get("resources", ()))
    assert licences == {"SPW_CGU": 2, "SPW_CPU_A": 1, "SPW_CPU_C": 1}
