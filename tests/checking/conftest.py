"""What the tests of checking share: the portal, the official shapes, and servers on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from ckan.tests import factories

from tests.feeds.conftest import act, make, organization  # noqa: F401  (fixtures)
from tests.profiles.conftest import portal  # noqa: F401  (a fixture)

Pages = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="session")
def official(shared: Path) -> Path:
    return shared / "shapes"


@pytest.fixture
def served() -> Iterator[Callable[[Pages], str]]:
    """Serve pages (status, headers, body by path) over HTTP on loopback; give the address."""
    servers: list[ThreadingHTTPServer] = []

    def start(pages: Pages) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def steward(organization: dict[str, Any]) -> dict[str, Any]:  # noqa: F811
    """Return somebody who may edit the organization's datasets, with a token."""
    user = factories.UserWithToken()
    act("organization_member_create", id=organization["id"], username=user["name"], role="editor")
    return user
