"""Inputs 1 to 13: what servers do with a connection."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.engine.tables import HarvestAnswer
from ckanext.harvesters.paging import ask
from ckanext.harvesters.records import SourceError
from ckanext.harvesters.replay.faults import Faults
from ckanext.oslo.fetch import Client, FetchError, Policy, Refused, TooLarge, TooManyRedirects, TooSlow, Unreachable
from tests.fetch.conftest import ok, redirect
from tests.harvesters.engine.conftest import harvest, index, rows

from .conftest import LOOPBACK, XML, described, feed, refused, taken, turtle, xml

pytestmark = pytest.mark.usefixtures("with_plugins")


def drip(connection, _head) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def endless(connection, _head) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def test_01_a_server_that_is_silent_is_left(at, small) -> None:
    with pytest.raises(TooSlow):
        small.get(at(lambda _connection, _head: time.sleep(5)))


def test_02_a_byte_at_a_time_is_left_when_the_time_is_over(at, small) -> None:
    with pytest.raises(TooSlow):
        small.get(at(drip))


def test_03_a_circle_of_redirects_ends(at, small) -> None:
    with pytest.raises(TooManyRedirects):
        small.get(at(redirect("/feed")))


@pytest.mark.parametrize(
    "host",
    [
        *["169.254.169.254", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "localhost"],
        *["2130706433", "0", "[::ffff:169.254.169.254]", "10.0.0.1", "127.1"],
    ],
)
def test_04_a_redirect_leads_into_no_internal_network(at, host) -> None:
    place = at(redirect(f"http://{host}:1/"))
    with Client(Policy(allow=(place.removeprefix("http://").removesuffix("/feed"),))) as client, pytest.raises(Refused):
        client.get(place)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "ftp://e.org/a", "gopher://e.org/", "data:text/turtle,", "", "http://"]
)
def test_05_what_is_no_web_address_is_not_opened(small, url) -> None:
    with pytest.raises(Refused):
        small.get(url)
    with pytest.raises((SourceError, FetchError)):
        list(Dcat().pages(feed(url), small))


def test_06_credentials_in_an_address_are_refused_and_never_shown(small, caplog) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(Refused) as caught:
        small.get("https://reader:hunter2@portal.example/")
    assert "hunter2" not in f"{caught.value} {caught.value!r} {caplog.text}"


def test_07_a_bomb_a_wrong_length_and_an_endless_body_stop_at_the_budget(at, small) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(50)) + packer.flush()
    with pytest.raises(TooLarge):
        small.get(at(ok(bomb, "Content-Encoding: gzip")))
    with pytest.raises(TooLarge):
        small.get(at(endless))
    with pytest.raises(Unreachable):
        small.get(at(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort"))


def test_08_a_page_for_people_in_place_of_data_is_a_failure(read) -> None:
    login = "<!doctype html><html><body><form>Log in</form></body></html>"
    assert refused(lambda: read(login, XML))


def test_09_retry_after_is_waited_for_and_a_failing_page_costs_itself(at, small, source, portal) -> None:
    asked = []

    def busy(connection, _head) -> None:
        asked.append(time.monotonic())
        again = b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(again if len(asked) == 1 else ok(b"now"))

    assert ask(small, at(busy), "*/*").content == b"now"
    assert asked[1] - asked[0] >= 1
    portal.odwb.faults = Faults(status_at={2: 500})
    done = harvest(source)
    assert (done["status"], done["added"], done["gone"]) == ("incomplete", 7, 0)


class Greets(BaseHTTPRequestHandler):
    """Answers whoever accepts its certificate."""

    def do_GET(self) -> None:  # noqa: N802  (the base class' name)
        """Greet."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_said: object) -> None:
        """Keep quiet."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and the key of the servers that it vouches for."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """Where its certificate is."""
        return self.folder / "authority.pem"

    def vouch(self, host: str = "127.0.0.1", days: int = 1) -> Path:
        """Make a certificate for a server: with days below zero, one that was good until then."""
        request, made = self.folder / "request.pem", self.folder / "server.pem"
        names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=IP:{host}"]
        openssl("req", *NEW_KEY, *names, "-keyout", self.folder / "server.key", "-out", request)
        signed = ["-CA", self.certificate, "-CAkey", self.folder / "authority.key", "-copy_extensions", "copy"]
        openssl("x509", "-req", "-in", request, *signed, "-days", str(days), "-out", made)
        return made


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*said: str | Path) -> None:
    subprocess.run(["openssl", *said], check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Give an authority that nobody knows but who is told."""
    made = Authority(tmp_path)
    key = ["-keyout", tmp_path / "authority.key", "-out", made.certificate]
    openssl("req", "-x509", *NEW_KEY, "-subj", "/CN=authority", "-days", "1", *key)
    return made


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Serve over TLS with a certificate; gives the address, at which whoever accepts it is greeted."""
    servers = []

    def serve(certificate: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Greets)
        servers.append(server)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, tmp_path / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"https://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_10_a_certificate_nobody_vouches_for_is_refused(authority, secure, small) -> None:
    url = secure(authority.vouch())
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(url, context=blind) as answer:
        assert answer.read() == b"hello", "the server is one that answers"
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        small.get(url)


def test_10_an_authority_of_ones_own_network_vouches(authority, secure) -> None:
    url = secure(authority.vouch())
    with Client(Policy(allow=LOOPBACK), authorities=str(authority.certificate)) as client:
        assert client.get(url).content == b"hello"


@pytest.mark.parametrize(
    ("host", "days", "why"), [("127.0.0.1", -1, "expired"), ("127.0.0.2", 1, "mismatch")], ids=["old", "another-host"]
)
def test_10_a_certificate_out_of_date_or_of_another_host_is_refused(authority, secure, host, days, why) -> None:
    url = secure(authority.vouch(host, days))
    with (
        Client(Policy(allow=LOOPBACK), authorities=str(authority.certificate)) as client,
        pytest.raises(Unreachable, match=why),
    ):
        client.get(url)


def test_10_a_file_without_authorities_is_named(tmp_path) -> None:
    with pytest.raises(ValueError, match="nothing.pem"):
        Client(authorities=str(tmp_path / "nothing.pem"))


def test_11_a_body_cut_in_a_record_gives_the_whole_ones_and_no_proof(read) -> None:
    whole = xml("".join(described("x", number) for number in range(3)))
    pages = read(whole[: whole.rindex("<dct:description>")], XML)
    assert [one.dataset["title_translated"]["fr"] for one in taken(pages)] == ["Jeu 0", "Jeu 1"]
    assert not all(page.complete for page in pages)


def test_12_not_modified_unasked_is_a_failure_and_asked_costs_nothing(source, portal) -> None:
    portal.odwb.dated = True
    harvest(source)
    before = rows(), index()
    assert harvest(source)["unchanged"] == 12
    assert set(list(portal.server.statuses)[-3:]) == {304}
    portal.odwb.faults = Faults(status=304)
    portal.odwb.dated = False
    # Nothing is kept, so nothing is asked conditionally.
    model.Session.execute(sa.delete(HarvestAnswer))
    model.Session.commit()
    done = harvest(source)
    assert (done["status"], done["gone"]) == ("failed", 0)
    assert (rows(), index()) == before


TURTLE, JSON_LD = "text/turtle; charset=utf-8", "application/ld+json"
FORESTS = {
    XML: xml(described("x").replace("Jeu", "Forêts")).replace("?>", ' encoding="UTF-8"?>', 1),
    TURTLE: turtle('dct:title "Forêts 0"@fr'),
    JSON_LD: '{"@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}, '
    '"@id": "https://e.org/id/0", "@type": "dcat:Dataset", "dct:title": "Forêts 0"}',
}


@pytest.mark.parametrize("kind", FORESTS)
def test_13_a_byte_order_mark_is_no_part_of_the_text(read, kind) -> None:
    (one,) = taken(read(FORESTS[kind].encode("utf-8-sig"), kind))
    assert one.dataset["title_translated"] == {"fr": "Forêts 0"}


@pytest.mark.parametrize("kind", FORESTS)
def test_13_latin_1_in_what_says_it_is_utf_8_is_told_and_no_letter_is_guessed(read, kind) -> None:
    assert refused(lambda: read(FORESTS[kind].encode("latin-1"), kind))


def test_the_client_of_these_tests_reaches_loopback_only_because_it_is_allowed(at) -> None:
    with Client(Policy()) as guarded, pytest.raises(Refused):
        guarded.get(at(ok(b"")))
    assert LOOPBACK
