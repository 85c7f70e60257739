"""Keys of portals: out of the environment, to their own host, and nowhere else."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ckanext.harvesters import credentials
from ckanext.harvesters.engine import declaration
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Page, Source, SourceError
from ckanext.harvesters.registry import protocol
from ckanext.oslo.fetch import Client, Policy

SECRET = "s3cr3t-Of-The-Portal"
NAME = "PORTAL_CREDENTIAL_TEST"
FEED = b"""
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://data.example.be/1> a dcat:Dataset ; dct:title "Fietsroutes"@nl .
"""


class Server(ThreadingHTTPServer):
    """A portal that notes the headers of every request, and answers with a feed or a redirect."""

    daemon_threads = True
    to: str | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/catalog.ttl"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(302 if self.server.to else 200)
        if self.server.to:
            self.send_header("Location", self.server.to)
        self.send_header("Content-Type", "text/turtle")
        self.send_header("Content-Length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server())
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def source(url: str, **asked: str) -> Source:
    made = Source("s", "S", "dcat", url, "o", "nl", "https://example.org/cc0")
    return replace(made, credentials={"from": NAME, **asked}) if asked else made


def read(source: Source) -> list[Page]:
    with Client(Policy(allow=("127.0.0.0/8",))) as client:
        return list(protocol("dcat").pages(source, client))


@pytest.mark.parametrize(
    ("asked", "header", "sent"),
    [
        ({"kind": "bearer"}, "authorization", f"Bearer {SECRET}"),
        ({"kind": "apikey"}, "authorization", f"Apikey {SECRET}"),
        ({"kind": "basic"}, "authorization", "Basic " + base64.b64encode(SECRET.encode()).decode()),
        ({"kind": "header", "header": "Ocp-Apim-Subscription-Key"}, "ocp-apim-subscription-key", SECRET),
        ({"kind": "header", "header": "Authorization"}, "authorization", SECRET),
    ],
)
def test_the_key_is_sent_as_the_portal_wants_it(asked, header, sent, serve, monkeypatch) -> None:
    portal = serve()
    monkeypatch.setenv(NAME, f"{portal.place} {SECRET}")
    pages = read(source(portal.url, **asked))
    assert sum(len(page.records) for page in pages) == 1
    assert [seen[header] for seen in portal.seen] == [sent]


def test_a_source_without_credentials_sends_none(serve, monkeypatch) -> None:
    portal = serve()
    monkeypatch.setenv(NAME, f"{portal.place} {SECRET}")
    read(source(portal.url))
    assert SECRET not in str(portal.seen)


@pytest.mark.parametrize("held", [None, "", SECRET, "HOST ", "HOST two\nlines", "HOST clé", "HOST \x00"])
def test_without_a_key_in_the_environment_nothing_is_asked(held, serve, monkeypatch) -> None:
    portal = serve()
    # A variable cannot hold NUL; the rest it can.
    environment = {} if held is None else {NAME: held.replace("HOST", portal.place)}
    with pytest.raises(SourceError) as caught:
        credentials.key_of({"kind": "bearer", "from": NAME}, portal.url, environment)
    assert caught.value.reason is Reason.CREDENTIALS_MISSING
    assert caught.value.detail == NAME
    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(SourceError):
        read(source(portal.url, kind="bearer"))
    assert portal.seen == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("data.example.be", "https://evil.example.org/catalog.ttl"),
        ("data.example.be", "https://data.example.be.evil.example.org/catalog.ttl"),
        ("data.example.be", "https://data.example.be:8443/catalog.ttl"),
        ("data.example.be", "http://data.example.be/catalog.ttl"),
        ("127.0.0.1:1", "http://127.0.0.1:2/catalog.ttl"),
    ],
)
def test_a_key_is_for_one_host_and_never_goes_unencrypted(host: str, url: str) -> None:
    with pytest.raises(SourceError) as caught:
        credentials.key_of({"kind": "bearer", "from": NAME}, url, {NAME: f"{host} {SECRET}"})
    assert caught.value.reason is Reason.CREDENTIALS_ELSEWHERE
    assert SECRET not in str(caught.value)


def test_a_redirect_to_another_host_gets_no_key(serve, monkeypatch) -> None:
    portal, other = serve(), serve()
    portal.to = other.url
    monkeypatch.setenv(NAME, f"{portal.place} {SECRET}")
    read(source(portal.url, kind="header", header="X-Api-Key"))
    assert portal.seen[0]["x-api-key"] == SECRET
    assert len(other.seen) == 1
    assert SECRET not in str(other.seen)


def test_an_address_elsewhere_that_a_page_leads_to_gets_no_key(serve, monkeypatch) -> None:
    portal, other = serve(), serve()
    key = credentials.key_of({"kind": "bearer", "from": NAME}, portal.url, {NAME: f"{portal.place} {SECRET}"})
    assert key is not None
    with Client(Policy(allow=("127.0.0.0/8",))) as client:
        signing = credentials.SigningClient(client, key, portal.url)
        signing.get(other.url)
        signing.get(portal.url)
    assert SECRET not in str(other.seen)
    assert SECRET in str(portal.seen)
    assert SECRET not in repr(signing)


# what may be declared

DECLARED = """\
sources:
  - name: key
    title: Key
    protocol: opendatasoft
    url: https://data.example.be
    organization: {name: key, title: Key}
    language: nl
    metadata_license: https://creativecommons.org/publicdomain/zero/1.0/
    credentials: {kind: bearer, from: PORTAL_CREDENTIAL_KEY}
