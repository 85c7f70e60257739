"""Identity, names and fingerprints: pure."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine.difference import Known, compare, keep_resource_ids
from ckanext.harvesters.engine.identity import choose_name, dataset_id, fingerprint, slug
from ckanext.harvesters.records import SourceRecord

texts = st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
datasets = st.dictionaries(st.sampled_from(["title", "theme", "resources", "notes", "x"]), values)


def shuffled(value, chance: random.Random):
    """Return a value with its keys, and its lists of texts or objects, in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: shuffled(item, chance) for key, item in items}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        if all(isinstance(item, str) for item in items) or all(isinstance(item, dict) for item in items):
            chance.shuffle(items)
        return items
    return value


@given(datasets, st.randoms(use_true_random=False))
def test_the_order_in_which_a_portal_says_things_does_not_matter(dataset, chance) -> None:
    assert fingerprint(shuffled(dataset, chance)) == fingerprint(dataset)


@given(datasets, texts)
def test_what_is_said_matters(dataset, title) -> None:
    assert fingerprint({**dataset, "title": title + "x"}) != fingerprint({**dataset, "title": title})


def test_coordinates_keep_their_order() -> None:
    assert fingerprint({"bbox": [3, 50, 4, 51]}) != fingerprint({"bbox": [50, 3, 51, 4]})


def test_touched_dates_and_empty_values_are_no_change() -> None:
    said = {"title": "Bomen", "source_modified": "2026-01-01", "theme": []}
    assert fingerprint(said) == fingerprint({"title": "Bomen", "harvested": "2026-02-02", "notes": ""})


@given(texts, texts)
def test_an_id_belongs_to_one_source_and_guid(source, guid) -> None:
    assert dataset_id(source, guid) == dataset_id(source, guid)
    assert dataset_id(source, guid) != dataset_id(source + "x", guid)
    assert dataset_id(source, guid) != dataset_id(source, guid + "x")


@given(st.text(max_size=300), st.sets(texts))
def test_a_name_is_one_that_ckan_takes(title, taken) -> None:
    name = choose_name(title, "7d1b0a9e-1111-5222-8333-444455556666", taken)
    assert re.fullmatch(r"[a-z0-9-]{2,100}", name)
    assert name not in {"new", "edit", "search"}


def test_names_are_readable() -> None:
    assert slug("Œuvres d’art à Évry — 2024/25") == "oeuvres-d-art-a-evry-2024-25"
    assert choose_name("Évry", "0123abcd-0000", {"evry"}) == "evry-0123abcd"
    assert slug("woord " * 40).endswith("woord")


def test_resources_keep_their_ids_by_what_they_are() -> None:
    before = [
        {"id": "csv", "url": "https://a.example/x", "format": "CSV"},
        {"id": "json", "url": "https://a.example/x", "format": "JSON"},
    ]
    resources = [
        {"url": "https://a.example/x", "format": "JSON"},
        {"url": "https://a.example/new", "format": "CSV"},
        {"url": "https://a.example/x", "format": "CSV"},
    ]
    keep_resource_ids(resources, before)
    assert [one.get("id") for one in resources] == ["json", None, "csv"]


def test_a_record_that_says_the_same_asks_for_nothing() -> None:
    record = SourceRecord("a", b"", "application/json")
    first = compare(record, {"title": "x"}, None)
    assert first is not None
    assert compare(record, {"title": "x"}, Known("a", "id", first.fingerprint)) is None
    assert compare(record, {"title": "y"}, Known("a", "id", first.fingerprint)) is not None
