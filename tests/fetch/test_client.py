"""The client against real servers that do what hostile, broken and slow portals do."""

import gzip
import socket
import threading

import pytest

from ckanext.oslo.fetch import (
    Client,
    Code,
    FetchError,
    HttpError,
    Policy,
    Refused,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)


def test_a_plain_answer_arrives_whole(serve, client_for, ok):
    seen = []

    def answer(connection, head):
        seen.append(head.decode())
        connection.sendall(ok(b'{"total_count": 0}', "Content-Type: application/json; charset=utf-8", "ETag: a"))

    place = serve(answer)
    response = client_for(place).get(f"http://{place}/api?limit=100", {"Accept": "application/json"})
    assert response.status == 200
    assert response.content == b'{"total_count": 0}'
    assert response.media_type == "application/json"
    assert response.headers["etag"] == "a"
    assert response.url == f"http://{place}/api?limit=100"
    assert seen[0].startswith("GET /api?limit=100 HTTP/1.1\r\n")
    assert seen[0].lower().count("accept: application/json") == 1
    assert "accept: */*" not in seen[0].lower()


def test_gzip_is_asked_for_and_undone(serve, client_for, ok):
    body = gzip.compress(b"een ") + gzip.compress(b"twee")
    place = serve(lambda connection, head: connection.sendall(ok(body, "Content-Encoding: gzip")))
    assert client_for(place).get(f"http://{place}/").content == b"een twee"


def test_a_body_comes_in_pieces_before_it_is_complete(serve, client_for):
    more = threading.Event()

    def answer(connection, head):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\neen\r\n")
        more.wait(5)
        connection.sendall(b"4\r\ntwee\r\n0\r\n\r\n")

    place = serve(answer)
    with client_for(place).stream(f"http://{place}/") as stream:
        assert next(stream.chunks) == b"een"
        more.set()
        assert b"".join(stream.chunks) == b"twee"


def test_connections_are_used_again(serve, client_for, ok):
    connections = []

    def answer(connection, head):
        connections.append(connection)
        for _ in range(3):
            connection.sendall(ok(b"x"))
            connection.recv(65536)

    place = serve(answer)
    client = client_for(place)
    for _ in range(3):
        client.get(f"http://{place}/")
    assert len(connections) == 1


def test_the_environment_names_no_proxy(serve, client_for, ok, monkeypatch):
    place = serve(lambda connection, head: connection.sendall(ok(b"direct")))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert client_for(place).get(f"http://{place}/").content == b"direct"


def test_redirects_are_followed_and_the_last_address_is_told(serve, client_for, ok, redirect):
    def answer(connection, head):
        path = head.split()[1]
        connection.sendall({b"/a": redirect("b", 301), b"/b": redirect("/c?x=1", 307)}.get(path, ok(b"end")))

    place = serve(answer)
    response = client_for(place).get(f"http://{place}/a")
    assert (response.content, response.url) == (b"end", f"http://{place}/c?x=1")


@pytest.mark.parametrize("location", ["/", "/again"])
def test_a_redirect_loop_ends(serve, client_for, redirect, location):
    asked = []

    def answer(connection, head):
        asked.append(head)
        connection.sendall(redirect(location))

    place = serve(answer)
    with pytest.raises(TooManyRedirects) as caught:
        client_for(place, redirects=3).get(f"http://{place}/")
    assert len(asked) == 4
    assert caught.value.code == Code.REDIRECTS


def test_keys_do_not_follow_a_redirect_to_another_server(serve, client_for, ok, redirect):
    heads = {}

    def second(connection, head):
        heads["second"] = head.decode().lower()
        connection.sendall(ok(b""))

    other = serve(second)

    def first(connection, head):
        heads["first"] = head.decode().lower()
        connection.sendall(redirect(f"http://{other}/"))

    place = serve(first)
    headers = {"Authorization": "Bearer key", "Ocp-Apim-Subscription-Key": "key", "Accept": "text/csv"}
    client_for(place, other).get(f"http://{place}/", headers)
    assert "bearer key" in heads["first"]
    assert "key" not in heads["second"]
    assert "accept: text/csv" in heads["second"]


def test_a_status_comes_with_its_retry_after_and_its_explanation(serve, client_for):
    body = b'{"error": "Too many requests on the domain."}'
    head = f"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    place = serve(lambda connection, _: connection.sendall(head + body))
    with pytest.raises(HttpError) as caught:
        client_for(place).get(f"http://{place}/")
    assert (caught.value.status, caught.value.retry_after, caught.value.excerpt) == (503, 120.0, body)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("Fri, 31 Dec 2100 23:59:59 GMT", 1e6, 1e10), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0)],
)
def test_retry_after_may_be_a_date(serve, client_for, value, least, most):
    head = f"HTTP/1.1 429 No\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode()
    place = serve(lambda connection, _: connection.sendall(head))
    with pytest.raises(HttpError) as caught:
        client_for(place).get(f"http://{place}/")
    assert least <= caught.value.retry_after <= most


def test_a_status_survives_a_body_that_breaks_off(serve, client_for):
    place = serve(lambda connection, _: connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\nsorry"))
    with pytest.raises(HttpError) as caught:
        client_for(place).get(f"http://{place}/")
    assert (caught.value.status, caught.value.retry_after) == (500, None)


def test_not_modified_is_an_answer(serve, client_for):
    place = serve(lambda connection, _: connection.sendall(b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n"))
    assert client_for(place).get(f"http://{place}/", {"If-None-Match": "a"}).status == 304


def test_a_closed_port_and_an_unknown_name_are_told_apart(client_for):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            client_for(place).get(f"http://{place}/")
    assert caught.value.code == Code.CONNECTION
    with pytest.raises(Unreachable) as caught:
        client_for().get("http://no-such-portal.invalid/")
    assert caught.value.code == Code.UNKNOWN_HOST


def test_a_server_without_tls_is_told(serve, client_for):
    place = serve(lambda connection, head: connection.sendall(b"plain"))
    with pytest.raises((Unreachable, TooSlow)):
        client_for(place, connect=1).get(f"https://{place}/")


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
@pytest.mark.parametrize("code", list(Code))
def test_every_reason_has_a_sentence_in_every_language(code, language):
    error = FetchError("https://reader:hunter2@portal.example/data", "42", code)
    sentence = error.text(language)
    assert "portal.example" in sentence
    assert "{" not in sentence
    assert "hunter2" not in sentence


def test_a_policy_of_another_scheme_is_kept_to(serve, ok):
    place = serve(lambda connection, head: connection.sendall(ok(b"")))
    with Client(Policy(schemes=frozenset({"https"}), allow=(place,))) as client, pytest.raises(Refused) as caught:
        client.get(f"http://{place}/")
    assert caught.value.code == Code.SCHEME