"""


def mistakes(text: str) -> str:
    with pytest.raises(declaration.DeclarationError) as caught:
        declaration.parse(text, ("opendatasoft",))
    return str(caught.value)


def test_a_source_names_the_variable() -> None:
    [declared] = declaration.parse(DECLARED, ("opendatasoft",))
    assert declared.settings["credentials"] == {"kind": "bearer", "from": "PORTAL_CREDENTIAL_KEY"}


@pytest.mark.parametrize(
    "wrong",
    [
        f"credentials: {{kind: bearer, from: {SECRET}}}",
        f"credentials: {SECRET}",
        f"credentials: {{kind: bearer, from: PORTAL_CREDENTIAL_KEY, value: {SECRET}}}",
        f"credentials: {{kind: {SECRET}, from: PORTAL_CREDENTIAL_KEY}}",
        f"credentials: {{kind: bearer, from: [{SECRET}]}}",
        f"options: {{apikey: {SECRET}}}",
        f"options: {{access_token: {SECRET}}}",
        f"scope: {{password: {SECRET}}}",
    ],
)
def test_the_secret_itself_is_refused_and_not_repeated(wrong: str) -> None:
    said = mistakes(DECLARED.replace("credentials: {kind: bearer, from: PORTAL_CREDENTIAL_KEY}", wrong))
    assert said.startswith("sources.yaml:9: source 'key'")
    assert SECRET not in said


def test_a_secret_in_the_address_is_refused() -> None:
    said = mistakes(DECLARED.replace("https://data.example.be\n", f"https://data.example.be/?a=1&apikey={SECRET}\n"))
    assert "the address holds what looks like a secret" in said
    assert SECRET not in said


@pytest.mark.parametrize("name", ["PORTAL_SECRET_KEY", "PATH", "PORTAL_DATABASE_PASSWORD", "portal_credential_x"])
def test_no_other_variable_can_be_named(name: str) -> None:
    assert "environment variable, PORTAL_CREDENTIAL_" in mistakes(DECLARED.replace("PORTAL_CREDENTIAL_KEY", name))


@pytest.mark.parametrize("header", ["Host", "Cookie", "X Key", "Content-Length", "X-Key: a"])
def test_a_header_that_is_not_for_keys_is_refused(header: str) -> None:
    said = mistakes(DECLARED.replace("kind: bearer,", f'kind: header, header: "{header}",'))
    assert "'header' should be the name of a header" in said


def test_the_form_refuses_the_same() -> None:
    with pytest.raises(declaration.DeclarationError) as caught:
        declaration.settings(f'{{"language": "nl", "credentials": {{"kind": "bearer", "from": "{SECRET}"}}}}')
    assert "the key itself must not stand here" in str(caught.value)
    assert SECRET not in str(caught.value)
