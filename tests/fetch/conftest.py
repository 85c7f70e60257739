"""Real servers on loopback that misbehave byte by byte."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from ckanext.oslo.fetch import Budget, Client, Policy

Answer = Callable[[socket.socket, bytes], None]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    answer: Answer


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self):
        with suppress(OSError):  # The client hangs up as soon as it has seen enough.
            head = b""
            while b"\r\n\r\n" not in head:
                piece = self.request.recv(65536)
                if not piece:
                    return
                head += piece
            self.server.answer(self.request, head)


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Start a server that answers each request by writing to the socket what it likes; gives host:port."""
    servers: list[_Server] = []

    def start(answer: Answer) -> str:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.answer = answer
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def client_for() -> Iterator[Callable[..., Client]]:
    """Give a client that may reach these places, with a small budget."""
    clients: list[Client] = []

    def make(*allow: str, **budget) -> Client:
        limits = {"seconds": 5, "idle": 2, "connect": 2, "bytes": 1_000_000} | budget
        client = Client(Policy(allow=allow), Budget(**limits))
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def ok(body: bytes, *headers: str) -> bytes:
    """Make a complete answer."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """Make a redirect without a body."""
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture(name="ok")
def ok_fixture():
    return ok


@pytest.fixture(name="redirect")
def redirect_fixture():
    return redirect
