"""What every protocol promises, as one battery of tests that the test of each protocol inherits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from ckanext.harvesters.reasons import SENTENCES, Reason
from ckanext.harvesters.records import Page, Protocol, RecordError, Severity, Source, SourceError, SourceRecord
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.server import Portal
from ckanext.oslo.fetch import Client

Serve = Callable[[Portal], str]

#: What the engine adds itself.
ENGINES_OWN = {"name", "owner_org", "harvested"}
HOUSE = "http://publications.europa.eu/resource/authority/"


class ProtocolContract:
    """Inherit, say how the portal writes a record, and every promise is tested."""

    name: ClassVar[str]
    language: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {"page_size": 3}
    wrong_options: ClassVar[dict[str, Any]] = {"page_size": "many"}

    def portal(self, catalogue: Catalogue) -> Portal:
        """Make the stand-in portal."""
        raise NotImplementedError

    def record(self, number: int, **said: Any) -> Any:
        """Write a plausible record. ``said``: title, description, keyword, theme, modified, licence."""
        raise NotImplementedError

    # helpers

    @property
    def protocol(self) -> Protocol:
        return protocol(self.name)

    def source(self, url: str, **changed: Any) -> Source:
        source = Source(
            name=f"test-{self.name}",
            title="Test",
            protocol=self.name,
            url=url,
            organization="test",
            language=self.language,
            metadata_license=f"{HOUSE}licence/CC0",
            publisher={"name": "Example portal", "uri": "https://example.org/portal"},
            options=self.options,
        )
        return replace(source, **changed)

    def catalogue(self, *records: Any) -> Catalogue:
        return Catalogue({str(number): (lambda _base, one=record: one) for number, record in enumerate(records)})

    def many(self, number: int) -> Catalogue:
        return self.catalogue(*(self.record(one) for one in range(number)))

    def read(self, serve: Serve, client: Client, portal: Portal, **changed: Any) -> tuple[Source, list[Page]]:
        source = self.source(serve(portal), **changed)
        return source, list(self.protocol.pages(source, client))

    def one(self, serve: Serve, client: Client, **said: Any) -> tuple[Source, SourceRecord]:
        source, pages = self.read(serve, client, self.portal(self.catalogue(self.record(1, **said))))
        records = [record for page in pages for record in page.records]
        assert len(records) == 1
        return source, records[0]

    def mapped(self, serve: Serve, client: Client, **said: Any) -> Any:
        return self.protocol.map(*self.one(serve, client, **said))

    # pages

    def test_every_record_comes_once_in_pages(self, serve: Serve, client: Client) -> None:
        _, pages = self.read(serve, client, self.portal(self.many(8)))
        guids = [record.guid for page in pages for record in page.records]
        assert len(guids) == len(set(guids)) == 8
        assert all(page.complete and not page.problems for page in pages)
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))

    def test_an_empty_portal_is_complete_and_has_nothing(self, serve: Serve, client: Client) -> None:
        _, pages = self.read(serve, client, self.portal(Catalogue()))
        assert not any(page.records or page.problems for page in pages)
        assert all(page.complete for page in pages)

    def test_guids_are_the_same_on_every_pass(self, serve: Serve, client: Client) -> None:
        guids = []
        for _ in range(2):
            _, pages = self.read(serve, client, self.portal(self.many(4)))
            guids.append({record.guid for page in pages for record in page.records})
        assert guids[0] == guids[1]

    def test_a_cut_page_gives_its_whole_records_and_is_incomplete(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(truncate_page_at=2)
        _, pages = self.read(serve, client, portal)
        cut = pages[1]
        assert not cut.complete
        assert Reason.PAGE_CUT in {problem.reason for problem in cut.problems}
        assert len(cut.records) >= 1
        assert len(pages[0].records) == 3
        assert len(pages[2].records) == 3, "the pages behind the cut one are read"

    def test_a_repeated_page_gives_nothing_twice_and_is_incomplete(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(repeat_page_at=2)
        _, pages = self.read(serve, client, portal)
        guids = [record.guid for page in pages for record in page.records]
        assert len(guids) == len(set(guids))
        assert any(problem.guid or problem.reason is Reason.PAGE_REPEATED for problem in pages[1].problems)
        assert not pages[1].records

    def test_an_empty_page_in_the_middle_is_not_the_end(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(empty_page_at=2)
        _, pages = self.read(serve, client, portal)
        assert not pages[1].records
        assert pages[2].records

    def test_a_failing_page_is_skipped_and_reported(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(status_at={2: 500})
        _, pages = self.read(serve, client, portal)
        assert not pages[1].complete
        assert pages[1].problems[0].reason is Reason.UNREACHABLE
        assert sum(len(page.records) for page in pages) == 6

    def test_two_failing_pages_in_a_row_end_the_pass(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(12))
        portal.faults = Faults(status_at={2: 503, 3: 503})
        source = self.source(serve(portal))
        pages = []
        with pytest.raises(SourceError) as raised:
            pages.extend(self.protocol.pages(source, client))
        assert raised.value.reason is Reason.UNREACHABLE

    def test_a_portal_that_is_down_fails_the_source_with_its_address(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(1))
        portal.faults = Faults(status=503)
        source = self.source(serve(portal))
        with pytest.raises(SourceError) as raised:
            list(self.protocol.pages(source, client))
        assert raised.value.url
        assert raised.value.url.startswith(source.url)
        assert "503" in raised.value.detail

    def test_a_maintenance_page_with_status_200_fails_the_source(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.many(1))
        portal.faults = Faults(maintenance_page_at=1)
        source = self.source(serve(portal))
        with pytest.raises(SourceError) as raised:
            list(self.protocol.pages(source, client))
        assert raised.value.reason in (Reason.FORBIDDEN_MARKUP, Reason.PAGE_UNREADABLE)

    def test_a_portal_that_never_ends_is_left_at_the_cap(self, serve: Serve, client: Client) -> None:
        options = {**self.options, "max_pages": 2}
        _, pages = self.read(serve, client, self.portal(self.many(30)), options=options)
        assert pages[-1].problems[0].reason is Reason.TOO_MANY_PAGES
        assert not pages[-1].complete

    def test_the_same_record_twice_comes_once_with_a_warning(self, serve: Serve, client: Client) -> None:
        portal = self.portal(self.catalogue(self.record(1), self.record(2), self.record(3), self.record(1)))
        _, pages = self.read(serve, client, portal)
        found = [problem for page in pages for problem in page.problems]
        assert sum(len(page.records) for page in pages) == 3
        assert [problem.reason for problem in found] == [Reason.DUPLICATE]
        assert found[0].severity is Severity.WARNING

    def test_wrong_options_fail_the_source(self, serve: Serve, client: Client) -> None:
        source = self.source("http://127.0.0.1:9", options=self.wrong_options)
        with pytest.raises(SourceError) as raised:
            list(self.protocol.pages(source, client))
        assert raised.value.reason is Reason.BAD_CONFIGURATION

    # mapping

    def test_a_dataset_has_what_the_record_says(self, serve: Serve, client: Client) -> None:
        source, record = self.one(
            serve, client, title="Vélos et fietsen", description="Une description.", keyword=["r&d", "à", "l'eau"]
        )
        dataset = self.protocol.map(source, record).dataset
        assert dataset["title_translated"] == {self.language: "Vélos et fietsen"}
        assert dataset["notes_translated"] == {self.language: "Une description."}
        assert dataset["tags_translated"] == {self.language: ["l'eau", "r&d", "à"]}
        assert dataset["guid"] == record.guid
        assert dataset["harvest_source_name"] == source.name
        assert dataset["metadata_license"] == source.metadata_license
        assert dataset["private"] is False
        assert dataset["publisher"][0]["name"]
        assert dataset["resources"]
        assert all(resource["url"].startswith("http") for resource in dataset["resources"])
        assert not ENGINES_OWN & dataset.keys()
        assert json.loads(json.dumps(dataset)) == dataset

    def test_mapping_twice_gives_the_same(self, serve: Serve, client: Client) -> None:
        source, record = self.one(serve, client)
        assert self.protocol.map(source, record) == self.protocol.map(source, record)

    def test_a_licence_becomes_a_code_and_a_uri(self, serve: Serve, client: Client) -> None:
        dataset = self.mapped(serve, client, licence="cc-by-4").dataset
        assert dataset["license_id"] == "CC_BY_4_0"
        assert {resource["license"] for resource in dataset["resources"]} == {f"{HOUSE}licence/CC_BY_4_0"}

    def test_a_licence_nobody_knows_is_kept_and_reported(self, serve: Serve, client: Client) -> None:
        mapped = self.mapped(serve, client, licence="unknown")
        assert "license_id" not in mapped.dataset
        assert len(mapped.dataset["unresolved"]) == 1
        assert [problem.reason for problem in mapped.problems] == [Reason.UNKNOWN_TERM]

    def test_a_record_without_title_is_one_error_with_field_value_and_reason(
        self, serve: Serve, client: Client
    ) -> None:
        source, record = self.one(serve, client, title=None)
        with pytest.raises(RecordError) as raised:
            self.protocol.map(source, record)
        problem = raised.value.problem(record)
        assert problem.reason is Reason.NO_TITLE
        assert problem.guid == record.guid
        assert problem.field
        assert problem.value

    def test_a_wrong_date_costs_the_date(self, serve: Serve, client: Client) -> None:
        mapped = self.mapped(serve, client, modified="2020-15-35")
        assert "modified" not in mapped.dataset
        problem = mapped.problems[0]
        assert (problem.value, problem.reason, problem.severity) == (
            "2020-15-35", Reason.BAD_DATE, Severity.WARNING,
        )  # fmt: skip

    def test_a_megabyte_of_title_is_shortened(self, serve: Serve, client: Client) -> None:
        mapped = self.mapped(serve, client, title="fiets " * 200_000)
        assert len(mapped.dataset["title_translated"][self.language]) <= 1_000
        assert Reason.SHORTENED in {problem.reason for problem in mapped.problems}

    def test_characters_no_text_may_hold_are_taken_out(self, serve: Serve, client: Client) -> None:
        mapped = self.mapped(serve, client, title="Bushaltes \u202egnp.exe\u202c")
        assert mapped.dataset["title_translated"] == {self.language: "Bushaltes gnp.exe"}
        assert Reason.BAD_CHARACTERS in {problem.reason for problem in mapped.problems}

    def test_a_theme_nobody_knows_is_kept_and_reported(self, serve: Serve, client: Client) -> None:
        mapped = self.mapped(serve, client, theme="Kwantumbreien")
        assert [kept["value"] for kept in mapped.dataset["unresolved"]] == ["Kwantumbreien"]

    def test_every_reason_speaks_three_languages(self) -> None:
        assert set(SENTENCES) == set(Reason)
        for sentences in SENTENCES.values():
            assert set(sentences) == {"en", "nl", "fr"}
            assert len(set(sentences.values())) == 3
