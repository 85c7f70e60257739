"""A web server with CSV files, and datasets that point at them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

TEXT = "Gemeente;Fietsen\nKortrijk;1200\nMenen;310\n"


class Files(BaseHTTPRequestHandler):
    content: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:  # noqa: N802
        self.asked.append(self.path)
        body = self.content.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def files(with_plugins: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Files.content = {"/bikes.csv": TEXT.encode("cp1252")}
    Files.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    monkeypatch.setitem(tk.config, "ckanext.oslo.fetch.allow", [address])
    monkeypatch.setitem(tk.config, "ckanext.eurometropool.products.replay_url", "")
    yield f"http://{address}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def organization_id(clean_db: None, clean_index: None) -> str:
    return factories.Organization()["id"]


def dataset(organization_id: str, *resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return factories.Dataset(
        owner_org=organization_id, title_translated={"nl": "Fietsen"}, resources=list(resources), **more
    )
