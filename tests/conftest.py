"""Fixtures for all tests: where the recorded catalogues are, and a CI that never skips them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckanext.harvesters.engine import tables
from tests.real_browser import browser  # noqa: F401  (a fixture for browser tests)
from tests.running_portal import running  # noqa: F401  (a fixture for browser and operations tests)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of recorded catalogues, shapes, vocabularies and polygons.

    It is no part of the project. CI has it beside the checkout and fails without it; elsewhere the test is skipped.
    """
    folder = Path(os.environ.get("PORTAL_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    if (folder / "snapshots").is_dir():
        return folder
    reason = f"no recorded catalogues in {folder}; set PORTAL_SHARED to their folder"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


#: Plugins with tables of their own.
MIGRATED = ("activity", "harvest")


_tables_made = pytest.StashKey[bool]()


@pytest.fixture
def clean_db(request, with_plugins, reset_db, migrate_db_for):
    """Empty all tables, CKAN's and the plugins'.

    The first reset of a session drops every table, so the plugins' are made once after it; later ones delete rows only.
    """
    reset_db()
    stash = request.config.stash
    if not stash.get(_tables_made, False):
        for plugin in MIGRATED:
            migrate_db_for(plugin)
        # CKAN looks for migrations below /ckanext/, where this package is only when installed as a wheel.
        tables.migrate()
        stash[_tables_made] = True
