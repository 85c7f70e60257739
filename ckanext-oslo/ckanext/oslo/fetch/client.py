"""The client itself: one GET under a policy and a budget, redirects followed by us, bytes counted as they come."""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpcore
import httpx

from ckanext.oslo.fetch.addresses import Policy
from ckanext.oslo.fetch.connection import AddressRefusedError, GuardedBackend, UnknownHostError, until
from ckanext.oslo.fetch.errors import (
    Code,
    FetchError,
    HttpError,
    Refused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
HOST = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)
EXCERPT = 4096
PIECE = 65536
PORTS = {"http": 80, "https": 443}
FOLLOWING = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
"""Headers that may follow a redirect to another server: keys and cookies must not."""


@dataclass(frozen=True)
class Budget:
    """What one request may take, its redirects included.

    ``seconds`` in all, ``connect`` seconds for each connection, ``idle`` seconds without a byte, ``bytes`` of body
    after decompression, ``redirects`` followed.
    """

    seconds: float = 120.0
    bytes: int = 100_000_000
    redirects: int = 5
    connect: float = 10.0
    idle: float = 30.0


@dataclass(frozen=True)
class Response:
    """A complete answer. ``url`` is where it came from in the end, ``content`` is decompressed."""

    status: int
    headers: httpx.Headers
    url: str
    content: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when the server names none."""
        return media_type(self.headers)


@dataclass(frozen=True)
class Stream:
    """An answer whose body is still on its way: ``chunks`` gives it piece by piece, decompressed, once."""

    status: int
    headers: httpx.Headers
    url: str
    chunks: Iterator[bytes]

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when the server names none."""
        return media_type(self.headers)


@lru_cache(maxsize=4)
def _trusting(authorities: str) -> ssl.SSLContext:
    """Make what knows whom to trust; once, because reading all authorities takes as long as many a request."""
    context = httpx.create_ssl_context(trust_env=False)
    if authorities:
        try:
            context.load_verify_locations(cafile=authorities)
        except OSError as error:
            raise ValueError(f"{authorities}: no certificate authorities can be read there ({error})") from error
    return context


class Client:
    """Fetches over http and https, within a policy and a budget. Safe to share between threads; close it after use.

    Knows no proxy, no ``.netrc``, no cookie: nothing of the environment decides where a request goes. ``authorities``
    is a PEM file of certificate authorities that are trusted beside those of certifi; making a client raises ValueError
    when it holds none.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        budget: Budget | None = None,
        user_agent: str = "eurometropool-portal",
        authorities: str = "",
    ) -> None:
        self.policy = policy or Policy()
        self.budget = budget or Budget()
        self.user_agent = user_agent
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusting(authorities),
            max_connections=16,
            max_keepalive_connections=4,
            keepalive_expiry=15,
            network_backend=GuardedBackend(self.policy),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections kept open."""
        self._pool.close()

    def check(self, url: str) -> None:
        """Raise `Refused` for a URL that could never be fetched, whatever its name resolves to. Asks nobody."""
        checked = self._checked(url)
        with suppress(ValueError):  # A name: what it leads to is judged when it is asked.
            if address := self.policy.refusal(checked.host, checked.port or PORTS[checked.scheme], checked.host):
                raise Refused(str(checked), address)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch the whole body. Raises :class:`FetchError`; a status of 400 or more is an :class:`HttpError`."""
        with self.stream(url, headers) as answer:
            return Response(answer.status, answer.headers, answer.url, b"".join(answer.chunks))

    def head(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask only how the server would answer (HEAD). Raises :class:`FetchError`, as `get` does."""
        with self.stream(url, headers, method="HEAD") as answer:
            return Response(answer.status, answer.headers, answer.url, b"")

    def post(self, url: str, content: bytes, media_type: str) -> Response:
        """Send a body (POST). Raises :class:`FetchError`; a redirect is not followed, and is an :class:`HttpError`."""
        sent = httpx.Headers({"Content-Type": media_type, "Content-Length": str(len(content))})
        deadline = time.monotonic() + self.budget.seconds
        answer = self._ask(self._checked(url), sent, deadline, "POST", content)
        try:
            if answer.status in REDIRECTS:
                raise HttpError(answer.url, answer.status, None, b"")
            stream = self._opened(answer, deadline, "POST")
            return Response(stream.status, stream.headers, stream.url, b"".join(stream.chunks))
        finally:
            answer.close()

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> Iterator[Stream]:
        """Fetch piece by piece; the connection is given back when the block ends, however it ends.

        Raises :class:`FetchError`, also out of ``chunks``. The deadline counts the caller's own time between pieces.
        """
        deadline = time.monotonic() + self.budget.seconds
        target = self._checked(url)
        sent = httpx.Headers(headers)
        for _ in range(self.budget.redirects + 1):
            answer = self._ask(target, sent, deadline, method)
            try:
                if answer.status not in REDIRECTS or "location" not in answer.headers:
                    yield self._opened(answer, deadline, method)
                    return
            finally:
                answer.close()
            following = self._checked(answer.headers["location"], target)
            # The scheme counts as well: httpx leaves the ports of http and https both unsaid.
            if _origin(following) != _origin(target):
                sent = httpx.Headers({name: value for name, value in sent.items() if name in FOLLOWING})
            target = following
        raise TooManyRedirects(url, self.budget.redirects)

    def _checked(self, text: str, base: httpx.URL | None = None) -> httpx.URL:
        """Parse a URL and refuse what its text alone forbids. A redirect's is relative to ``base``."""
        try:
            url = base.join(text) if base else httpx.URL(text)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise Refused(str(text), code=Code.MALFORMED) from error
        if url.scheme not in self.policy.schemes:
            raise Refused(str(url), url.scheme or "…", Code.SCHEME)
        if url.userinfo:
            raise Refused(str(url), code=Code.CREDENTIALS)
        if not HOST.fullmatch(url.raw_host) or not 0 < (url.port or 80) < 65536:
            raise Refused(str(url), code=Code.MALFORMED)
        return url

    def _ask(
        self, url: httpx.URL, headers: httpx.Headers, deadline: float, method: str, content: bytes | None = None
    ) -> _Answer:
        """Send the request and wait for the head of the answer."""
        budget = self.budget
        sent = httpx.Headers({"Accept": "*/*"})
        sent.update(headers)
        sent.update({"Host": url.netloc.decode("ascii"), "User-Agent": self.user_agent, "Accept-Encoding": "gzip"})
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=sent.raw,
            content=content,
            extensions={"timeout": {"connect": budget.connect, "read": budget.idle, "write": budget.idle}},
        )
        with _named_errors(str(url), budget), until(deadline):
            return _Answer(str(url), self._pool.handle_request(request))

    def _opened(self, answer: _Answer, deadline: float, method: str) -> Stream:
        """Make the stream a caller sees, or the error a bad status is."""
        pieces = answer.pieces(self.budget, deadline)
        if answer.status >= 400:
            excerpt = b""
            with suppress(FetchError):  # The status says enough, even when the body that explains it breaks off.
                for piece in pieces:
                    excerpt += piece
                    if len(excerpt) >= EXCERPT:
                        break
            raise HttpError(answer.url, answer.status, retry_after(answer.headers), excerpt[:EXCERPT])
        length = answer.headers.get("content-length", "")
        if method != "HEAD" and length.isdigit() and int(length) > self.budget.bytes:
            raise TooLarge(answer.url, self.budget.bytes)
        return Stream(answer.status, answer.headers, answer.url, pieces)


