"""What slow, endless and broken answers may cost: the time and the bytes of their budget."""

import gzip
import time
import zlib

import pytest

from ckanext.oslo.fetch import (
    Code,
    TooLarge,
    TooSlow,
    Unreachable,
)

ENDLESS = 10_000


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
