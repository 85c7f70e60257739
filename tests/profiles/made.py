"""Datasets nobody wrote: every field of the three schemas, three languages, and characters that break bad writers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

import ckanext.oslo.schemas
from ckanext.oslo import schema_files, vocabularies
from ckanext.oslo.profiles.subjects import field_of
from ckanext.oslo.reading import FieldError, text
from ckanext.oslo.reading.links import read_link

SCHEMAS = ("dataset", "work", "mobility")
HOSTILE = (
    "<b>&amp;</b>",
    '"""',
    "]]>",
    "\\u0000\\",
    "{{x}}",
    "@prefix a: <b> .",
    "'; DROP",
    "a\tb\nc",
    "‮gnirts",
    "𝕏",
    "é",
    " ",
)
#: Fields that CKAN fills in by itself.
CORE = frozenset({"name"})


@cache
def schema(name: str) -> dict[str, Any]:
    """Read a schema as scheming does."""
    schema_files.register()
    folder = Path(str(ckanext.oslo.schemas.__file__)).parent
    with (folder / f"{name}.yaml").open(encoding="utf-8") as file:
        found = yaml.safe_load(file)
    with (folder / "presets.yaml").open(encoding="utf-8") as file:
        presets = {one["preset_name"]: one["values"] for one in yaml.safe_load(file)["presets"]}
    for group in ("dataset_fields", "resource_fields"):
        found[group] = [_filled(field, presets) for field in found[group]]
    return found


def _filled(field: Mapping[str, Any], presets: Mapping[str, Any]) -> dict[str, Any]:
    filled = {**presets.get(field.get("preset", ""), {}), **field}
    if "repeating_subfields" in field:
        filled["repeating_subfields"] = [_filled(one, presets) for one in field["repeating_subfields"]]
    return filled


plain = st.one_of(
    st.text(min_size=1, max_size=40), st.sampled_from(HOSTILE), st.sampled_from(("Stad Kortrijk", "Ville de Tournai"))
)
clean = plain.map(text.clean).filter(bool)
letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.~é", min_size=1, max_size=12)


def _is_link(address: str) -> bool:
    try:
        return read_link(address) == address
    except FieldError:
        return False


links = st.builds(
    "https://{}.example/{}{}".format,
    st.sampled_from("abc"),
    letters,
    st.sampled_from(("", "?a=1&b=%20", "#x", ".csv", ".zip")),
).filter(_is_link)
uris = st.one_of(
    links, st.builds("urn:x-test:{}".format, letters), st.builds("https://doi.org/10.1/{}".format, letters)
)
days = st.dates().map(str)
dates = st.one_of(
    days,
    st.integers(1000, 2200).map(str),
    st.builds("{}-{:02}".format, st.integers(1000, 2200), st.integers(1, 12)),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "+01:00"),
)
points = st.builds(
    lambda x, y: json.dumps({"type": "Point", "coordinates": [x, y]}), st.floats(-180, 180), st.floats(-90, 90)
)
languages = st.sampled_from(("nl", "fr", "en", "nl-BE", "fr-t-nl", "de"))


def _concepts(name: str, attribute: str = "uri") -> st.SearchStrategy[str]:
    return st.sampled_from([getattr(concept, attribute) for concept in vocabularies.load(name)])


