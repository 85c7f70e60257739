"""The names of today: brought over real HTTP, used where valid, and the last good ones kept when that fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ckanext.oslo.fetch import Budget, Client, Policy
from ckanext.oslo.vocabularies import NAMES, files, load, refreshed, use_refreshed
from ckanext.oslo.vocabularies.commands import vocabulary as command
from ckanext.oslo.vocabularies.refresh import Done, Outcome, refresh

EU = "http://publications.europa.eu/resource/authority"


class Publisher:
    """An office that publishes one list, or does not: ``answer`` is status, media type and body."""

    def __init__(self) -> None:
        self.answer: tuple[int, str, bytes] = (200, "text/turtle", b"")
        self.accepted = ""
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802  (the name http.server wants)
                publisher.accepted = self.headers["Accept"]
                status, media_type, body = publisher.answer
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/list"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def data(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Data files whose lists are published at the server on loopback; the folder of refreshed ones is beside them."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("access_right", "communication_method"):
        text = (files.DATA / f"{name}.yaml").read_text(encoding="utf-8")
        official = next(line for line in text.splitlines() if line.startswith("official:"))
        (folder / f"{name}.yaml").write_text(text.replace(official, f"official: {publisher.address}"), encoding="utf-8")
    # The shipped files name official addresses on the internet; these copies name the server on loopback instead.
    monkeypatch.setattr(files, "DATA", folder)
    files.explanations.cache_clear()
    use_refreshed(tmp_path / "kept")
    yield tmp_path / "kept"
    monkeypatch.undo()
    files.explanations.cache_clear()
    use_refreshed(None)


def published(**labels: str) -> bytes:
    """Make the official list of access rights, with other Dutch names for some."""
    lines = ["@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."]
    for code in ("PUBLIC", "RESTRICTED", "NON_PUBLIC", "CONFIDENTIAL", "SENSITIVE", "NORMAL"):
        label = json.dumps(labels.get(code, f"{code.lower()} nu"), ensure_ascii=False)
        lines.append(f'<{EU}/access-right/{code}> skos:prefLabel {label}@nl, "{code.lower()} now"@en .')
    return "\n".join(lines).encode()


def bring(folder: Path, name: str = "access_right", **budget: Any) -> Outcome:
    with Client(Policy(allow=("127.0.0.0/8",)), replace(Budget(), **budget)) as client:
        outcome = next(refresh([name], client, folder))
    use_refreshed(folder)
    return outcome


def test_the_names_of_today_are_used_and_the_others_stay(publisher: Publisher, data: Path) -> None:
    publisher.answer = (200, "text/turtle", published())
    assert bring(data) == Outcome("access_right", Done.REFRESHED, "6 concepts")
    assert "application/rdf+xml" in publisher.accepted
    found = load("access_right").get("PUBLIC")
    assert found is not None
    assert dict(found.labels) == {"nl": "public nu", "fr": "public", "en": "public now", "de": "öffentlich"}
    assert bring(data).done is Done.UNCHANGED


def test_a_former_name_is_still_understood(publisher: Publisher, data: Path) -> None:
    publisher.answer = (200, "text/turtle", published())
    bring(data)
    found = load("access_right").resolve("vertrouwelijk")
    assert found is not None
    assert found.code == "CONFIDENTIAL"


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>"),
        (200, "text/turtle", b"@prefix skos: <http"),
        (200, "text/turtle", b'<http://x.test/A> <http://www.w3.org/2004/02/skos/core#prefLabel> "other list"@nl .'),
        (200, "text/turtle", published()[:400].rpartition(b"\n")[0]),
        (200, "application/rdf+xml", b'<!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="x">&a;</rdf:RDF>'),
        (200, "application/json", b"[" * 50_000),
        (503, "text/plain", b"try later"),
        (404, "text/plain", b""),
    ],
)
def test_rubbish_changes_nothing(publisher: Publisher, data: Path, answer: tuple[int, str, bytes]) -> None:
    publisher.answer = answer
    assert bring(data).done is Done.SHIPPED
    assert load("access_right").get("PUBLIC").label("nl") == "openbaar"
    publisher.answer = (200, "text/turtle", published())
    bring(data)
    publisher.answer = answer
    outcome = bring(data)
    assert outcome.done is Done.KEPT
    assert outcome.said
    assert load("access_right").get("PUBLIC").label("nl") == "public nu"


def test_without_a_network_the_last_good_names_are_kept(publisher: Publisher, data: Path) -> None:
    publisher.answer = (200, "text/turtle", published())
    bring(data)
    text = (files.DATA / "access_right.yaml").read_text(encoding="utf-8")
    (files.DATA / "access_right.yaml").write_text(text.replace(publisher.address, "http://127.0.0.1:1/"))
    use_refreshed(data)
    outcome = bring(data)
    assert outcome.done is Done.KEPT
    assert "127.0.0.1:1" in outcome.said
    assert load("access_right").get("PUBLIC").label("nl") == "public nu"


def test_an_answer_that_is_too_large_is_not_read(publisher: Publisher, data: Path) -> None:
    publisher.answer = (200, "text/turtle", published() + b"#" * 100_000)
    assert bring(data, bytes=50_000).done is Done.SHIPPED


def test_names_that_cannot_be_names_are_left_out(publisher: Publisher, data: Path) -> None:
    bad = {"PUBLIC": "", "NORMAL": "x" * 500, "SENSITIVE": "<script>alert(1)</script>", "CONFIDENTIAL": "a\u202eb"}
    publisher.answer = (200, "text/turtle", published(**bad))
    assert bring(data).said == "6 concepts, 4 names left out that cannot be one"
    shown = {code: load("access_right").get(code).label("nl") for code in (*bad, "RESTRICTED")}
    assert shown == {
        "PUBLIC": "openbaar",
        "NORMAL": "normaal",
        "SENSITIVE": "gevoelig",
        "CONFIDENTIAL": "vertrouwelijk",
        "RESTRICTED": "restricted nu",
    }


def test_a_name_that_is_ours_on_purpose_stays(publisher: Publisher, data: Path) -> None:
    base = "https://w3id.org/mobilitydcat-ap/communication-method/"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    publisher.answer = (
        200,
        "text/turtle",
        f'<{base}pull> {label} "Pull"@nl .\n<{base}push> {label} "Push"@nl .'.encode(),
    )
    assert bring(data, "communication_method").done is Done.REFRESHED
    assert load("communication_method").get("pull").label("nl") == "Ophalen (pull)"


@pytest.mark.parametrize("content", ["", "[]", '{"labels": [1]}', '{"labels": {"x": 1}}', "{" * 5000, "\x00"])
def test_a_broken_file_counts_as_none(publisher: Publisher, data: Path, content: str) -> None:
    data.mkdir()
    refreshed.file_of(data, "access_right").write_text(content)
    use_refreshed(data)
    assert load("access_right").get("PUBLIC").label("nl") == "openbaar"


def test_a_name_that_means_another_concept_breaks_nothing(publisher: Publisher, data: Path) -> None:
    publisher.answer = (200, "text/turtle", published(PUBLIC="beperkt", RESTRICTED="openbaar"))
    bring(data)
    assert load("access_right").get("PUBLIC").label("nl") == "beperkt"


@pytest.mark.ckan_config("ckan.plugins", "oslo")
@pytest.mark.usefixtures("with_plugins")
class TestCommand:
    def test_says_what_became_of_each_list(
        self, publisher: Publisher, data: Path, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.allow", "127.0.0.0/8")
        monkeypatch.setitem(ckan_config, "ckanext.oslo.vocabularies.folder", str(data))
        publisher.answer = (200, "text/turtle", published())
        done = CliRunner().invoke(command, ["refresh", "access_right", "communication_method"])
        assert done.exit_code == 1
        assert done.output.splitlines() == [
            "access_right: refreshed (6 concepts)",
            "communication_method: shipped (the answer names 0 of 2 concepts: this is not the list)",
        ]
        done = CliRunner().invoke(command, ["refresh", "access_right"])
        assert (done.exit_code, done.output) == (0, "access_right: unchanged (6 concepts)\n")

    def test_asks_only_for_lists_that_are_published(self) -> None:
        addresses = [load(name).official for name in NAMES]
        assert sum(map(bool, addresses)) >= 25
        assert all(address.startswith(("http://", "https://")) for address in addresses if address)
