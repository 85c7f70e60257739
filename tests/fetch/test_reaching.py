"""What the client may not reach: private addresses in any spelling, by redirect or name, and what is no address."""

import logging
import socket

import pytest

from ckanext.oslo.fetch import (
    Budget,
    Client,
    Code,
    Refused,
    TooSlow,
    Unreachable,
)


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

    # The one part put in place of a real one: a name server that changes its mind is not to be had on loopback.
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Client(budget=Budget(seconds=1, connect=1)) as client, pytest.raises((TooSlow, Unreachable)):
        client.get(f"http://rebinding.example:{port}/")
    assert asked == ["rebinding.example"]
    assert not reached


def test_a_name_with_one_private_address_among_public_ones_is_refused(serve, monkeypatch):
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.5")]
    # In place of a name server that mixes addresses, which is not to be had on loopback.
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
