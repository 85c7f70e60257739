"""Fixtures for all tests: where the recorded catalogues are, and a CI that never skips them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.config.middleware import make_app
from ckan.tests import helpers

from ckanext.eurometropool import migrating
from ckanext.harvesters.engine import tables
from ckanext.oslo import tables as oslo_tables
from tests.lanes import (  # noqa: F401  (hooks of pytest)
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_xdist_make_scheduler,
)
from tests.post import post  # noqa: F401  (a fixture for tests of mail)
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
    pytest.skip(reason)  # recorded catalogues belong to others: a checkout elsewhere does not have them


@pytest.fixture(scope="session")
def loaded_plugins() -> Iterator[None]:
    """Load the plugins once for the whole suite: loading takes longer than most tests."""
    p.load_all()
    yield
    p.unload_all()


@pytest.fixture
def with_plugins(loaded_plugins: None, ckan_config: Any) -> None:
    """Take the place of CKAN's fixture of this name, which loads and unloads for each test."""


@pytest.fixture(scope="session")
def made_app(loaded_plugins: None) -> Any:
    """Make the web application once: its routes and templates depend on the plugins alone."""
    tk.config["testing"] = True
    return make_app(tk.config)


@pytest.fixture
def app(made_app: Any, with_plugins: None) -> Any:
    """Take the place of CKAN's fixture of this name: the one application, with nobody signed in."""
    return helpers.CKANTestApp(made_app)


#: Plugins with tables of their own.
MIGRATED = ("activity", "harvest")


_tables_made = pytest.StashKey[bool]()


@pytest.fixture
def clean_db(request, with_plugins, reset_db, migrate_db_for):
    """Empty all tables, CKAN's and the plugins'.

    The first reset of a session drops every table, so the plugins' are made once after it; later ones delete rows only.
    """
    engine = model.ensure_engine()
    reset_db()
    stash = request.config.stash
    if not stash.get(_tables_made, False):
        for plugin in MIGRATED:
            migrate_db_for(plugin)
        # CKAN looks for migrations below /ckanext/, where this package is only when installed as a wheel.
        tables.migrate()
        oslo_tables.migrate()
        migrating.migrate()
        # CKAN's migrations leave an engine of their own, which opens a connection for each transaction.
        model.init_model(engine)
        stash[_tables_made] = True