class _Answer:
    """The head of an answer and the raw body behind it."""

    def __init__(self, url: str, raw: httpcore.Response) -> None:
        self.url = url
        self.status = raw.status
        self.headers = httpx.Headers(raw.headers)
        self._raw = raw

    def close(self) -> None:
        """Give the connection back to the pool, or close it when the body was not read to its end."""
        self._raw.close()

    def pieces(self, budget: Budget, deadline: float) -> Iterator[bytes]:
        """Give the body decompressed. Raises TooLarge, TooSlow and Unreachable."""
        left = budget.bytes
        for piece in self._decoded(self._received(budget, deadline)):
            left -= len(piece)
            if left < 0:
                raise TooLarge(self.url, budget.bytes)
            yield piece

    def _received(self, budget: Budget, deadline: float) -> Iterator[bytes]:
        raw = iter(self._raw.iter_stream())
        while True:
            with _named_errors(self.url, budget), until(deadline):
                piece = next(raw, None)
            if piece is None:
                return
            yield piece

    def _decoded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in {"identity", ""}:
            return iter(pieces)
        if encoding in {"gzip", "x-gzip"}:
            return inflated(pieces, self.url)
        # Not asked for, and several layers ("gzip, gzip") are how small bombs grow large.
        raise Unreachable(self.url, f"Content-Encoding: {encoding}", Code.BROKEN)


def inflated(pieces: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Decompress gzip in pieces of bounded size, so that a bomb is stopped before it takes memory."""
    inflater = zlib.decompressobj(wbits=31)
    started = False
    for piece in pieces:
        data = piece
        while data:
            if inflater.eof:  # Several gzip members in a row are one gzip file (RFC 1952 §2.2).
                inflater = zlib.decompressobj(wbits=31)
            started = True
            try:
                yield inflater.decompress(data, PIECE)
            except zlib.error as error:
                raise Unreachable(url, "gzip", Code.BROKEN) from error
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if started and not inflater.eof:
        raise Unreachable(url, "gzip", Code.BROKEN)


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def media_type(headers: httpx.Headers) -> str:
    """Give the media type of an answer without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def retry_after(headers: httpx.Headers) -> float | None:
    """Read Retry-After (seconds or an HTTP date, RFC 9110 §10.2.3) as seconds from now, never negative."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


@contextmanager
def _named_errors(url: str, budget: Budget) -> Iterator[None]:
    """Turn what httpcore and the sockets raise into this package's family."""
    try:
        yield
    except AddressRefusedError as error:
        raise Refused(url, error) from error
    except UnknownHostError as error:
        raise Unreachable(url, code=Code.UNKNOWN_HOST) from error
    except httpcore.TimeoutException as error:
        raise TooSlow(url, f"{budget.seconds:g}") from error
    except (httpcore.ProtocolError, httpcore.ReadError, httpcore.WriteError) as error:
        raise Unreachable(url, error, Code.BROKEN) from error
    except httpcore.NetworkError as error:
        tls = _tls_failure(error)
        raise Unreachable(url, tls or error, Code.TLS if tls else Code.CONNECTION) from error


def _tls_failure(error: BaseException) -> str | None:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    return str(cause.reason) if isinstance(cause, ssl.SSLError) else None
