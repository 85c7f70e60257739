"""The client against real servers that do what hostile, broken and slow portals do."""

import gzip
import logging
import socket
import threading
import time
import zlib

import pytest

from ckanext.oslo.fetch import (
    Budget,
    Client,
    Code,
    FetchError,
    HttpError,
    Policy,
    Refused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

ENDLESS = 10_000


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


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://0x7f000001:{port}/",
        "http://0x7f.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://localhost:{port}/",
        "http://LOCALHOST:{port}/",
        "http://0.0.0.0:{port}/",
        "http://①②⑦.⓪.⓪.①:{port}/",
    ],
)
def test_loopback_is_not_reached_in_any_spelling(serve, client_for, ok, url):
    reached = []

    def answer(connection, head):
        reached.append(head)
        connection.sendall(ok(b"secret"))

    port = serve(answer).rpartition(":")[2]
    with pytest.raises((Refused, Unreachable)) as caught:
        client_for().get(url.format(port=port))
    assert caught.value.code in {Code.ADDRESS, Code.UNKNOWN_HOST, Code.MALFORMED}
    assert not reached


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:{other}/",
        "http://[::1]:{other}/",
        "http://[::ffff:127.0.0.1]:{other}/",
        "http://0x7f000001:{other}/",
        "http://localhost.:{other}/",
        "//127.0.0.1:{other}/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1:{other}/",
        "data:text/plain,hello",
        "http://user:secret@portal.example/",
        "http://[",
    ],
)
def test_a_redirect_is_checked_like_a_first_address(serve, client_for, ok, redirect, target):
    reached = []

    def inside(connection, head):
        reached.append(head)
        connection.sendall(ok(b"secret"))

    other = serve(inside).rpartition(":")[2]
    place = serve(lambda connection, head: connection.sendall(redirect(target.format(other=other))))
    with pytest.raises((Refused, Unreachable)) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.code in {Code.ADDRESS, Code.SCHEME, Code.CREDENTIALS, Code.MALFORMED, Code.UNKNOWN_HOST}
    assert not reached


def test_the_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_the_second_time(serve, ok, monkeypatch):
    """A name server of an attacker's gives a public address to the check and a private one to the connection."""
    reached = []
    place = serve(lambda connection, head: reached.append(head))
    port = int(place.rpartition(":")[2])
    answers = iter(["192.0.32.7", "127.0.0.1", "127.0.0.1"])
    real = socket.getaddrinfo
    asked = []

    def resolve(host, *rest, **options):
        if host != "rebinding.example":
            return real(host, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Client(budget=Budget(seconds=1, connect=1)) as client, pytest.raises((TooSlow, Unreachable)):
        client.get(f"http://rebinding.example:{port}/")
    assert asked == ["rebinding.example"]
    assert not reached


def test_a_name_with_one_private_address_among_public_ones_is_refused(serve, monkeypatch):
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **options: addresses)
    with Client() as client, pytest.raises(Refused) as caught:
        client.get("http://mixed.example/")
    assert caught.value.detail == "10.0.0.5"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", Code.SCHEME),
        ("/etc/passwd", Code.SCHEME),
        ("ftp://portal.example/", Code.SCHEME),
        ("gopher://portal.example/", Code.SCHEME),
        ("data:text/csv,a", Code.SCHEME),
        ("javascript:alert(1)", Code.SCHEME),
        ("", Code.SCHEME),
        ("http://user:secret@portal.example/", Code.CREDENTIALS),
        ("http://user@portal.example/", Code.CREDENTIALS),
        ("http://", Code.MALFORMED),
        ("http:///path", Code.MALFORMED),
        ("http://[::1/", Code.MALFORMED),
        ("http://a.example:99999/", Code.MALFORMED),
        ("http://a b/", Code.MALFORMED),
        ("http://a\x00b/", Code.MALFORMED),
    ],
)
def test_what_is_no_web_address_is_refused_with_its_reason(client_for, url, code):
    with pytest.raises(Refused) as caught:
        client_for().get(url)
    assert caught.value.code == code


