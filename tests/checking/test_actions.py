"""The actions and commands of checking, and the address a form asks."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import IO, Any, cast

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_auth
from werkzeug.datastructures import FileStorage

from ckanext.oslo.checking import documents, wording
from ckanext.oslo.cli import oslo
from tests.feeds.conftest import act
from tests.schemas.conftest import MOBILITY

SHAPES = "ckanext.oslo.shapes.folder"
TURTLE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<http://example.org/d> a dcat:Dataset ; dct:title "Bomen"@nl ."""


HUGE = 500_000_000
PIECE = bytes(1_000_000)


class Endless:
    """Sends 500 MB without saying so beforehand, at ``/gzip`` packed; counts the bytes somebody took."""

    def __init__(self) -> None:
        self.sent = 0
        counter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                packed = self.path == "/gzip"
                self.send_response(200)
                self.send_header("Content-Type", "text/turtle")
                self.send_header("Content-Encoding", "gzip" if packed else "identity")
                self.end_headers()
                packer = zlib.compressobj(wbits=31)
                try:
                    for _ in range(HUGE // len(PIECE)):
                        counter.sent += self.wfile.write(packer.compress(PIECE) if packed else PIECE)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def endless() -> Iterator[Endless]:
    found = Endless()
    yield found
    found.server.shutdown()
    found.server.server_close()


class Zeros(io.RawIOBase):
    """A file of 500 MB; counts the bytes somebody read."""

    def __init__(self) -> None:
        self.read_so_far = 0

    def read(self, size: int = -1, /) -> bytes:
        found = bytes(min(HUGE - self.read_so_far, HUGE if size < 0 else size))
        self.read_so_far += len(found)
        return found


def in_language(app: Any, language: str, work: Any) -> Any:
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": language}):
        return work()


class TestValidate:
    def test_a_saved_dataset_is_checked_against_the_profile_of_its_kind(self, make: Any) -> None:
        found = act("oslo_validate", id=make(type="mobility")["name"])
        assert found["profile"] == "mobility_dcat_ap"
        assert found["conforms"]
        assert found["errors"] == 0
        assert {one["severity"] for one in found["findings"]} <= {"warning", "hint"}

    def test_a_dict_that_is_not_saved_is_checked_as_well(self, with_plugins: None) -> None:
        found = act("oslo_validate", dataset={"type": "work", "title_translated": {"nl": "Werk"}}, profile="dcat_ap_3")
        assert found["warnings"]
        missing = next(one for one in found["findings"] if one["field"] == "contact")
        assert missing["rdf"]["path"] == "dcat:contactPoint"
        assert missing["rdf"]["rule"] == "MinCount"

    def test_the_words_are_the_reader_s(self, make: Any, app: Any) -> None:
        dataset = make(tags_translated={})
        said = {}
        for language in ("nl", "fr", "en"):
            found = in_language(app, language, lambda: act("oslo_validate", id=dataset["id"], profile="dcat_ap_3"))
            said[language] = next(one["text"] for one in found["findings"] if one["field"] == "tags_translated")
        assert said == {
            "nl": "Vul “Trefwoorden” in: DCAT-AP 3 raadt het aan.",
            "fr": "Remplissez «\u00a0Mots-clés\u00a0»\u00a0: DCAT-AP 3 le recommande.",
            "en": "Fill in “Keywords”: DCAT-AP 3 recommends it.",
        }

    @pytest.mark.parametrize("data", [{}, {"dataset": "x"}, {"id": ""}])
    def test_without_a_dataset_it_is_refused_in_words(self, data: dict[str, Any], with_plugins: None) -> None:
        with pytest.raises(toolkit.ValidationError) as refused:
            act("oslo_validate", **data)
        assert "id" in refused.value.error_dict

    def test_an_unknown_profile_is_refused_with_those_there_are(self, make: Any) -> None:
        with pytest.raises(toolkit.ValidationError, match="dcat_ap_vl_3"):
            act("oslo_validate", id=make()["id"], profile="dcat_ap_9")

    def test_who_may_see_a_dataset_may_check_it_and_who_may_make_one_anything(
        self, make: Any, steward: dict[str, Any]
    ) -> None:
        private = make(private=True)
        nobody, somebody = {"user": ""}, {"user": factories.User()["name"]}
        editor = {"user": steward["name"]}
        assert call_auth("oslo_validate", dict(editor), id=private["id"])
        for context in (nobody, somebody):
            with pytest.raises(toolkit.NotAuthorized):
                call_auth("oslo_validate", dict(context), id=private["id"])
            with pytest.raises(toolkit.NotAuthorized):
                call_auth("oslo_validate", dict(context), dataset={})
            with pytest.raises(toolkit.NotAuthorized):
                call_auth("oslo_validate_rdf", dict(context), text="x")
        assert call_auth("oslo_validate", dict(editor), dataset={})
        assert call_auth("oslo_validate", dict(nobody), id=make()["id"])


class TestDocuments:
    def test_a_text_and_an_upload_are_checked(self, with_plugins: None) -> None:
        by_text = act("oslo_validate_rdf", text=TURTLE, media_type="text/turtle")
        upload = FileStorage(io.BytesIO(TURTLE.encode()), "a.ttl", content_type="application/octet-stream")
        by_upload = act("oslo_validate_rdf", upload=upload)
        assert by_text == by_upload
        assert by_text["statements"] == 2
        errors = [one for one in by_text["findings"] if one["severity"] == "error"]
        assert [(one["field"], one["rdf"]["path"]) for one in errors] == [("notes_translated", "dct:description")]

    @pytest.mark.ckan_config("ckanext.oslo.fetch.allow", "127.0.0.0/8")
    def test_an_address_is_fetched_by_the_guarded_client(self, served: Any, with_plugins: None) -> None:
        address = served(
            {
                "/a": (200, {"Content-Type": "text/turtle"}, TURTLE.encode()),
                "/page": (200, {"Content-Type": "text/html"}, b"<p>"),
                "/metadata": (302, {"Location": "http://169.254.169.254/latest"}, b""),
            }
        )
        assert act("oslo_validate_rdf", url=f"{address}/a")["errors"] == 1
        for path, said in (("/page", "text/html"), ("/gone", "404"), ("/metadata", "169.254.169.254")):
            with pytest.raises(toolkit.ValidationError, match=said):
                act("oslo_validate_rdf", url=address + path)

    @pytest.mark.ckan_config("ckanext.oslo.fetch.allow", "127.0.0.0/8")
    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    def test_of_500_megabytes_only_so_much_is_read_that_they_are_too_many(
        self, endless: Endless, encoding: str, with_plugins: None
    ) -> None:
        with pytest.raises(toolkit.ValidationError, match="20000000"):
            act("oslo_validate_rdf", url=f"{endless.address}/{encoding}")
        # What lies in the buffers of the sockets was sent and not read.
        assert endless.sent < 1.5 * documents.MAX_BYTES

    def test_of_an_upload_of_500_megabytes_as_well(self, with_plugins: None) -> None:
        zeros = Zeros()
        with pytest.raises(toolkit.ValidationError, match="20000000"):
            act("oslo_validate_rdf", upload=FileStorage(cast(IO[bytes], zeros), "a.ttl", content_type="text/turtle"))
        assert zeros.read_so_far == documents.MAX_BYTES + 1

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "file:///etc/passwd", "ftp://example.org/a.ttl", "x"])
    def test_an_address_that_policy_forbids_is_not_fetched(self, url: str, with_plugins: None) -> None:
        with pytest.raises(toolkit.ValidationError):
            act("oslo_validate_rdf", url=url)

    def test_bad_documents_are_refused_in_the_reader_s_language(self, app: Any) -> None:
        def refused() -> str:
            with pytest.raises(toolkit.ValidationError) as error:
                act("oslo_validate_rdf", text='{"@context": "http://x/c"}', media_type="application/ld+json")
            return error.value.error_dict["document"][0]

        assert in_language(app, "nl", refused).startswith("Het document vraagt iets van elders te laden")
        assert in_language(app, "fr", refused).startswith("Le document demande de charger")
        with pytest.raises(toolkit.ValidationError):
            act("oslo_validate_rdf")


