"""What can go wrong with a request, each with a stable code and a sentence a steward can read."""

# ruff: noqa: N818  (the family's names say what happened; "Error" behind each of them would say nothing more)

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit


class Code(StrEnum):
    """Why a request gave no answer. The values are stable: reports and translations refer to them."""

    MALFORMED = "malformed"
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    ADDRESS = "address"
    REDIRECTS = "redirects"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    UNKNOWN_HOST = "unknown-host"
    CONNECTION = "connection"
    TLS = "tls"
    BROKEN = "broken"
    STATUS = "status"


TEXTS: Mapping[Code, Mapping[str, str]] = MappingProxyType(
    {
        Code.MALFORMED: {
            "en": "This is not a usable web address: {url}",
            "nl": "Dit is geen bruikbaar webadres: {url}",
            "fr": "Ceci n’est pas une adresse web utilisable : {url}",
        },
        Code.SCHEME: {
            "en": "Only http and https addresses are fetched, not {detail}: {url}",
            "nl": "Alleen http- en https-adressen worden opgehaald, geen {detail}: {url}",
            "fr": "Seules les adresses http et https sont consultées, pas {detail} : {url}",
        },
        Code.CREDENTIALS: {
            "en": "The address holds a user name or password, which is not allowed: {url}",
            "nl": "Het adres bevat een gebruikersnaam of wachtwoord, en dat mag niet: {url}",
            "fr": "L’adresse contient un nom d’utilisateur ou un mot de passe, ce qui n’est pas permis : {url}",
        },
        Code.ADDRESS: {
            "en": "{host} is not on the public internet ({detail}), so it is not fetched.",
            "nl": "{host} staat niet op het openbare internet ({detail}) en wordt daarom niet opgehaald.",
            "fr": "{host} n’est pas sur l’internet public ({detail}) et n’est donc pas consulté.",
        },
        Code.REDIRECTS: {
            "en": "{host} keeps redirecting ({detail} times).",
            "nl": "{host} blijft doorverwijzen ({detail} keer).",
            "fr": "{host} redirige sans fin ({detail} fois).",
        },
        Code.TOO_LARGE: {
            "en": "The answer of {host} is larger than the {detail} bytes allowed.",
            "nl": "Het antwoord van {host} is groter dan de toegestane {detail} bytes.",
            "fr": "La réponse de {host} dépasse les {detail} octets permis.",
        },
        Code.TOO_SLOW: {
            "en": "{host} did not answer in time ({detail} s).",
            "nl": "{host} antwoordde niet op tijd ({detail} s).",
            "fr": "{host} n’a pas répondu à temps ({detail} s).",
        },
        Code.UNKNOWN_HOST: {
            "en": "No server of the name {host} is known.",
            "nl": "Er is geen server bekend met de naam {host}.",
            "fr": "Aucun serveur du nom de {host} n’est connu.",
        },
        Code.CONNECTION: {
            "en": "No connection to {host}: {detail}",
            "nl": "Geen verbinding met {host}: {detail}",
            "fr": "Pas de connexion avec {host} : {detail}",
        },
        Code.TLS: {
            "en": "{host} has no valid certificate: {detail}",
            "nl": "{host} heeft geen geldig certificaat: {detail}",
            "fr": "{host} n’a pas de certificat valable : {detail}",
        },
        Code.BROKEN: {
            "en": "The answer of {host} broke off or is not valid HTTP: {detail}",
            "nl": "Het antwoord van {host} brak af of is geen geldige HTTP: {detail}",
            "fr": "La réponse de {host} s’est interrompue ou n’est pas du HTTP valable : {detail}",
        },
        Code.STATUS: {
            "en": "{host} answered with HTTP status {detail}.",
            "nl": "{host} antwoordde met HTTP-status {detail}.",
            "fr": "{host} a répondu par le statut HTTP {detail}.",
        },
    }
)


def without_credentials(url: str) -> str:
    """Give the URL as it may be logged and shown: without user name, password and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
    except ValueError:
        return "?"


class FetchError(Exception):
    """A request that gave no usable answer. Base of the family.

    ``url`` is safe to show (no credentials); ``detail`` is what the sentence of its code needs: a status, a limit.
    """

    code: Code
    default_code: ClassVar[Code] = Code.CONNECTION

    def __init__(self, url: str, detail: object = "", code: Code | None = None) -> None:
        self.url = without_credentials(url)
        self.detail = str(detail)
        self.code = code or self.default_code
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """Say in a reader's language (``en``, ``nl``, ``fr``; anything else gives English) what happened."""
        texts = TEXTS[self.code]
        host = urlsplit(self.url).netloc or self.url
        return texts.get(language, texts["en"]).format(url=self.url, host=host, detail=self.detail)


class Refused(FetchError):
    """The request was not made, because the policy forbids its address or form."""

    default_code = Code.ADDRESS


class TooManyRedirects(FetchError):
    """The server redirected more often than the budget allows, or in a circle."""

    default_code = Code.REDIRECTS


class TooLarge(FetchError):
    """The answer, once decompressed, has more bytes than the budget allows."""

    default_code = Code.TOO_LARGE


class TooSlow(FetchError):
    """The answer was not complete when the budget's time was up."""

    default_code = Code.TOO_SLOW


class Unreachable(FetchError):
    """There is no such server, it does not talk to us, or it breaks off."""

    default_code = Code.CONNECTION


class HttpError(FetchError):
    """The server answered with a status of 400 or more.

    ``retry_after``: seconds to wait, when the server says so (RFC 9110 §10.2.3).
    ``excerpt``: the first bytes of the body, where portals explain what they did not like.
    """

    default_code = Code.STATUS

    def __init__(self, url: str, status: int, retry_after: float | None = None, excerpt: bytes = b"") -> None:
        self.status = status
        self.retry_after = retry_after
        self.excerpt = excerpt
        super().__init__(url, status)
