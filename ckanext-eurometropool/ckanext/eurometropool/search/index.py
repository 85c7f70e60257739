"""What the search index holds of a dataset: text in three languages, places in all, facets, coverage. Pure.

The fields are declared in config/solr/fields.xml. CKAN also gives Solr every extra twice (`x` and `extras_x`), most of
them JSON that nobody can search: those are left out, and the document stays small.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ckanext.eurometropool.municipalities.register import Area, Municipality, Register
from ckanext.eurometropool.municipalities.said import read
from ckanext.eurometropool.search import compounds, subjects
from ckanext.eurometropool.search.nearness import CLOSE
from ckanext.oslo.vocabularies import LANGUAGES

#: Fields of several values that are facets under their own name.
LISTS = ("theme", "hvd_category", "mobility_theme", "transport_mode", "work_category")
#: Fields of one value that are facets under their own name.
VALUES = ("frequency", "access_rights")
#: What our own fields say better.
SAID_OTHERWISE = ("title_translated", "notes_translated", "tags_translated", "spatial", *LISTS)
#: A Lucene term holds 32,766 bytes; what is longer fails the whole document.
LONGEST_TERM = 1000
#: Coverage is indexed to about 100 m, and as its box where it is drawn finer than this many points.
TOLERANCE = 0.001
MOST_POINTS = 400
#: More linked municipalities than this are indexed by their boxes.
MOST_OUTLINES = 3
#: Degrees, about 50 m: a point has an area to share.
HALF_POINT = 0.0005
#: Fields that say when a dataset changed, the best witness first.
CHANGED = ("modified", "source_modified", "issued", "metadata_modified")

Dict = dict[str, Any]


def document(
    package: Mapping[str, Any],
    register: Register | None,
    *,
    score: float | None = None,
    columns: Sequence[str] = (),
) -> Dict:
    """Give CKAN's Solr document with the portal's fields; that of a harvest source as it is.

    `score` is how well the dataset is described, 0 to 1, where that was measured; `columns` are the names of the
    columns of its tables.
    """
    if package.get("type") == "harvest" or "validated_data_dict" not in package:
        return dict(package)
    dataset = json.loads(package["validated_data_dict"])
    return {
        **_slim(package),
        **text(dataset),
        **facets(dataset),
        **places(dataset, register),
        **standing(dataset, score),
        subjects.FIELD: subjects.subjects_of(dataset),
        # Beside the names of its files, which the schema copies there.
        **({"other_text": list(columns)} if columns else {}),
    }


def _slim(package: Mapping[str, Any]) -> Dict:
    slim = dict(package)
    for name in [field.removeprefix("extras_") for field in package if field.startswith("extras_")]:
        value = package[f"extras_{name}"]
        if name in SAID_OTHERWISE or _is_unsearchable(value):
            slim.pop(name, None)
            slim.pop(f"extras_{name}")
    if isinstance(slim.get("title_string"), str):
        slim["title_string"] = slim["title_string"][:LONGEST_TERM]
    return slim


def _is_unsearchable(value: Any) -> bool:
    return isinstance(value, str) and (value[:1] in ("[", "{") or len(value) > LONGEST_TERM)


def text(dataset: Mapping[str, Any]) -> Dict:
    """Give title, description and keywords by language, and all keywords as `tags`."""
    keywords = _mapping(dataset.get("tags_translated"))
    found: Dict = {}
    for lang in LANGUAGES:
        found[f"title_{lang}"] = _mapping(dataset.get("title_translated")).get(lang)
        found[f"notes_{lang}"] = _mapping(dataset.get("notes_translated")).get(lang)
        found[f"keywords_{lang}"] = _strings(keywords.get(lang))
    tags = [tag.get("name") for tag in dataset.get("tags") or [] if isinstance(tag, Mapping)]
    words = [word[:LONGEST_TERM] for words in keywords.values() for word in _strings(words)]
    found["tags"] = list(dict.fromkeys([*filter(None, tags), *words]))
    dutch = [found["title_nl"], *found["keywords_nl"]]
    found["parts_nl"] = compounds.parts_of(text for text in dutch if isinstance(text, str))
    return {field: value for field, value in found.items() if value or field == "tags"}


def standing(dataset: Mapping[str, Any], score: float | None = None) -> Dict:
    """Give what ranks it beside its words: when it changed (UTC), how well it is described, whose it is."""
    found: Dict = {"own_data": 0 if dataset.get("harvest_source_name") or dataset.get("guid") else 1}
    found["changed"] = next((day for field in CHANGED if (day := _moment(dataset.get(field)))), None)
    return found if score is None else {**found, "quality_score": score}


def _moment(value: Any) -> str | None:
    """Read a date or time as Solr writes it, None where it is neither, or lies ahead of all clocks."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        return min(moment.astimezone(UTC), datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return None


