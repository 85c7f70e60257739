"""Stand-in portals on real ports, and a plain client to look at them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from ckanext.harvesters.replay.portals import sample_portals
from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.harvesters.replay.snapshots import Snapshots


@pytest.fixture
def serve() -> Iterator[Callable[..., ReplayServer]]:
    """Serve these portals until the test ends."""
    with ExitStack() as stack:
        yield lambda *portals: stack.enter_context(ReplayServer(list[Portal](portals)))


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def samples() -> Iterator[ReplayServer]:
    """The invented portals, served."""
    with ReplayServer(sample_portals()) as server:
        yield server


@pytest.fixture(scope="session")
def snapshots(shared) -> Snapshots:
    return Snapshots(shared / "snapshots")