def test_credentials_are_neither_in_the_message_nor_in_the_log(client_for, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Refused) as caught:
        client_for().get("https://reader:hunter2@portal.example/data#part")
    for shown in (str(caught.value), repr(caught.value), caught.value.url, *map(caught.value.text, ("nl", "fr"))):
        assert "hunter2" not in shown
        assert "reader" not in shown
    assert "hunter2" not in caplog.text


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


def test_silence_ends_after_the_idle_time(serve, client_for):
    place = serve(lambda connection, head: time.sleep(5))
    started = time.monotonic()
    with pytest.raises(TooSlow):
        client_for(place, idle=0.3).get(f"http://{place}/")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], ids=["head", "body"])
def test_a_byte_now_and_then_does_not_keep_a_worker(serve, client_for, head):
    def answer(connection, _):
        connection.sendall(head)
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
            time.sleep(0.1)
            connection.sendall(bytes([byte]))

    place = serve(answer)
    started = time.monotonic()
    with pytest.raises(TooSlow):
        client_for(place, seconds=1, idle=0.5).get(f"http://{place}/")
    assert time.monotonic() - started < 2


def test_the_time_of_all_redirects_counts_together(serve, client_for, redirect):
    def answer(connection, head):
        time.sleep(0.3)
        connection.sendall(redirect("/"))

    place = serve(answer)
    with pytest.raises(TooSlow):
        client_for(place, seconds=0.8, redirects=50).get(f"http://{place}/")


def test_a_gzip_bomb_is_stopped_at_the_budget(serve, client_for, ok):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    place = serve(lambda connection, head: connection.sendall(ok(bomb, "Content-Encoding: gzip")))
    with pytest.raises(TooLarge) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.detail == "1000000"


def test_a_bomb_gives_small_pieces_only(serve, client_for, ok):
    bomb = gzip.compress(bytes(900_000))
    place = serve(lambda connection, head: connection.sendall(ok(bomb, "Content-Encoding: gzip")))
    with client_for(place).stream(f"http://{place}/") as stream:
        assert max(map(len, stream.chunks)) <= 65536


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate", "zstd"])
def test_an_encoding_nobody_asked_for_is_a_broken_answer(serve, client_for, ok, encoding):
    place = serve(lambda connection, head: connection.sendall(ok(b"abc", f"Content-Encoding: {encoding}")))
    with pytest.raises(Unreachable) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.code == Code.BROKEN


@pytest.mark.parametrize("body", [gzip.compress(b"long text" * 99)[:-20], b"no gzip at all"], ids=["cut", "none"])
def test_a_broken_gzip_body_is_told(serve, client_for, ok, body):
    place = serve(lambda connection, head: connection.sendall(ok(body, "Content-Encoding: gzip")))
    with pytest.raises(Unreachable) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.code == Code.BROKEN


def test_a_length_over_the_budget_is_refused_before_the_body(serve, client_for):
    place = serve(lambda connection, head: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"))
    with pytest.raises(TooLarge):
        client_for(place).get(f"http://{place}/")


def test_an_endless_chunked_body_is_stopped_at_the_budget(serve, client_for):
    def answer(connection, head):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(ENDLESS):
            connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")

    place = serve(answer)
    with pytest.raises(TooLarge):
        client_for(place).get(f"http://{place}/")


def test_endless_headers_are_stopped(serve, client_for):
    def answer(connection, head):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(ENDLESS):
            connection.sendall(f"X-{number}: {'x' * 1000}\r\n".encode())

    place = serve(answer)
    with pytest.raises(Unreachable) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.code == Code.BROKEN


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"",
    ],
    ids=["short", "chunk", "length", "ssh", "hangs up"],
)
def test_an_answer_that_breaks_off_is_not_taken_for_whole(serve, client_for, sent):
    place = serve(lambda connection, head: connection.sendall(sent))
    with pytest.raises(Unreachable) as caught:
        client_for(place).get(f"http://{place}/")
    assert caught.value.code == Code.BROKEN


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
