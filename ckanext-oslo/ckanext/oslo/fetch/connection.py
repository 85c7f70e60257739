"""The sockets of the guarded client: they connect to a checked address, and end when their request's time is up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore

from ckanext.oslo.fetch.addresses import Policy

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class AddressRefusedError(Exception):
    """A name leads to an address the policy forbids. Outside httpcore's families, so that nothing retries it."""


class UnknownHostError(Exception):
    """A name has no address."""


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Let every socket operation inside the block end at this moment (of ``time.monotonic``) at the latest.

    httpcore bounds each single read, so a server that sends one byte a second would never be stopped by it.
    """
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Give the seconds an operation may take: its own timeout, or less if the deadline is nearer. Raises ``late``."""
    deadline = _deadline.get()
    if deadline is None:
        return timeout
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("deadline")
    return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, asks the policy about every address found, and connects to these very addresses.

    A name with one forbidden address among public ones is refused as a whole: no honest portal publishes such a mix,
    and rebinding attacks live on it.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises AddressRefusedError, UnknownHostError, httpcore.ConnectError and httpcore.ConnectTimeout.
        """
        addresses = self._resolve(host, port)
        for address in addresses:
            if reason := self._policy.refusal(host, port, address):
                raise AddressRefusedError(reason)
        error: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
            left = remaining(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
            else:
                return _TimedStream(stream)
        raise error or UnknownHostError(host)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: no portal is reached through a file."""
        raise AddressRefusedError("unix socket")

    @staticmethod
    def _resolve(host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise UnknownHostError(host) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _TimedStream(httpcore.NetworkStream):
    """A connection whose reads and writes respect the deadline of the request that uses it just now."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, at most ``max_bytes``."""
        return self._stream.read(max_bytes, remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the buffer."""
        self._stream.write(buffer, remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on over TLS; the certificate must be for the name of the URL, whatever address it led to."""
        left = remaining(timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """Give what httpcore asks of a stream (``is_readable``, ``ssl_object``…)."""
        return self._stream.get_extra_info(info)
