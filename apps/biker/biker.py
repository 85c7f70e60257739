"""Bikes nearby: a page for the phone, served by a process of its own.

    python -m biker --portal http://127.0.0.1:8000 --port 8080

It serves a page and its files, nothing else: the page in the browser asks the portal's public API for stations
(``/data/shared-bike-stations.geojson``) and municipalities (``/data/municipalities.geojson``). No key, no cookie, no
database, nothing of CKAN: what this app can do, any app can.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import mimetypes
import re
import signal
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).parent / "static"
LANGUAGES = ("nl", "fr", "en")
PRODUCT = "shared-bike-stations"
FILE = re.compile(r"/static/((?:fonts/)?[a-z0-9-]+\.(?:css|js|json|svg|woff2))")
TEXTS: dict[str, dict[str, str]] = json.loads((STATIC / "texts.json").read_text("utf-8"))
FILES = {str(path.relative_to(STATIC)): path.read_bytes() for path in STATIC.rglob("*") if path.is_file()}
VERSION = hashlib.sha256(b"".join(FILES[name] for name in sorted(FILES))).hexdigest()[:12]


@dataclass(frozen=True)
class Answer:
    """What goes back to the browser."""

    status: HTTPStatus
    media_type: str
    body: bytes
    cached: int = 0  # seconds


def answer(path: str, accept_language: str, portal: str) -> Answer:
    """Answer a path with its query; ``portal`` is the address of the portal whose API the page uses."""
    parts = urlsplit(path)
    if parts.path == "/":
        asked = parse_qs(parts.query).get("lang", [""])[0]
        return page(asked if asked in LANGUAGES else preferred(accept_language), portal)
    if parts.path == "/health":
        return Answer(HTTPStatus.OK, "text/plain; charset=utf-8", b"ok\n")
    if parts.path == "/offline.js":  # at the root: a service worker rules only what lies below it
        body = FILES["offline.js"].replace(b"VERSION", VERSION.encode())
        return Answer(HTTPStatus.OK, "text/javascript; charset=utf-8", body)
    found = FILE.fullmatch(parts.path)
    if found is None or found[1] not in FILES:
        return Answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"404\n")
    kind = mimetypes.guess_type(found[1])[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Answer(HTTPStatus.OK, kind + charset, FILES[found[1]], 3600)


def preferred(accept_language: str) -> str:
    """Give the first of our languages that a browser's Accept-Language names by weight, else Dutch."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), tag[:2].lower()))
        except ValueError:
            continue
    ours = [(weight, tag) for weight, tag in wishes if tag in LANGUAGES]
    return max(ours, key=lambda wish: wish[0])[1] if ours else LANGUAGES[0]


def page(language: str, portal: str) -> Answer:
    """Write the page in a language; every text in it is in ``static/texts.json``."""
    current = {f"{code}_current": ' aria-current="true"' if code == language else "" for code in LANGUAGES}
    values = {name: _escaped(text) for name, text in TEXTS[language].items()}
    markup = Template(FILES["page.html"].decode()).substitute(
        values | current, lang=language, portal=_escaped(portal), product=PRODUCT, version=VERSION
    )
    return Answer(HTTPStatus.OK, "text/html; charset=utf-8", markup.encode())


def policy(portal: str) -> dict[str, str]:
    """Give the security headers: nothing but our own files, and the portal's API."""
    parts = urlsplit(portal)
    own = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; worker-src 'self'"
    rest = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    return {
        "Content-Security-Policy": f"{own}; connect-src 'self' {parts.scheme}://{parts.netloc}; {rest}",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


class Server(ThreadingHTTPServer):
    """Serves the page at a port of this machine (0: a free one). ``portal``: where its API is."""

    daemon_threads = True

    def __init__(self, portal: str, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.portal = portal.rstrip("/")
        self.policy = policy(self.portal)

    @property
    def url(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request: GET and HEAD."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "biker"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:  # noqa: N802 (the name http.server looks for)
        """Answer with a body."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:  # noqa: N802
        """Answer without one."""
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        given = answer(self.path, self.headers.get("Accept-Language", ""), self.server.portal)
        self.send_response(given.status)
        headers = self.server.policy | {
            "Content-Type": given.media_type,
            "Content-Length": str(len(given.body)),
            "Cache-Control": f"public, max-age={given.cached}" if given.cached else "no-cache",
        }
        if given.media_type.startswith("text/html"):
            headers["Vary"] = "Accept-Language"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(given.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's own name)
        """Stay silent: the proxy in front keeps the log, and where people stand is nobody's business."""


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"expected an http or https address, not {text!r}")
    return text


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="biker", description="Bikes nearby, on the portal's public API.")
    parser.add_argument("--portal", required=True, type=_address, help="the portal's address, as browsers reach it")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
    chosen = parser.parse_args()
    server = Server(chosen.portal, chosen.port, chosen.host)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Bikes nearby at {server.url}, on the API of {server.portal}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
