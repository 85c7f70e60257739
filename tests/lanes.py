"""The suite in lanes: processes of pytest-xdist side by side, each with databases and an index of its own.

`./portal test` makes a configuration for each lane. A file's tests stay together, because they share what they set up;
so do all those that walk or break the one running portal, and as they take longest they begin first.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from operations.layout import Layout

RUNNING = ("tests/browser/", "tests/operations/test_portal.py")
"""Where the tests of the running portal are (tests/running_portal.py)."""


class Lanes(LoadScopeScheduling):
    """Files to lanes, the running portal's tests all to one.

    Not pytest-xdist's own `loadgroup`: its release 3.8.0 writes the group into a part of a test's name that pytest 9
    no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "the running portal" if nodeid.startswith(RUNNING) else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """Share the tests out."""
    return Lanes(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Give a process of pytest-xdist the configuration of its lane, before CKAN's plugin reads it."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    lane = int(worker.removeprefix("gw")) + 1
    if lane > 1:
        ini = Layout.from_environment("test").ini_of(lane)
        config.option.ckan_ini = os.environ["CKAN_INI"] = str(ini)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: what is left at the end is short, and the lanes end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not item.nodeid.startswith(RUNNING), item.path not in slow))
