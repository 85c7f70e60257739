"""The shared pure pieces, on whatever anyone may write: they answer or say no, and never break."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.harvesters import markup
from ckanext.harvesters.datavindplaats.protocol import RDF_XML
from ckanext.harvesters.mapping import (
    dates,
    detection,
    exports,
    formats,
    geometry,
    languages,
    licences,
    text,
    themes,
    urls,
)
from ckanext.harvesters.mapping.dcat import rdfxml
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.languages import Tag
from ckanext.harvesters.mapping.subject_matter import explain
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Problem, RecordError, Source, SourceRecord, shorten
from ckanext.harvesters.registry import protocol, protocols

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DEFAULT = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("title", "description", "keyword", "theme", "license", "license_url", "language", "modified", "publisher",
         "territory", "geographic_reference", "geographic_area", "references", "attributions", "source_dataset",
         "source_domain_address", "bbox"),
        JSON_VALUES,
    ),
)  # fmt: skip
ODS = st.fixed_dictionaries(
    {"metas": st.fixed_dictionaries({"default": DEFAULT | JSON_VALUES}, optional={"dcat": JSON_VALUES})},
    optional=dict.fromkeys(("dataset_id", "attachments", "features", "fields", "has_records"), JSON_VALUES),
)
FILE = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("url", "title", "format", "mime", "filesize", "checksum", "schema"), JSON_VALUES)
)
UDATA = st.fixed_dictionaries(
    {"title": st.text(min_size=1)},
    optional={
        "resources": st.lists(FILE | JSON_VALUES, max_size=3) | JSON_VALUES,
        **dict.fromkeys(
            ("description", "tags", "spatial", "temporal_coverage", "license", "frequency", "organization", "owner",
             "harvest", "created_at", "last_update", "page", "uri", "contact_points", "access_type"),
            JSON_VALUES,
        ),
    },
)  # fmt: skip


def source(name: str) -> Source:
    return Source(name, name, name, "https://portal.example.org", name, "fr", "https://example.org/cc0")


def maps_or_says_why(name: str, value: Any) -> None:
    content = json.dumps(value).encode()
    record = SourceRecord("guid", content, "application/json")
    try:
        made = protocol(name).map(source(name), record)
    except RecordError:
        return
    # What goes to CKAN is JSON without NaN, and UTF-8: PostgreSQL takes nothing else, and no NUL.
    sent = json.dumps(made.dataset, allow_nan=False, ensure_ascii=False).encode()
    assert b"\\u0000" not in sent
    assert made == protocol(name).map(source(name), record)
    for problem in made.problems:
        problem.value.encode()


@given(ODS | JSON_VALUES)
def test_any_json_is_an_opendatasoft_dataset_or_one_error(value: Any) -> None:
    maps_or_says_why("opendatasoft", value)


@given(UDATA | JSON_VALUES)
def test_any_json_is_a_udata_dataset_or_one_error(value: Any) -> None:
    maps_or_says_why("udata", value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_one_error(content: bytes) -> None:
    for name, one in protocols().items():
        with suppress(RecordError):
            one.map(source(name), SourceRecord("https://example.org/1", content, "any"))


WELL_FORMED = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    b'xmlns:dct="http://purl.org/dc/terms/">'
    + b"".join(
        b'<dcat:Catalog><dcat:dataset><dcat:Dataset rdf:about="https://e.org/%d"><dct:title>T</dct:title>'
        b"</dcat:Dataset></dcat:dataset></dcat:Catalog>" % number
        for number in range(4)
    )
    + b"</rdf:RDF>"
)


@settings(max_examples=300)
@given(st.integers(0, len(WELL_FORMED)), st.binary(max_size=6), st.integers(0, 40))
def test_a_damaged_page_gives_records_or_faults_and_never_breaks(at: int, rubbish: bytes, lost: int) -> None:
    damaged = WELL_FORMED[:at] + rubbish + WELL_FORMED[at + lost :]
    try:
        sheet = rdfxml.take_apart(damaged)
    except (markup.ForbiddenMarkupError, markup.UnreadableError):
        return
    for piece in sheet.pieces:
        if piece.iri and piece.iri.startswith("https://"):
            record = SourceRecord(piece.iri, piece.content, RDF_XML)
            with suppress(RecordError):
                protocol("datavindplaats").map(source("datavindplaats"), record)


@pytest.mark.parametrize(
    "said", ["None", "null", "N/A", "n.a.", "nvt", "n.v.t.", "-", "--", ".", "<p>None</p>", " NaN "]
)
def test_a_description_that_says_nothing_is_none(said: str) -> None:
    gent = Source("gent", "Gent", "opendatasoft", "https://example.org", "gent", "nl", "https://example.org/cc0")
    draft = Draft(gent, SourceRecord("1", b"", "application/json"))
    draft.titles("title", [(Tag("nl"), "None")], "description", [(Tag("nl"), said), (Tag("fr"), "Nonante places")])
    made = draft.finish("title").dataset
    assert made["title_translated"] == {"nl": "None"}
    assert made["notes_translated"] == {"fr": "Nonante places"}


@pytest.mark.parametrize("said", ["Nvt-lijnen in Gent", "Na 2019", "Null-Emissie", "5", "Geen", "Nonante", "É"])
def test_a_short_description_that_says_something_stays(said: str) -> None:
    assert not text.says_nothing(said)


@given(st.text())
def test_helpers_answer_any_text(value: str) -> None:
    assert dates.parse(value) is None or dates.parse(value)
    dates.period(value)
    languages.tag(value)
    assert detection.contradicts(value, "nl") in (None, "fr", "en", "de")
    geometry.from_literal(value)
    formats.find(value)
    formats.mimetype(value)
    licences.find(value)
    themes.find(value)
    urls.extension(value)
    address = urls.tidy(value)
    assert address is None or (address.startswith(("http://", "https://")) and " " not in address)
    assert address is None or urls.tidy(address) == address
    cleaned = text.clean(value)
    assert text.clean(cleaned) == cleaned
    cleaned.encode()
    assert "\x00" not in text.prose(value)
    assert len(shorten(value)) <= 2_000


@given(st.text(st.sampled_from("<>/abip scr&;=\"'#*\n hr"), max_size=120))
def test_html_of_any_kind_becomes_text_without_scripts(value: str) -> None:
    assert "<script" not in text.prose(f"<p>{value}</p>").lower() or "&lt;" in value or "<script" in value


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 1, 1)))
def test_every_date_comes_back(day: Any) -> None:
    assert dates.parse(day.isoformat()) == day.isoformat()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-09-18T05:12:48.495000+00:00", "2024-09-18T05:12:48+00:00"),
        ("2012-09-17T17:01+02:00", "2012-09-17T15:01:00+00:00"),
        ("2021-12-07T14:06:00", "2021-12-07T14:06:00"),
        ("14/09/2014", "2014-09-14"),
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2020-15-35", None),
        ("0000-01-01", None),
        ("99999-01-01", None),
        ("gisteren", None),
        ("2021-02-29", None),
        ("", None),
    ],
)
def test_dates(written: str, read: str | None) -> None:
    assert dates.parse(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2010-01-01/2012-12-31", {"start": "2010-01-01", "end": "2012-12-31"}),
        ("2012-2015", {"start": "2012", "end": "2015"}),
        ("2023-10-30T23:00:00+00:00/", {"start": "2023-10-30T23:00:00+00:00"}),
        ("/2020", {"end": "2020"}),
        ("2020", {"start": "2020", "end": "2020"}),
        ("2020/2010", None),
        ("altijd", None),
        ("01/01/2010", {"start": "2010-01-01", "end": "2010-01-01"}),
        ("01/01/2010/31/12/2012", {"start": "2010-01-01", "end": "2012-12-31"}),
        ("01/01/2010 - 31/12/2012", {"start": "2010-01-01", "end": "2012-12-31"}),
        ("du 01/01/2010 au 31/12/2012", {"start": "2010-01-01", "end": "2012-12-31"}),
        ("van 2010 tot en met 2012", {"start": "2010", "end": "2012"}),
        ("depuis 2010", {"start": "2010"}),
        ("2010-01-01/..", {"start": "2010-01-01"}),
        ("altijd/2012", None),
    ],
)
def test_periods(written: str, read: dict[str, str] | None) -> None:
    assert dates.period(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" https://e.org ", "https://e.org"),
        ("https:\\\\www.vmm.be", "https://www.vmm.be"),
        ("www.vmm.be", "https://www.vmm.be"),
        ("HTTP://E.org/a", "http://E.org/a"),
        ("https://e.org/{a}|b", "https://e.org/%7Ba%7D%7Cb"),
        ("https://e.org/a https://e.org/b", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://user:secret@e.org/", None),
        ("https://e.org:port/", None),
        ("https://", None),
        ("onbekend", None),
    ],
)
def test_addresses(written: str, read: str | None) -> None:
    assert urls.tidy(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("mailto:info@e.org", "info@e.org"), ("a@b", None), ("a@e.org\nBcc: x@e.org", None), ("onbekend", None)],
)
def test_mail_addresses(written: str, read: str | None) -> None:
    assert urls.email(written) == read


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("http://publications.europa.eu/resource/authority/file-type/WMS_SRVC", "WMS"),
        ("OGC:WMS-1.3.0-http-get-map", "WMS"),
        ("application/vnd.geo+json", "GeoJSON"),
        ("shp (wgs84)", "SHP"),
        (".xlsx", "XLSX"),
        ("csv/utf8", "CSV"),
        ("fr/politiques-ministerielles", None),
    ],
)
def test_formats(written: str, name: str | None) -> None:
    assert formats.find(written) == name


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("http://creativecommons.org/licenses/by/4.0/legalcode", "CC_BY_4_0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.pl", "CC_BY_4_0"),
        ("This work is licensed under a Creative Commons (CC-BY 4.0) License.", "CC_BY_4_0"),
        ("http://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0", "VL_GRATIS_HERGEBRUIK"),
        ("CC BY", "CC_BY"),
        ("zie voorwaarden", None),
    ],
)
def test_licences(written: str, code: str | None) -> None:
    found = licences.find(written)
    assert (found.code if found else None) == code


@pytest.mark.parametrize("piece", ["<a ", '<a x="', "<!--", "<p>", "<td>", "</", "<![CDATA[", "<script>", "\xa0 "])
def test_html_that_never_closes_is_read_in_linear_time(piece: str) -> None:
    # Half a minute each with the standard library's HTMLParser, at a quarter of this length.
    assert len(text.prose("<p>" + piece * 80_000)) <= 80_000 * len(piece) + 10


@pytest.mark.parametrize("value", ["/" * 50_000 + " x", "a " * 50_000])
def test_long_rubbish_is_no_date(value: str) -> None:
    assert dates.parse(value) is None
    assert dates.period(value) is None


def test_entities_bring_no_forbidden_characters_back() -> None:
    assert text.prose("<p>a&#0;b&#x202e;c &lt;b&gt;</p>") == "abc <b>".replace("ab", "a\ufffdb")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Fietsenstallingen Kortrijk", "mobility"),
        ("Stationnement vélo - Verviers", "mobility"),
        ("Offres d'emploi Forem", "work"),
        ("Werkzoekenden per gemeente", "work"),
        ("Formatie van Kortrijk: dikte van de afzetting", "dataset"),
        ("Mode d'emploi du portail", "dataset"),
        ("Emploi du temps des écoles", "dataset"),
        ("Trame verte et bleue", "dataset"),
        ("Netwerk van meetpunten", "dataset"),
    ],
)
def test_what_a_title_says_of_the_subject(title: str, kind: str) -> None:
    found, evidence = explain({"title_translated": {"nl": title}})
    assert found == kind
    assert bool(evidence) == (kind != "dataset")


ODS = "https://data.example/api/explore/v2.1/catalog/datasets"
TEN = ("csv", "json", "xlsx", "parquet", "fgb", "jsonl", "jsonld", "turtle", "n3", "rdfxml", "geojson", "shp", "kml")


class TestGeneratedExports:
    def made(self, *addresses: str) -> list[str]:
        return [one["url"].rpartition("/")[2] for one in exports.sensible({"url": address} for address in addresses)]

    def test_the_ten_of_a_dataset_become_a_sensible_few(self) -> None:
        assert self.made(*(f"{ODS}/a/exports/{name}" for name in TEN)) == ["csv", "json", "xlsx", "geojson", "shp"]

    def test_what_was_attached_stays(self) -> None:
        assert self.made(f"{ODS}/a/exports/csv", f"{ODS}/a/attachments/plan", "https://e.org/x.n3") == [
            "csv", "plan", "x.n3",
        ]  # fmt: skip

    def test_the_same_export_with_other_settings_is_the_same(self) -> None:
        old = "https://data.example/api/v2/catalog/datasets"
        assert self.made(f"{old}/a/exports/csv", f"{old}/a/exports/csv?use_labels=true") == ["csv"]

    def test_the_old_format_of_excel_stands_in_for_the_new(self) -> None:
        assert self.made(f"{ODS}/a/exports/csv", f"{ODS}/a/exports/xls") == ["csv", "xls"]

    def test_a_dataset_with_nothing_but_others_keeps_them(self) -> None:
        assert self.made(f"{ODS}/a/exports/parquet", f"{ODS}/a/exports/fgb") == ["parquet", "fgb"]


def test_the_protocols_are_known_by_name() -> None:
    known = {"ckan_api", "csw", "datavindplaats", "dcat", "ogc_records", "opendatasoft", "transport", "udata"}
    assert {one.name for one in protocols().values()} == set(protocols()) == known


def test_a_shown_value_is_one_printable_line() -> None:
    assert shorten("a\x00\ud800\n" + "b" * 500).isprintable()
    assert Problem(None, "f", shorten({"a": 1}), Reason.WRONG_TYPE).value == "{'a': 1}"
