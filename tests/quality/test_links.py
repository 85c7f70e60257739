"""Asking addresses politely: what is asked, how often, and what counts as an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from ckanext.oslo.fetch import Budget, Client, Policy
from ckanext.oslo.quality.links import Outcome, check, visit

Rules = dict[str, dict[str, tuple[int, dict[str, str]]]]


class Server:
    """Answers each path and method as it is told, and notes what it was asked."""

    def __init__(self, rules: Rules) -> None:
        self.asked: list[tuple[str, str, str, float]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.command, self.path, self.headers.get("Range", ""), time.monotonic()))
                status, headers = rules.get(self.path, {}).get(self.command, (404, {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def methods(self, path: str) -> list[str]:
        return [method for method, asked, *_ in self.asked if asked == path]


@pytest.fixture
def serve() -> Iterator[Callable[[Rules], Server]]:
    servers: list[Server] = []

    def start(rules: Rules) -> Server:
        servers.append(Server(rules))
        return servers[-1]

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(Policy(allow=("127.0.0.0/8",)), Budget(seconds=3, connect=1)) as client:
        yield client


OK = (200, {})


def test_head_is_enough_where_it_answers(serve: Callable[[Rules], Server], client: Client) -> None:
    server = serve({"/a": {"HEAD": OK}, "/moved": {"HEAD": (302, {"Location": "/a"})}})
    assert check(client, f"{server.url}/a") == Outcome(f"{server.url}/a", answers=True, status=200)
    assert check(client, f"{server.url}/moved").answers
    assert {method for method, *_ in server.asked} == {"HEAD"}


@pytest.mark.parametrize("status", [400, 403, 405, 500, 501])
def test_where_head_is_not_liked_one_byte_is_asked(
    status: int, serve: Callable[[Rules], Server], client: Client
) -> None:
    server = serve({"/a": {"HEAD": (status, {}), "GET": (206, {})}})
    assert check(client, f"{server.url}/a") == Outcome(f"{server.url}/a", answers=True, status=206)
    assert [(method, ranged) for method, _, ranged, _ in server.asked] == [("HEAD", ""), ("GET", "bytes=0-0")]


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_asked_once(status: int, serve: Callable[[Rules], Server], client: Client) -> None:
    server = serve({"/a": {"HEAD": (status, {}), "GET": OK}})
    assert check(client, f"{server.url}/a") == Outcome(f"{server.url}/a", answers=False, status=status, reason="status")
    assert server.methods("/a") == ["HEAD"]


@pytest.mark.parametrize(("headers", "rest"), [({"Retry-After": "120"}, 120.0), ({}, 60.0)])
def test_a_server_that_asks_for_patience_says_nothing_of_the_address(
    headers: dict[str, str], rest: float, serve: Callable[[Rules], Server], client: Client
) -> None:
    server = serve({"/a": {"HEAD": (429, headers)}})
    outcome = check(client, f"{server.url}/a")
    assert outcome.answers is None
    assert outcome.rest == rest


def test_a_server_that_is_not_there_and_places_that_policy_forbids(client: Client) -> None:
    assert check(client, "http://127.0.0.1:1/").answers is False
    assert check(client, "http://10.0.0.1/").reason == "address"
    assert check(client, "ftp://example.org/a").reason == "scheme"


def test_a_redirect_into_a_private_network_is_not_followed(serve: Callable[[Rules], Server], client: Client) -> None:
    server = serve({"/a": {"HEAD": (302, {"Location": "http://169.254.169.254/"}), "GET": OK}})
    assert check(client, f"{server.url}/a").reason == "address"


def test_a_host_is_left_alone_between_two_of_its_addresses(serve: Callable[[Rules], Server], client: Client) -> None:
    paths = {f"/{number}": {"HEAD": OK} for number in range(3)}
    slow, other = serve(paths), serve(paths)
    urls = [server.url + path for server in (slow, other) for path in paths]
    found = list(visit(client, urls, pause=0.2, seconds=10))
    assert {one.url for one in found} == set(urls)
    for server in (slow, other):
        times = [at for *_, at in server.asked]
        assert min(after - before for before, after in zip(times, times[1:], strict=False)) >= 0.19
    assert slow.asked[-1][-1] - other.asked[0][-1] < 0.8, "the hosts take turns"


def test_a_host_that_asks_for_patience_is_not_asked_again(serve: Callable[[Rules], Server], client: Client) -> None:
    server = serve({"/0": {"HEAD": (503, {})}, "/1": {"HEAD": OK}})
    found = list(visit(client, [f"{server.url}/0", f"{server.url}/1"], pause=0, seconds=5))
    assert [one.answers for one in found] == [None]
    assert server.methods("/1") == []


def test_a_visit_ends_in_time(serve: Callable[[Rules], Server], client: Client) -> None:
    server = serve({f"/{number}": {"HEAD": OK} for number in range(50)})
    began = time.monotonic()
    found = list(visit(client, [f"{server.url}/{number}" for number in range(50)], pause=0.3, seconds=1))
    assert time.monotonic() - began < 2
    assert 2 <= len(found) <= 5
