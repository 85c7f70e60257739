"""Keys of portals that ask for one: read from the environment when a request is made, and kept nowhere else.

A source names an environment variable (``credentials: {kind: bearer, from: PORTAL_CREDENTIAL_X}``); the variable holds
the host that the key is for, a space, and the key. Somebody who may edit a source can therefore neither read a variable
that is no key nor have a key sent to a host of his own. The key goes to the source's own origin only, over https (or to
this machine); the guarded client drops it when a redirect leads elsewhere.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Client, Mapped, Page, Protocol, Response, Source, SourceError, SourceRecord

PREFIX = "PORTAL_CREDENTIAL_"
VARIABLE = re.compile(PREFIX + r"[A-Z0-9][A-Z0-9_]{0,60}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
#: Headers that are the client's own: a key has no business in them.
_NOT_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "user-agent", "accept", "accept-encoding", "cookie"}
)
# What a key may be made of: visible ASCII, and spaces inside (RFC 9110 §5.5); nothing that could end a header.
_KEY = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# Names of options and of parameters in an address that say "here is a secret".
_SECRET = re.compile(r"(?:^|[-_.])(?:api[-_]?key|key|token|password|passwd|pwd|secret|authorization)$", re.IGNORECASE)


class Kind(StrEnum):
    """How a portal wants its key: in ``Authorization`` (three ways), or as a header of its own."""

    BEARER = "bearer"
    #: The key is ``user:password`` (RFC 7617).
    BASIC = "basic"
    #: Opendatasoft.
    APIKEY = "apikey"
    HEADER = "header"


def is_secret(name: str) -> bool:
    """Tell whether an option or a parameter of an address is named as if it held a secret."""
    return _SECRET.search(name) is not None


def is_header(name: str) -> bool:
    """Tell whether a key may be sent in a header of that name."""
    return HEADER.fullmatch(name) is not None and name.lower() not in _NOT_OURS


@dataclass(frozen=True)
class Key:
    """A header that proves who asks. Its value is not shown by ``repr``."""

    host: str
    header: str
    value: str = field(repr=False)


def key_of(asked: Mapping[str, str] | None, url: str, environment: Mapping[str, str]) -> Key | None:
    """Return the key of the source at an address, None for one that asks for none.

    Raises `SourceError` (bad-configuration, credentials-missing, credentials-elsewhere), which names the variable and
    never what it holds.
    """
    if not asked:
        return None
    variable, kind = str(asked.get("from", "")), str(asked.get("kind", ""))
    header = str(asked.get("header", "Authorization"))
    if not VARIABLE.fullmatch(variable) or kind not in set(Kind) or not is_header(header):
        raise SourceError(Reason.BAD_CONFIGURATION, url, "credentials")
    host, _, secret = environment.get(variable, "").strip().partition(" ")
    if not host or not _KEY.fullmatch(secret.strip()):
        raise SourceError(Reason.CREDENTIALS_MISSING, url, variable)
    if not _is_for(host, url):
        raise SourceError(Reason.CREDENTIALS_ELSEWHERE, url, variable)
    return Key(host, header, _written(Kind(kind), secret.strip()))


def missing(asked: Mapping[str, str] | None, url: str, environment: Mapping[str, str]) -> SourceError | None:
    """Return why a source would not get its key; None when it would, or asks for none."""
    try:
        key_of(asked, url, environment)
    except SourceError as error:
        return error
    return None


def _is_for(host: str, url: str) -> bool:
    """Tell whether an address is the key's host's, by a way on which nobody reads along."""
    scheme, netloc = _origin(url)
    return netloc == host.lower() and (scheme == "https" or _is_this_machine(netloc))


def _is_this_machine(netloc: str) -> bool:
    try:
        return ip_address(urlsplit(f"//{netloc}").hostname or "").is_loopback
    except ValueError:
        return False


def _written(kind: Kind, secret: str) -> str:
    if kind is Kind.BASIC:
        return "Basic " + base64.b64encode(secret.encode("ascii")).decode("ascii")
    prefix = {Kind.BEARER: "Bearer ", Kind.APIKEY: "Apikey "}.get(kind, "")
    return prefix + secret


@dataclass(frozen=True)
class SigningClient:
    """A client that shows a key to the key's host, and to nobody else."""

    client: Client
    key: Key
    #: The source's address: what begins with the same scheme and host is signed.
    url: str

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a URL, with the key where it belongs. Raises `ckanext.oslo.fetch.FetchError`."""
        sent = dict(headers or {})
        if _origin(url) == _origin(self.url):
            sent[self.key.header] = self.key.value
        return self.client.get(url, sent)


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", "")
    return parts.scheme.lower(), parts.netloc.lower()


@dataclass(frozen=True)
class WithCredentials:
    """A protocol that shows the source's key, where it has one."""

    spoken: Protocol

    @property
    def name(self) -> str:
        """The protocol's name."""
        return self.spoken.name

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the source's pages. Raises `SourceError` before the first request when its key is not there."""
        key = key_of(source.credentials, source.url, os.environ)
        return self.spoken.pages(source, SigningClient(client, key, source.url) if key else client)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        return self.spoken.map(source, record)


def mistakes(settings: Mapping[str, Any], url: str = "") -> Iterator[tuple[str, str]]:
    """Yield what in a source's settings looks like a secret: where it stands, and what to do. Never its value."""
    for name in ("scope", "options"):
        for key in settings.get(name) or {}:
            if is_secret(str(key)):
                yield name, f"{key!r} looks like a secret, which must not stand here: {HINT}"
    query = url.partition("#")[0].partition("?")[2]
    if any(is_secret(pair.partition("=")[0]) for pair in query.split("&")):
        yield "url", f"the address holds what looks like a secret, which must not stand here: {HINT}"


HINT = f"put it into an environment variable {PREFIX}… and name that under 'credentials' (docs/harvesting.md)"
