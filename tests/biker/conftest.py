"""A portal with the merged product, the bike app as a process of its own, and a phone."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from ckanext.eurometropool.products.definition import Product
from tests.products.conftest import (  # noqa: F401  (fixtures)
    PROJECT,
    clean_datastore,
    clock,
    connected,
    feeds,
    product,
    synced,
)

PHONE = {"width": 390, "height": 844}
WAIT = 15  # seconds


class ServedPortal:
    """CKAN's own web application on a free port; ``down`` makes it unreachable."""

    def __init__(self, application: Any) -> None:
        self._server = make_server("127.0.0.1", 0, application, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def down(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@pytest.fixture
def portal(app: Any, synced: Product) -> Iterator[ServedPortal]:  # noqa: F811
    served = ServedPortal(app.flask_app)
    yield served
    served.down()


@pytest.fixture
def biker(portal: ServedPortal) -> Iterator[str]:
    command = [sys.executable, "-m", "biker", "--portal", portal.url, "--port", "0"]
    with subprocess.Popen(command, cwd=PROJECT / "apps" / "biker", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        yield found[0]
        process.terminate()
        assert process.wait(WAIT) == 0


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="nl-BE", has_touch=True)
    context.set_default_timeout(WAIT * 1000)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    return phone.new_page()