def facets(dataset: Mapping[str, Any]) -> Dict:
    """Give the values a search is narrowed by."""
    found: Dict = {field: _strings(dataset.get(field)) for field in LISTS}
    found |= {field: dataset.get(field) for field in VALUES}
    found["harvest_source_name"] = sources(dataset)
    publishers = dataset.get("publisher")
    if isinstance(publishers, Sequence) and publishers and isinstance(publishers[0], Mapping):
        found["publisher_name"] = str(publishers[0].get("name") or "").strip()[:LONGEST_TERM]
        found["publisher_text"] = found["publisher_name"]
    return {field: value for field, value in found.items() if value}


def sources(dataset: Mapping[str, Any]) -> list[str]:
    """Give the harvest sources that have a dataset: its own, and those of its copies."""
    said = [dataset, *(one for one in dataset.get("also_in") or [] if isinstance(one, Mapping))]
    names = [one.get("harvest_source_name") or one.get("source") for one in said]
    return _strings(list(dict.fromkeys(filter(None, names))))


def places(dataset: Mapping[str, Any], register: Register | None) -> Dict:
    """Give the keys and names of the places it is linked to, and where it lies."""
    read_shapes = list(read(dataset).shapes)
    shapes = [wkt for shape in read_shapes for wkt in _as_wkt(shape)]
    if register is None:
        return {"spatial_geom": shapes, **_extent(read_shapes)} if shapes else {}
    linked = [m for link in dataset.get("municipalities") or [] if (m := register.get(link["key"]))]
    area = register.area(dataset.get("area") or "")
    inside = [*linked, *(register.municipalities[key] for key in (area.members if area else ()))]
    found: Dict = {
        "municipality": [m.key for m in linked],
        "arrondissement": sorted({m.arrondissement for m in linked}),
        "region": sorted({m.region for m in inside}),
        "area": area.key if area else None,
        "inside": sorted({key for m in linked for key in m.areas} | ({area.key, *area.parents} if area else set())),
        "centre": [f"{m.point[1]},{m.point[0]}" for m in linked],
        "place_names": sorted({name for m in linked for name in (*m.names.values(), *m.also)}),
        "area_names": sorted({*area.names.values(), *area.also}) if area else [],
        "spatial_geom": shapes or [shape.wkt for shape in _outlines(register, linked, area)],
        **_extent(read_shapes or _outlines(register, linked, area)),
        "local": 2 if linked or (area and area.kind in CLOSE) else 1 if area else 0,
    }
    return {field: value for field, value in found.items() if value or field == "local"}


def _as_wkt(shape: BaseGeometry) -> list[str]:
    """Give a shape in words Solr takes: simplified, collections part by part, wide ones as their box."""
    if shape.geom_type == "GeometryCollection":
        return [wkt for part in shapely.get_parts(shape) for wkt in _as_wkt(part)]
    simple = shapely.simplify(shape, TOLERANCE)
    west, _, east, _ = simple.bounds
    # A polygon wider than half the earth is read as going round the other side.
    if shapely.get_num_coordinates(simple) > MOST_POINTS or east - west > 180 or simple.equals(simple.envelope):
        return [_envelope(simple)]
    return [simple.wkt]


def _envelope(shape: BaseGeometry) -> str:
    west, south, east, north = shape.bounds
    return f"ENVELOPE({west}, {east}, {north}, {south})"


def _outlines(register: Register, linked: Sequence[Municipality], area: Area | None) -> list[BaseGeometry]:
    """Give the linked places, for a dataset that does not say where it lies; of many their boxes, which are quick."""
    if not linked:
        shape = register.inner(area.key) if area else None
        return [shape] if shape else []
    shapes = [shape for m in linked if (shape := register.inner(m.key))]
    return shapes if len(linked) <= MOST_OUTLINES else [shapely.box(*shape.bounds) for shape in shapes]


def _extent(shapes: Sequence[BaseGeometry]) -> Dict:
    """Give the box around all shapes, which overlap is ranked by; a point's is a little one."""
    if not shapes:
        return {}
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(list(shapes)))
    return {
        "extent_west": west - HALF_POINT,
        "extent_south": south - HALF_POINT,
        "extent_east": east + HALF_POINT,
        "extent_north": north + HALF_POINT,
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, Sequence) else []
