"""Inputs 32 to 41: what records in JSON, texts, links and geometries hold."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from ckan.lib.helpers import render_markdown
from flask import Flask

from ckanext.eurometropool.municipalities.build import Sources, build
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.register import from_dict
from ckanext.harvesters.engine.identity import choose_name
from ckanext.harvesters.engine.report import Entry
from ckanext.harvesters.mapping import geometry, text, urls
from ckanext.harvesters.pages import downloads
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Problem, RecordError, Source, SourceRecord, is_storable
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.ckan_api import CkanPortal
from ckanext.oslo.fetch import Client, Refused
from tests.harvesters.engine.conftest import document, harvest, rows
from tests.harvesters.protocols.conftest import serve as serve_portal  # noqa: F401  (a fixture)
from tests.municipalities.conftest import french_package  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("with_plugins")


def ckan(**said: Any) -> Any:
    """Map a dataset of another CKAN."""
    record = {"id": "00000000-0000-4000-8000-000000000001", "name": "set-1", "title": "Fietstellingen", **said}
    return mapped("ckan_api", json.dumps(record).encode())


def mapped(name: str, content: bytes) -> Any:
    source = Source("s", "S", name, "https://www.example.be", "o", "nl", "https://example.org/licence")
    return protocol(name).map(source, SourceRecord("guid", content, "application/json", "https://www.example.be/1"))


@pytest.mark.parametrize("extras", [{"a": "b"}, [{"key": "a", "value": "b"}], None, "x", 5, [None, 3]])
@pytest.mark.parametrize("tags", [None, ["fiets"], [{"name": "fiets"}], "fiets", [None]])
def test_32_extras_tags_and_resources_in_any_form(extras, tags) -> None:
    assert ckan(extras=extras, tags=tags, resources=None).dataset["title_translated"] == {"nl": "Fietstellingen"}


RECORDS = {
    "ckan_api": {"id": "00000000-0000-4000-8000-000000000001", "name": "set-1", "title": "Fietstellingen"},
    "opendatasoft": document(1),
    "udata": {"id": "5f0000000000000000000001", "slug": "set-1", "title": "Fietstellingen", "resources": []},
}


@pytest.mark.parametrize(
    "more",
    [
        '"extras": NaN, "modified": Infinity',
        '"metadata_modified": 1e400, "last_update": -1e400',
        '"title": "Een", "title": "Fietstellingen"',
        '"notes": ' + "[" * 200 + "]" * 200,
        '"frequency": ' + "9" * 5000,
    ],
    ids=["nan", "infinite", "twice", "deep", "huge"],
)
@pytest.mark.parametrize("name", RECORDS)
def test_33_numbers_that_are_none_keys_twice_and_depth_cost_their_value(name, more) -> None:
    made = mapped(name, f"{json.dumps(RECORDS[name])[:-1]}, {more}}}".encode())
    (title,) = made.dataset["title_translated"].values()
    assert title in ("Fietstellingen", "Marchés publics de Tournai, partie 1")
    json.dumps(made.dataset, allow_nan=False)


@pytest.mark.parametrize("name", RECORDS)
def test_33_a_hundred_thousand_levels_cost_the_record(name) -> None:
    with pytest.raises(RecordError):
        mapped(name, f'{json.dumps(RECORDS[name])[:-1]}, "a": {"[" * 100_000}{"]" * 100_000}}}'.encode())


def test_34_characters_and_titles_of_any_kind_become_datasets(source, portal) -> None:
    for number in range(12):
        portal.odwb.catalogue.drop(f"marches-{number}")
    strange = [
        "a\x00b vélos",
        "\u202evélos",
        "v\u200bélos",
        "🚲 vélos",
        "v" * 1_000_000,
        "Évry",
        "Evry",
    ]
    portal.put(*(document(number, title=title) for number, title in enumerate(strange)))
    done = harvest(source)
    assert (done["failed"], len(rows())) == (0, len(strange))
    assert all(len(name) <= 100 for name in rows())
    assert ckan(title="\ud800 vélos").dataset["title_translated"]["nl"].endswith("vélos")
    assert choose_name("Évry", "0123456789abcdef", {"evry"}) == "evry-01234567"


def test_34_what_no_database_can_hold_costs_its_value_wherever_it_stands(source, portal) -> None:
    for number in range(12):
        portal.odwb.catalogue.drop(f"marches-{number}")
    portal.put(
        {**document(0, metadata_processed="2026-03-01\x00"), "dataset_id": "a\x00b"},
        {**document(1), "dataset_id": "c\ud800"},
        document(2),
    )
    done = harvest(source)
    assert (done["status"], done["added"], done["failed"]) == ("finished", 3, 0)


def test_34_names_that_are_no_text_do_not_cost_the_page(serve_portal, small) -> None:  # noqa: F811
    catalogue = Catalogue()
    for number, name in enumerate(["a\ud800", "b\x00", "c"]):
        one = {**RECORDS["ckan_api"], "id": f"00000000-0000-4000-8000-00000000000{number}", "name": name}
        catalogue.put(str(number), lambda _base, one=one: one)
    asked = Source("s", "S", "ckan_api", serve_portal(CkanPortal(catalogue)), "o", "nl", "https://example.org/licence")
    [page] = protocol("ckan_api").pages(asked, small)
    assert len(page.records) == 3


def test_34_a_line_of_the_report_can_always_be_kept() -> None:
    told = Entry.of(Problem("a\x00", "b\ud800", "c\x00", Reason.NOT_PUBLIC, "https://example.org/\x00"))
    assert all(is_storable(part) for part in (told.guid, told.field, told.value, told.url))


@pytest.mark.parametrize(
    "said", [{"private": True}, {"state": "draft"}, {"state": "deleted"}, {"type": "harvest"}, {"type": "showcase"}]
)
def test_35_what_is_not_public_or_no_dataset_is_left_out_and_told(serve_portal, small, said) -> None:  # noqa: F811
    records = [RECORDS["ckan_api"], {**RECORDS["ckan_api"], "id": "00000000-0000-4000-8000-000000000002", **said}]
    catalogue = Catalogue()
    for number, one in enumerate(records):
        catalogue.put(str(number), lambda _base, one={"name": f"set-{number}", **one}: one)
    place = serve_portal(CkanPortal(catalogue))
    asked = Source("s", "S", "ckan_api", place, "o", "nl", "https://example.org/licence")
    pages = list(protocol("ckan_api").pages(asked, small))
    assert [record.guid[-1] for page in pages for record in page.records] == ["1"]
    assert len([problem for page in pages for problem in page.problems]) == 1


def test_35_a_dataset_of_a_type_we_lack_is_one_of_ours() -> None:
    assert ckan(type="unheard-of").dataset.get("type", "dataset") in ("dataset", "mobility", "work")


SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
]


@pytest.mark.parametrize("script", [*SCRIPTS, "[x](data:text/html,<script>)", '<a href="javascript:alert(1)">x</a>'])
def test_36_no_text_runs_in_a_readers_browser(app, script) -> None:
    with app.flask_app.test_request_context():
        shown = str(render_markdown(text.prose(script) + "\n\n" + script))
    assert "<script" not in shown
    assert " onerror=" not in shown.replace("&lt;img src=x onerror=", "")
    assert 'href="javascript' not in shown
    assert 'href="data' not in shown


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_37_no_cell_of_a_download_is_a_formula(cell) -> None:
    with Flask("downloads").test_request_context():
        said = b"".join(downloads.table(("a",), [{"a": cell}], "x").iter_encoded()).decode("utf-8-sig")
    _head, (written,) = csv.reader(io.StringIO(said, newline=""))
    assert written == f"'{cell}"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://u:p@e.org/"]
)
def test_38_a_file_has_a_web_address_and_an_internal_one_is_never_asked(address) -> None:
    assert urls.tidy(address) is None
    with Client() as guarded, pytest.raises(Refused):
        guarded.head("http://10.0.0.1/")


@pytest.mark.parametrize(
    "address", ["a@e.org\nBcc: all@e.org", "a@e.org%0ABcc:b@e.org", "mailto:a@e.org%0d%0aCc:b@e.org"]
)
def test_39_a_contact_smuggles_no_header_into_a_mail(address) -> None:
    assert urls.email(address) is None


@pytest.mark.parametrize(
    "literal",
    [
        *["POINT(3000000 50000000)", "POINT(72000 170000)", "POINT(704000 7059000)", "POINT EMPTY", "POINT(NaN NaN)"],
        *[
            "POLYGON((3 50, 4 50, 4 51))",
            "POLYGON((3 50, 4 51, 4 50, 3 51, 3 50))",
            '{"type": "Polygon"}',
            "LINESTRING(179 50, -179 50)",
        ],
        '{"type": "Point", "coordinates": [50.6, 3.06]}',
    ],
)
def test_40_a_geometry_is_on_earth_and_valid_or_none(literal) -> None:
    shape = geometry.from_literal(literal)
    if shape is not None:
        west, south, east, north = shape.bounds
        assert shape.is_valid
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


def test_40_a_million_vertices_are_made_bearable() -> None:
    ring = [[3 + 0.5 * (one % 2) + one * 1e-7, 50 + one * 1e-6] for one in range(1_000_000)]
    shape = geometry.from_geojson({"type": "LineString", "coordinates": ring})
    assert shape is not None
    assert len(geometry.to_geojson(shape)) < 100_000


@pytest.fixture(scope="session")
def linker(french_package) -> Linker:  # noqa: F811
    return Linker(from_dict(build(Sources(french_package))))


@pytest.mark.parametrize(
    ("said", "linked"),
    [
        ("Tournai/Doornik", {"BE-57081"}),
        ("Rijsel", {"FR-59350"}),
        ("Mouscron–Moeskroen", {"BE-57096"}),
        ("fr:commune:59355@1943-01-01", {"FR-59350"}),
        ("http://vocab.belgif.be/auth/refnis1995/54007", {"BE-57096"}),
        ("http://vocab.belgif.be/auth/refnis2019/37007", {"BE-37022"}),
        ("Saint-Léger", set()),
    ],
)
def test_41_a_place_that_is_only_a_text_or_an_old_code(linker, said, linked) -> None:
    coverage = {"uri": said} if said.startswith("http") else {"text": said}
    found = linker.link({"type": "dataset", "title_translated": {"fr": "Comptages"}, "spatial_coverage": [coverage]})
    assert {link.key for link in found.links} == linked
