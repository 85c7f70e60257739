"""How much of what three regions' portals really wrote is understood, by kind of value."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ckanext.harvesters.records import RecordError, Source
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.oslo.fetch import Client, Policy
from ckanext.oslo.vocabularies import load

#: Kind → the least share of its values, each counted once a record, that must be understood.
FLOORS = {"licence": 0.999, "format": 0.998, "frequency": 0.999, "theme": 0.999, "language": 0.999}
#: The same for the IRIs and texts in whole catalogues, by the vocabularies alone.
ALONE = {"licence": 0.9999, "file_type": 0.9999, "frequency": 0.99, "theme": 0.997, "language": 0.9999}
#: RDF property → vocabulary.
PROPERTIES = {
    "http://purl.org/dc/terms/license": "licence",
    "http://purl.org/dc/terms/format": "file_type",
    "http://www.w3.org/ns/dcat#mediaType": "file_type",
    "http://purl.org/dc/terms/accrualPeriodicity": "frequency",
    "http://www.w3.org/ns/dcat#theme": "theme",
    "http://purl.org/dc/terms/language": "language",
}
_STATEMENT = re.compile(r'^\S+ <([^>]+)> (?:<([^>]+)>|"((?:[^"\\]|\\.)*)")')
#: What a portal's name of a field says of its kind.
_FIELDS = (("licen", "licence"), ("format", "format"), ("mediatype", "format"), ("frequen", "frequency"))
_FIELDS += (("accrual", "frequency"), ("theme", "theme"), ("lang", "language"), ("keyword", "theme"))


def kind_of(field: str) -> str | None:
    return next((kind for part, kind in _FIELDS if part in field.lower()), None)


def understood(dataset: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield kind and value of each concept in a mapped dataset, if the vocabulary of the kind has it."""
    resources = dataset.get("resources", ())
    said = {
        "licence": [dataset.get("license_id"), *(one.get("license") for one in resources)],
        "format": [one.get("format") for one in resources],
        "frequency": [dataset.get("frequency")],
        "theme": dataset.get("theme", []),
        "language": [*dataset.get("language", []), *(tag for one in resources for tag in one.get("language", []))],
    }
    for kind, values in said.items():
        vocabulary = load("file_type" if kind == "format" else kind)
        concepts = {vocabulary.resolve(value) for value in values if value}
        yield from ((kind, concept.uri) for concept in concepts if concept)


def mapped(portal: Portal, source: Source) -> Iterator[dict[str, Any]]:
    of = protocol(source.protocol)
    with ReplayServer([portal]) as server, Client(Policy(allow=("127.0.0.0/8",))) as client:
        source = replace(source, url=f"{server.url}/{portal.name}")
        records = [record for page in of.pages(source, client) for record in page.records]
    for record in records:
        try:
            yield of.map(source, record).dataset
        except RecordError:
            continue  # what cannot be mapped at all is counted where the catalogues are tested


@pytest.mark.snapshots
def test_nearly_all_that_portals_wrote_is_understood(shared: Path) -> None:
    snapshots = Snapshots(shared / "snapshots")

    def source(name: str, language: str, **options: Any) -> Source:
        return Source(name, name, name, "http://127.0.0.1", name, language, "https://example.org/cc0", options=options)

    portals = [
        (Datavindplaats(Catalogue(snapshots.vlaanderen("2025-02-14", limit=1_000))), source("datavindplaats", "nl")),
        (Odwb(Catalogue(snapshots.odwb("2025-02-14"))), source("opendatasoft", "fr", domain="www.odwb.be")),
        (Datagouv(Catalogue(snapshots.datagouv(limit=400)), filtered=False), source("udata", "fr")),
    ]
    good: Counter[str] = Counter()
    unknown: Counter[tuple[str, str]] = Counter()
    for portal, of in portals:
        for dataset in mapped(portal, of):
            good.update(kind for kind, _value in understood(dataset))
            kept = ((kind_of(one["field"]), one["value"]) for one in dataset.get("unresolved", ()))
            unknown.update((kind, value) for kind, value in kept if kind)
    shares = {}
    for kind in FLOORS:
        bad = sum(count for (of, _value), count in unknown.items() if of == kind)
        shares[kind] = good[kind] / (good[kind] + bad)
        most = [value for (of, value), _count in unknown.most_common() if of == kind][:4]
        print(f"{kind}: {good[kind]} of {good[kind] + bad} understood, {shares[kind]:.2%}; not: {most}")  # noqa: T201
    assert {kind: share for kind, share in shares.items() if share < FLOORS[kind]} == {}


@pytest.mark.snapshots
def test_the_vocabularies_know_what_whole_catalogues_say(shared: Path) -> None:
    """The recorded Belgian catalogues, every statement of them; a node without a name of its own says nothing."""
    said: Counter[tuple[str, str]] = Counter()
    for path in sorted((shared / "snapshots").glob("*/catalogue-2025-02-14.nq.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                found = _STATEMENT.match(line)
                if found and found[1] in PROPERTIES and "/.well-known/genid/" not in (found[2] or ""):
                    said[PROPERTIES[found[1]], found[2] or found[3]] += 1
    shares = {}
    for name in ALONE:
        values = {value: count for (of, value), count in said.items() if of == name}
        unknown = {value: count for value, count in values.items() if load(name).resolve(value) is None}
        shares[name] = 1 - sum(unknown.values()) / sum(values.values())
        print(f"{name}: {sum(values.values())} statements, {shares[name]:.2%} understood; not: {list(unknown)[:4]}")  # noqa: T201
    assert {name: share for name, share in shares.items() if share < ALONE[name]} == {}


def test_the_licences_of_the_portals_are_known_by_uri_name_and_address(shared: Path) -> None:
    with (shared / "vocab" / "portal_licences.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    licences = load("licence")
    for row in rows:
        written = [row["uri"], row["label_en"], row["label_nl"], row["label_fr"], row["legal_url"]]
        found = {licences.resolve(one) for one in written if one}
        assert len(found) == 1, row
        assert next(iter(found)) is licences.get(row["uri"])
