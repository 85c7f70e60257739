"""The app's server, without a portal and without a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from http import HTTPStatus

import pytest

from tests.products.conftest import PROJECT

sys.path.insert(0, str(PROJECT / "apps" / "biker"))

import biker as app

PORTAL = "https://data.example"


def test_page_speaks_the_reader_s_language():
    assert b"Fietsen dichtbij" in app.answer("/", "", PORTAL).body
    assert "Vélos à proximité".encode() in app.answer("/", "fr-BE,nl;q=0.5", PORTAL).body
    assert b"Bikes nearby" in app.answer("/?lang=en", "fr", PORTAL).body


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de,fr;q=0.8,en;q=0.9", "en"),
        ("nl-BE", "nl"),
        ("*", "nl"),
        ("fr;q=banana", "nl"),
        ("", "nl"),
    ],
)
def test_language_is_the_browser_s_first_wish_among_ours(header: str, language: str):
    assert app.preferred(header) == language


def test_texts_exist_in_each_language_with_the_same_gaps():
    nl, fr, en = (app.TEXTS[language] for language in ("nl", "fr", "en"))
    assert nl.keys() == fr.keys() == en.keys()
    for key in nl:
        gaps = {tuple(sorted(re.findall(r"\{\w+\}", texts[key]))) for texts in (nl, fr, en)}
        assert len(gaps) == 1, key


@pytest.mark.parametrize(
    "path",
    [
        "/static/../biker.py",
        "/static/%2e%2e/biker.py",
        "/static/texts.txt",
        "/etc/passwd",
        "/static/",
        "/static/fonts/",
        "//evil",
    ],
)
def test_nothing_but_the_app_s_files_is_served(path: str):
    assert app.answer(path, "", PORTAL).status is HTTPStatus.NOT_FOUND


def test_every_file_the_page_names_is_there():
    body = app.answer("/", "", PORTAL).body.decode()
    named = re.findall(r'(?:href|src)="(/[^"?]+)', body)
    styles = re.findall(r'url\("([^"]+)"\)', app.answer("/static/tokens.css", "", PORTAL).body.decode())
    for path in [*named, *(f"/static/{name}" for name in styles), "/offline.js"]:
        assert app.answer(path, "", PORTAL).status is HTTPStatus.OK, path


def test_policy_allows_own_files_and_the_portal_only():
    policy = app.policy("https://data.example/some/path")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self' https://data.example;" in policy
    assert "unsafe" not in policy


def test_portal_address_cannot_break_out_of_the_page():
    body = app.page("en", 'https://x"><script>alert(1)</script>').body
    assert b"<script>alert" not in body


def test_wrong_portal_address_is_refused_at_the_start():
    command = [sys.executable, "-m", "biker", "--portal", "data.example"]
    result = subprocess.run(command, cwd=PROJECT / "apps" / "biker", capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "expected an http or https address" in result.stderr


def test_worker_for_offline_use_knows_the_version():
    assert app.VERSION in app.answer("/offline.js", "", PORTAL).body.decode()
    assert json.loads(app.answer("/static/texts.json", "", PORTAL).body)["nl"]["title"]
