"""A portal of its own with the invented samples, and a real browser to walk through it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
#: "address password" of a portal that already runs, for whoever writes these tests.
RUNNING = "PORTAL_UNDER_TEST"


@dataclass(frozen=True)
class Portal:
    """The portal under test: its address, and the password of ``steward`` and ``admin``."""

    url: str
    password: str


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """Start a portal beside any other (``./portal up`` is what a newcomer types), and stop it at the end."""
    if running := os.environ.get(RUNNING):
        yield Portal(*running.split())
        return
    environment = {**os.environ, "PORTAL_INSTANCE": "browser"}
    polygons = Path(os.environ.get("PORTAL_SHARED") or PROJECT.parent / "shared") / "geo" / "municipalities.geojson"
    outlines = ["--polygons", str(polygons)] if polygons.exists() else []
    up = _portal("up", *outlines, environment=environment)
    try:
        status = json.loads(_portal("status", "--json", environment=environment))
        found = re.search(r"password (\S+)", up)
        assert found, f"./portal up printed no sign-in:\n{up}"
        yield Portal(status["url"].rstrip("/"), found[1])
    finally:
        if not os.environ.get("PORTAL_KEEP_TEST_SERVICES"):
            _portal("down", environment=environment)


def _portal(*words: str, environment: dict[str, str]) -> str:
    command = [sys.executable, str(PROJECT / "portal"), *words]
    run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"./portal {' '.join(words)} failed:\n{run.stdout}\n{run.stderr}"
    return run.stdout + ("" if "--json" in words else run.stderr)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium; as root (a bare machine, a container) it runs only without its sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator[Visit]:
    """Give a page in a fresh browser profile; an error in the page's scripts fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(path: str = "", **options: Any) -> Page:
        context = browser.new_context(
            base_url=portal.url, accept_downloads=True, **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if path:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