class TestForm:
    def ask(self, app: Any, user: dict[str, Any] | None, language: str = "nl", status: int = 200, **inputs: Any) -> Any:
        headers = {"Authorization": user["token"]} if user else {}
        return app.post(f"/{language}/oslo/check", data=inputs, headers=headers, status=status).json

    def test_a_form_half_filled_in_is_told_field_by_field(self, app: Any, steward: dict[str, Any]) -> None:
        found = self.ask(
            app, steward, **{"_oslo_type": "dataset", "title_translated-nl": "Bomen", "issued": "31/02/2026"}
        )
        by_field = {one["field"]: one for one in found["findings"]}
        assert by_field["notes_translated"]["severity"] == "error"
        assert by_field["issued"]["severity"] == "error"
        assert by_field["issued"]["text"] == "31/02/2026 bestaat niet. Schrijf dag, maand, jaar."
        assert "title_translated" not in by_field
        assert by_field["license_id" if "license_id" in by_field else "contact"]["input"]
        assert found["score"]["of"] == 405

    def test_the_score_moves_and_the_steps_lead_to_inputs(self, app: Any, steward: dict[str, Any]) -> None:
        form = {"_oslo_type": "dataset", "title_translated-nl": "Bomen", "notes_translated-nl": "Waar ze staan."}
        before = self.ask(app, steward, **form)
        after = self.ask(app, steward, **form, **{"tags_translated-nl": "boom, straat", "theme": ["ENVI"]})
        assert after["score"]["points"] == before["score"]["points"] + 60
        first, *others = before["score"]["next_steps"]
        assert (first["text"], first["input"], first["points"]) == ("Voeg een bestand of link toe", "resources", 220)
        assert {step["input"] for step in others if step["points"] == 30} == {"tags_translated", "theme"}

    def test_groups_and_files_are_read_as_saving_reads_them(self, app: Any, steward: dict[str, Any]) -> None:
        form = {
            "_oslo_type": "mobility",
            "title_translated-nl": "Haltes",
            "contact-0-name": "Dienst",
            "contact-0-email": "geen adres",
            "resources__0__url": "https://data.example/haltes.csv",
            "resources__1__url": "https://data.example/haltes.zip",
            "resources__1__removed": "1",
            "resources__2__url": "",
            "resources__3__url": "niets goeds",
        }
        found = self.ask(app, steward, **form)
        inputs = {one["input"] for one in found["findings"] if one["severity"] == "error"}
        assert {"contact-0-email", "resources__3__url"} <= inputs
        assert "resources__0__mobility_data_standard" in {one["input"] for one in found["findings"]}
        assert not any(one["input"].startswith(("resources__1__", "resources__2__")) for one in found["findings"])

    def test_a_saved_dataset_keeps_what_the_form_does_not_ask(
        self, app: Any, make: Any, steward: dict[str, Any]
    ) -> None:
        dataset = make()
        form = {"_oslo_dataset": dataset["id"], "title_translated-nl": "Nieuw", "title_translated-fr": ""}
        found = self.ask(app, steward, **form)
        assert "license_id" not in {one["field"] for one in found["findings"]}
        file = dataset["resources"][0]["id"]
        of_file = self.ask(app, steward, _oslo_dataset=dataset["id"], _oslo_file=file, url="https://x.example/a")
        assert "availability" in {one["input"] for one in of_file["findings"] if one["resource"] == 0}

    def test_only_who_may_edit_is_answered(self, app: Any, make: Any, steward: dict[str, Any]) -> None:
        dataset = make()
        stranger = factories.UserWithToken()
        for user in (None, stranger):
            assert self.ask(app, user, status=403, _oslo_dataset=dataset["id"])["error"]
            assert self.ask(app, user, status=403, _oslo_type="dataset")["error"]
        assert self.ask(app, steward, status=400, _oslo_type="nothing")["error"] == "Dit soort dataset bestaat niet."
        assert self.ask(app, steward, "fr", 404, _oslo_dataset="nothing")["error"]

    def test_the_answer_says_how_long_it_took(self, app: Any, make: Any, steward: dict[str, Any], shared: Path) -> None:
        toolkit.config[SHAPES] = str(shared / "shapes")
        try:
            dataset = make(type="mobility", resources=[dict(MOBILITY["resources"][0]) for _ in range(10)])
            form = {"_oslo_dataset": dataset["id"], "title_translated-nl": "Stallingen"}
            self.ask(app, steward, **form)
            taken = [self.ask(app, steward, **form)["milliseconds"] for _ in range(2)]
        finally:
            del toolkit.config[SHAPES]
        assert all(one > 0 for one in taken)


