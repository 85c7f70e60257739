"""What the tests of merged products share: the definition, a register of a few municipalities, the stand-in feeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.eurometropool.municipalities.register import Area, AreaKind, Municipality, Register
from ckanext.eurometropool.products import dataset
from ckanext.eurometropool.products.definition import Product, Source, read
from ckanext.eurometropool.products.refreshing import refresh
from ckanext.harvesters.replay import bikes
from ckanext.harvesters.replay.server import ReplayServer

PROJECT = Path(__file__).resolve().parents[2]
DEFINITION = PROJECT / "config" / "products" / "shared-bike-stations.yaml"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

#: Boxes that stand for four municipalities: enough to tell the sides of the border apart.
TOWNS = {
    "BE-34027": ("Menen", "Menin", "vlaanderen", (3.06, 50.79, 3.20, 50.83)),
    "BE-34022": ("Kortrijk", "Courtrai", "vlaanderen", (3.20, 50.78, 3.32, 50.86)),
    "FR-59279": ("Halluin", "Halluin", "hauts-de-france", (3.06, 50.76, 3.16, 50.79)),
    "BE-57081": ("Doornik", "Tournai", "wallonie", (3.25, 50.55, 3.50, 50.66)),
}

AREA = {
    "key": "eurometropool",
    "country": "",
    "names": {"nl": "Eurometropool", "fr": "Eurométropole", "en": "Eurometropolis"},
    "also": (),
    "nuts": (),
    "codes": {},
    "former_codes": (),
    "geonames": None,
    "members": tuple(TOWNS),
    "complete": True,
    "box": (3.06, 50.55, 3.50, 50.86),
    "parents": (),
}


@pytest.fixture(scope="session")
def product() -> Product:
    return read(DEFINITION)


@pytest.fixture(scope="session")
def gbfs_source(product: Product) -> Source:
    return product.source("vlaanderen")


@pytest.fixture(scope="session")
def records_source(product: Product) -> Source:
    return product.source("wallonie")


@pytest.fixture(scope="session")
def items_source(product: Product) -> Source:
    return product.source("mel")


def register_of(outlined: bool = True) -> Register:
    return Register(
        municipalities={key: _municipality(key) for key in TOWNS},
        areas={"eurometropool": Area(**AREA, kind=AreaKind.EUROMETROPOLIS)},
        attribution=("© test",),
        geometries={key: _polygon(key) for key in TOWNS} if outlined else {},
    )


def _municipality(key: str) -> Municipality:
    dutch, french, region, box = TOWNS[key]
    return Municipality(
        key=key,
        code=key[3:],
        country=key[:2],
        region=region,
        province="",
        arrondissement="",
        names={"nl": dutch, "fr": french, "en": dutch},
        also=(),
        villages=(),
        postcodes=(),
        former_codes=(),
        point=((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
        geonames=None,
        areas=("eurometropool",),
        neighbours=(),
    )


def _polygon(key: str) -> dict[str, Any]:
    west, south, east, north = TOWNS[key][3]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def register_file(path: Path) -> Path:
    """Write the register as ``ckan municipalities build`` would."""
    known = register_of()
    municipalities = [{name: getattr(m, name) for name in Municipality.__dataclass_fields__} for m in known]
    content = {
        "format": 1,
        "municipalities": municipalities,
        "areas": [{**AREA, "kind": "eurometropolis"}],
        "attribution": ["© test"],
        "geometries": known.geometries,
    }
    path.write_text(json.dumps(content))
    return path


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feeds(clock: Clock) -> Iterator[ReplayServer]:
    with ReplayServer(bikes.portals(clock)) as server:
        yield server


#: The settings that `connected` changes.
CONNECTED = (
    "ckanext.oslo.fetch.allow",
    "ckanext.eurometropool.products.replay_url",
    "ckanext.eurometropool.register",
)


@pytest.fixture
def connected(with_plugins: None, feeds: ReplayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReplayServer:
    """Let the portal read the stand-in feeds, with a register of four municipalities."""
    values = ([feeds.url.removeprefix("http://")], feeds.url, str(register_file(tmp_path / "register.json")))
    for key, value in zip(CONNECTED, values, strict=True):
        monkeypatch.setitem(tk.config, key, value)
    return feeds


@pytest.fixture
def clean_datastore(clean_db: None) -> None:
    """Drop the tables that earlier tests left in the DataStore."""
    with get_write_engine().begin() as connection:
        for kind, catalogue in (("VIEW", "pg_views"), ("TABLE", "pg_tables")):
            column = f"{kind.lower()}name"
            found = connection.execute(sa.text(f"SELECT {column} FROM {catalogue} WHERE schemaname = 'public'"))  # noqa: S608
            for (name,) in found.tuples().all():
                if not name.startswith("_"):  # the DataStore's own
                    connection.execute(sa.text(f'DROP {kind} IF EXISTS "{name}" CASCADE'))


@pytest.fixture
def synced(clean_datastore: None, clean_index: None, connected: ReplayServer, product: Product) -> Product:
    """Give the product with its dataset, refreshed once at noon."""
    dataset.sync(product)
    assert refresh(product).written == 61
    return product
