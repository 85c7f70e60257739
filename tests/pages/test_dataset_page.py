"""The page of a dataset: reports to its steward, following, calls to copy, what is alike, previews."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from ckanext.eurometropool.pages import reporting, stops
from ckanext.eurometropool.pages.calls import calls
from ckanext.eurometropool.pages.sketch import NotDrawable
from ckanext.eurometropool.pages.social import Words, picture
from tests.pages.reading import one, read, select, text
from tests.post import Post

ATOM = {"a": "http://www.w3.org/2005/Atom"}
WRONG = {"text": "De stalling aan het station staat er niet in.", "email": "an@reader.example"}


def reported(app: Any, path: str, said: dict[str, str], **expected: Any) -> Any:
    """Fill in the form as a browser does, with its token."""
    token = one(read(app.get(path).body), "form.report-form input[name=_csrf_token]").get("value")
    return app.post(path, data={**said, "_csrf_token": token}, follow_redirects=False, **expected)


@pytest.mark.usefixtures("catalogue")
class TestReport:
    @pytest.fixture(autouse=True)
    def nothing_counted(self):
        redis = connect_to_redis()
        for key in redis.scan_iter("ckan:*:report:*"):
            redis.delete(key)

    def test_a_visitors_report_reaches_who_looks_after_the_dataset(self, app, post: Post, catalogue):
        admin = factories.User(email="beheer@kortrijk.example")
        member = {"id": catalogue["all"]["owner_org"], "username": admin["name"], "role": "admin"}
        helpers.call_action("organization_member_create", **member)
        form = read(app.get("/fr/report/bike-parking").body)
        assert one(form, "h1").text == "Signaler une erreur"
        answer = reported(app, "/fr/report/bike-parking", WRONG, status=302)
        assert answer.location.endswith("/fr/mobility/bike-parking")
        [letter] = post.letters
        assert letter["To"].endswith("beheer@kortrijk.example>")
        assert letter["Reply-To"] == "an@reader.example"
        # In the steward's language, not the reader's.
        assert letter["Subject"] == "Een fout in “Stationnements vélo”"
        assert WRONG["text"] in letter.get_content()
        assert "/nl/mobility/bike-parking" in letter.get_content()

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({**WRONG, "text": "x"}, "Zeg in een zin"),
            ({**WRONG, "text": "x" * 5000}, "hoogstens 4000"),
            ({**WRONG, "email": "an@reader.example\nBcc: all@example.org"}, "geen e-mailadres"),
            ({**WRONG, "website": "https://spam.example"}, "voor mensen"),
        ],
    )
    def test_what_cannot_be_sent_is_told_by_the_form_and_kept_in_it(self, app, post: Post, said, told):
        shown = read(reported(app, "/nl/report/bike-parking", said).body)
        assert told in text(one(shown, "[role=alert]"))
        assert one(shown, "#text").text.strip() == said["text"]
        assert post.letters == []

    def test_nobody_is_flooded(self, app, post: Post):
        for _ in range(reporting.FROM_ONE_ADDRESS):
            reported(app, "/nl/report/bike-parking", WRONG, status=302)
        shown = read(reported(app, "/nl/report/arceaux", WRONG).body)
        assert "veel meldingen" in text(one(shown, "[role=alert]"))
        assert len(post.letters) == reporting.FROM_ONE_ADDRESS

    def test_a_page_of_another_site_sends_nothing(self, app, post: Post):
        app.post("/nl/report/bike-parking", data=WRONG, status=400)
        assert post.letters == []

    def test_a_portal_without_mail_says_so(self, app):
        assert not select(read(app.get("/nl/report/bike-parking").body), ".report-form")


@pytest.mark.usefixtures("catalogue")
def test_a_feed_has_an_entry_for_each_change(app, catalogue):
    def entries() -> list[str]:
        feed = etree.fromstring(app.get(f"/nl/follow/{catalogue['all']['id']}.atom").data)
        return [str(found) for found in feed.xpath("a:entry/a:id/text()", namespaces=ATOM)]

    before = entries()
    assert before
    context = {"user": factories.Sysadmin()["name"]}
    helpers.call_action("package_patch", context, id=catalogue["all"]["id"], frequency="DAILY")
    after = entries()
    assert set(before) <= set(after)
    assert after[0] not in before
    app.get("/nl/follow/nothing.atom", status=404)


@pytest.mark.usefixtures("catalogue")
def test_the_same_subject_over_the_border_is_shown(app):
    shown = read(app.get("/nl/dataset/arceaux").body)
    across = one(shown, "[aria-labelledby=across]")
    assert [text(a) for a in select(across, ".rows a")] == ["Fietsenstallingen in Kortrijk"]
    assert "Arceaux de Roubaix" in text(one(shown, "#citation"))


@pytest.mark.usefixtures("catalogue")
def test_a_picture_comes_through_the_portal_and_what_is_none_does_not(app, create_with_upload, catalogue):
    context = {"user": factories.Sysadmin()["name"]}
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
    for name, content, status in (("plan.png", png, 200), ("plan.pdf", b"%PDF-1.7", 200), ("x.png", b"<svg/>", 404)):
        form = name.rpartition(".")[2].upper()
        resource = create_with_upload(content, name, context, package_id=catalogue["french"]["id"], format=form)
        answer = app.get(f"/nl/preview/{resource['id']}/file", status=status)
        if status == 200:
            assert answer.data == content
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_calls_are_what_their_languages_read():
    made = {one.key: one.code for one in calls("https://x.example/api", {"id": 'a"b', "limit": "5"}, "records")}
    assert set(made) == {"curl", "python", "js", "r"}
    compile(made["python"], "call", "exec")
    assert all("https://x.example/api?id=a%22b&limit=5" in code for code in made.values())
    assert "answer$result$records" in made["r"]


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, content in files.items():
            opened.writestr(f"feed/{name}.txt", content)
    return packed.getvalue()


def places(geojson: bytes) -> list[list[float]]:
    return [feature["geometry"]["coordinates"] for feature in json.loads(geojson)["features"]]


def test_the_stops_of_a_timetable_are_drawn_and_its_entrances_are_not():
    listed = "\ufeffstop_id,stop_lat,stop_lon,location_type\n1,50.8,3.2,\n2,50.9,3.3,0\n3,50.9,3.3,2\n4,,,0\n5,0,0,0\n"
    assert places(stops.of_gtfs(archive(stops=listed))) == [[3.2, 50.8], [3.3, 50.9]]


@pytest.mark.parametrize("content", [b"no archive", archive(routes="route_id"), b"PK\x03\x04 cut short"])
def test_what_is_no_timetable_is_not_drawn(content):
    with pytest.raises(NotDrawable):
        stops.of_gtfs(content)


def test_the_stations_of_a_feed_are_drawn():
    stations = {"data": {"stations": [{"station_id": "1", "lon": 3.06, "lat": 50.63}, {"station_id": "2"}, 7]}}
    discovery = {"data": {"fr": {"feeds": [{"name": "station_information", "url": "https://b.example/s.json"}]}}}
    fetched = {"https://b.example/s.json": json.dumps(stations).encode()}
    assert places(stops.of_gbfs(json.dumps(discovery).encode(), fetched.__getitem__)) == [[3.06, 50.63]]
    for content in (b"{}", b"[]", b"<html>", b'{"data": {"stations": 5}}'):
        with pytest.raises(NotDrawable):
            stops.of_gbfs(content, fetched.__getitem__)


@pytest.mark.usefixtures("catalogue")
def test_a_shared_address_has_a_picture_and_words(app):
    shown = read(app.get("/nl/mobility/bike-parking").body)
    said = {meta.get("property"): meta.get("content") for meta in select(shown, "meta[property]")}
    assert said["og:title"] == "Fietsenstallingen in Kortrijk"
    assert said["og:locale"] == "nl_BE"
    assert said["og:image"].startswith("http")
    path = "/" + said["og:image"].split("/", 3)[3]
    answer = app.get(path)
    with Image.open(io.BytesIO(answer.data)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
    app.get(path, headers={"If-None-Match": answer.headers["ETag"]}, status=304)
    assert app.get(path.replace("/nl/", "/fr/")).data != answer.data


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=400))
def test_any_title_fits_its_picture(title):
    with Image.open(io.BytesIO(picture(Words(title, title, "Portal"), None, ()))) as drawn:
        assert drawn.size == (1200, 630)
