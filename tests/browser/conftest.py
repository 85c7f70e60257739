"""The suite's running portal with the invented samples, and a real browser to walk through it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.running_portal import RunningPortal

PATIENCE = 20_000
"""Milliseconds: a portal that has just started on a busy machine takes its time for the first save."""
expect.set_options(timeout=PATIENCE)

#: "address password" of a portal that already runs, for whoever writes these tests.
RUNNING = "PORTAL_UNDER_TEST"


@dataclass(frozen=True)
class Portal:
    """The portal under test: its address, and the password of ``steward`` and ``admin``."""

    url: str
    password: str


@pytest.fixture(scope="session")
def portal(request: pytest.FixtureRequest) -> Portal:
    """Return the one portal of the whole suite (``tests/running_portal.py``), or the one that was named."""
    if named := os.environ.get(RUNNING):
        return Portal(*named.split())
    running: RunningPortal = request.getfixturevalue("running")
    return Portal(running.url, running.password)


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
        context.set_default_timeout(PATIENCE)
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


@pytest.fixture
def enter(visit, portal):
    """Sign in as the steward and open a page."""

    def entered(path: str, **options: Any) -> Page:
        page = visit("/nl/user/login", **options)
        page.get_by_label("Gebruikersnaam of e-mailadres").fill("steward")
        page.get_by_label("Wachtwoord", exact=True).fill(portal.password)
        page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
        expect(page.locator(".masthead .menu").first).to_be_attached()
        page.goto(path)
        return page

    return entered
