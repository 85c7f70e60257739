"""Fetching the official shapes: new ones in place at once, the last good ones kept."""

from __future__ import annotations

from pathlib import Path

from ckanext.oslo.checking.fetching import fetch_all
from ckanext.oslo.checking.standards import Official
from ckanext.oslo.fetch import Budget, Client, Policy

SHAPES = b"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
[] a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property [ sh:path dcat:keyword ; sh:minCount 1 ] .
"""


def fetched(folder: Path, address: str) -> tuple[bool, str]:
    official = Official("mine", "Mine", {"mine/a.ttl": f"{address}/a.ttl", "mine/b.ttl": f"{address}/b.ttl"})
    with Client(Policy(allow=("127.0.0.0/8",)), Budget(seconds=5)) as client:
        (one,) = fetch_all(client, folder, sets=[official])
    return one.changed, str(one.error or "")


def test_shapes_are_kept_and_fetched_again_only_when_they_changed(served, tmp_path: Path) -> None:
    pages = {"/a.ttl": (200, {}, SHAPES), "/b.ttl": (200, {}, SHAPES)}
    address = served(pages)
    assert fetched(tmp_path, address) == (True, "")
    assert (tmp_path / "mine" / "a.ttl").read_bytes() == SHAPES
    assert fetched(tmp_path, address) == (False, "")
    pages["/b.ttl"] = (200, {}, SHAPES + b"# new\n")
    assert fetched(tmp_path, address) == (True, "")
    assert (tmp_path / "mine" / "b.ttl").read_bytes().endswith(b"# new\n")


def test_the_last_good_shapes_stay_when_one_file_is_missing_or_no_shapes(served, tmp_path: Path) -> None:
    pages = {"/a.ttl": (200, {}, SHAPES), "/b.ttl": (200, {}, SHAPES)}
    address = served(pages)
    fetched(tmp_path, address)
    for answer in ((404, {}, b""), (200, {}, b"<!doctype html><p>Moved"), (200, {}, b"@prefix")):
        pages |= {"/a.ttl": (200, {}, SHAPES + b"# newer\n"), "/b.ttl": answer}
        changed, error = fetched(tmp_path, address)
        assert not changed
        assert error
        assert (tmp_path / "mine" / "a.ttl").read_bytes() == SHAPES
    assert {file.name for file in (tmp_path / "mine").iterdir()} == {"a.ttl", "b.ttl"}
