"""Portals on loopback, and the guarded client that may reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.oslo.fetch import Budget, Client, Policy


@pytest.fixture
def serve() -> Iterator[Callable[[Portal], str]]:
    """Return a function that starts a portal and returns its address."""
    with ExitStack() as stack:

        def start(portal: Portal) -> str:
            server = stack.enter_context(ReplayServer([portal]))
            return f"{server.url}/{portal.name}"

        yield start


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(Policy(allow=("127.0.0.0/8",)), Budget(seconds=20)) as client:
        yield client
