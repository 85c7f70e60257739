"""The suite in lanes: processes of pytest-xdist side by side, each with databases and an index of its own.

`./portal test` makes a configuration for each lane. A file's tests stay together, because they share what they set up;
so do all those that walk or break the one running portal, and as they take longest they begin first.
"""

from __future__ import annotations

import os

import pytest

from operations.layout import Layout

RUNNING = "running"
"""The fixture of the running portal (tests/running_portal.py), and the name of the group of all who use it."""


def pytest_configure(config: pytest.Config) -> None:
    """Give a process of pytest-xdist the configuration of its lane, before CKAN's plugin reads it."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    lane = int(worker.removeprefix("gw")) + 1
    if lane > 1:
        ini = Layout.from_environment("test").ini_of(lane)
        config.option.ckan_ini = os.environ["CKAN_INI"] = str(ini)


# First, because pytest-xdist reads the marks at the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests stay in one lane."""
    for item in items:
        walks = RUNNING in getattr(item, "fixturenames", ()) or item.path.parent.name == "browser"
        group = RUNNING if walks else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args[0] != RUNNING)