def value(field: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Give values as the reading room leaves them in a field."""
    kind, vocabulary = field.get("kind", "text"), field.get("vocabulary", "")
    if kind in ("concept", "concepts"):
        one = _concepts(vocabulary)
        if field.get("other_uris"):
            one = st.one_of(one, uris)
        return one if kind == "concept" else st.lists(one, min_size=1, max_size=3, unique=True)
    found: dict[str, st.SearchStrategy[Any]] = {
        "text": clean,
        "texts": st.lists(clean, min_size=1, max_size=3, unique=True),
        "translated": st.dictionaries(languages, clean, min_size=1, max_size=4),
        "keywords": st.dictionaries(
            languages, st.lists(clean, min_size=1, max_size=3, unique=True), min_size=1, max_size=3
        ),
        "date": dates,
        "duration": st.sampled_from(("P1Y", "P1M", "P1D", "PT15M", "P1Y2M3DT4H5M6.7S")),
        "link": links,
        "uri": uris,
        "uris": st.lists(uris, min_size=1, max_size=3, unique=True),
        "email": st.builds("{}@kortrijk.be".format, st.text("abc.", min_size=1, max_size=5)),
        "number": st.integers(0, 2**62),
        "decimals": st.lists(st.floats(0, 1e6), min_size=1, max_size=3, unique=True),
        "geometry": points,
        "code": _concepts(vocabulary, "code") if vocabulary else st.nothing(),
        "format": st.one_of(
            clean.filter(lambda name: vocabularies.load("file_type").resolve(name) is None), _formats()
        ),
        "data": st.lists(st.fixed_dictionaries({"field": clean, "value": clean}), min_size=1, max_size=2),
    }
    return found[kind]


def _formats() -> st.SearchStrategy[str]:
    return st.sampled_from([concept.label("en") for concept in vocabularies.load("file_type")])


def _group(fields: list[dict[str, Any]], required: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    strategies = {field["field_name"]: _field(field) for field in fields}
    return st.fixed_dictionaries(
        {name: strategies[name] for name in required},
        optional={name: one for name, one in strategies.items() if name not in required},
    )


def _field(field: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    name = field["field_name"]
    if "repeating_subfields" in field:
        at_most = field.get("at_most", 3)
        one = _group(field["repeating_subfields"]).filter(bool)
        return st.lists(one, min_size=1, max_size=at_most, unique_by=lambda group: str(sorted(group.items())))
    if name == "owner_org":
        return st.uuids().map(str)
    if name == "name":
        return st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=2, max_size=20)
    if name == "version":
        return clean
    return value(field)


@cache
def datasets(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Give datasets of a schema as CKAN's API shows them."""
    found = schema(name)
    fields = [field for field in found["dataset_fields"] if field["field_name"] != "spatial"]
    resources = st.lists(_group(found["resource_fields"], ("url",)), max_size=3)
    made = _group(fields, ("title_translated", "owner_org", "name"))
    return st.builds(_stored, made, resources, st.uuids().map(str), st.just(name)).filter(_is_unambiguous)


def _stored(dataset: dict[str, Any], resources: list[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    places = dataset.get("spatial_coverage") or []
    outline = next((place[shape] for shape in ("geom", "bbox") for place in places if shape in place), None)
    return {
        **dataset,
        **({"spatial": outline} if outline else {}),
        **({"resources": [{"id": f"{key}-{n}", **one} for n, one in enumerate(resources)]} if resources else {}),
        "id": key,
        "type": name,
        "metadata_created": "2026-11-22T10:00:00.123456",
        "metadata_modified": "2026-11-22T10:00:00.123456",
    }


def _is_unambiguous(dataset: Mapping[str, Any]) -> bool:
    """Leave out what nobody means: a place twice, a branch of activity among EuroVoc's, a dataset that is a system."""
    named = [place["uri"] for place in dataset.get("spatial_coverage") or () if "uri" in place]
    subjects = dataset.get("subject") or ()
    apart = len(named) == len(set(named)) and dataset.get("uri") != dataset.get("reference_system", "")
    return apart and all(field_of(uri) == "subject" for uri in subjects)


def as_read(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Give what reading a dataset back should give: all of it but what only the portal that keeps it knows."""
    hidden = ("id", "private", "metadata_created", "metadata_modified", "organization")
    read = {field: value for field, value in dataset.items() if field not in hidden}
    if "resources" in read:
        read["resources"] = [
            {field: value for field, value in resource.items() if field != "id"} for resource in read["resources"]
        ]
    return read