class TestCommands:
    def test_validate_tells_each_dataset_and_fails_when_a_profile_is_broken(self, make: Any, cli: Any) -> None:
        good = make()
        run = cli.invoke(oslo, ["validate", good["name"]])
        assert run.exit_code == 0, run.output
        assert f"{good['name']} · StatDCAT-AP: 0 errors" in run.output
        run = cli.invoke(oslo, ["validate", good["name"], "--profile", "dcat_ap_hvd", "--json"])
        (report,) = json.loads(run.output)
        assert run.exit_code == (0 if report["conforms"] else 1)
        assert cli.invoke(oslo, ["validate", "nothing"]).exit_code == 1
        assert cli.invoke(oslo, ["validate"]).exit_code == 2

    def test_the_whole_catalogue_and_its_page(self, make: Any, cli: Any, shared: Path) -> None:
        make(title_translated={"nl": "<script>x</script>"})
        make(type="mobility")
        make(private=True)
        folder = str(shared / "shapes")
        run = cli.invoke(oslo, ["validate", "--catalogue", "--profile", "dcat_ap_3", "--json", "--shapes", folder])
        reports = json.loads(run.stdout)
        assert len(reports) == 3
        assert reports[-1]["dataset"] == "catalogue"
        page = cli.invoke(oslo, ["validate", "--catalogue", "--html"]).stdout
        assert page.startswith("<!doctype html>")
        assert "<script>" not in page

    def test_shapes_list_tells_what_is_used(self, cli: Any, shared: Path) -> None:
        assert "own shapes (dcat-ap-3.ttl)" in cli.invoke(oslo, ["shapes", "list"]).output
        toolkit.config[SHAPES] = str(shared / "shapes")
        try:
            said = cli.invoke(oslo, ["shapes", "list"]).output
        finally:
            del toolkit.config[SHAPES]
        assert "dcat_ap_3         DCAT-AP 3.0.1" in said
        assert "dcat_ap_vl_3      own shapes (dcat-ap-vl-3.ttl)" in said


def test_every_rule_of_shacl_is_said_in_words(with_plugins: None) -> None:
    templates = [*wording.MISSING.values(), *wording.TEXTS.values(), wording.WRONG, wording.BARE]
    for template in templates:
        assert template.format(field="F", profile="P", value="V", expected="E")
