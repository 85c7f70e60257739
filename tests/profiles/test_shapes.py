"""What we write satisfies the shapes of the profile it is written in: stewards' datasets, samples, real records."""

from __future__ import annotations

import os
from collections import Counter
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.oslo.profiles import Portal
from ckanext.oslo.profiles.terms import DCT
from tests.profiles import steward
from tests.profiles.harvested import datasets
from tests.profiles.shapes import page, violations

PAIRS = [
    ("dcat_ap_3", "DCAT-AP 3.0.1"),
    ("dcat_ap_vl_3", "DCAT-AP 3.0.1"),
    ("dcat_ap_vl_3", "DCAT-AP-VL 2.0"),
    ("dcat_ap_vl_3", "DCAT-AP-VL 3.0"),
    ("mobility_dcat_ap", "DCAT-AP 3.0.1"),
    ("mobility_dcat_ap", "mobilityDCAT-AP 1.1.0"),
    ("dcat_ap_hvd", "DCAT-AP 3.0.1"),
    ("dcat_ap_hvd", "DCAT-AP HVD 3.0.0"),
    ("dcat_ap_hvd", "DCAT-AP HVD 3.0.0 usage notes"),
    ("statdcat_ap", "DCAT-AP 3.0.1"),
    ("geodcat_ap", "DCAT-AP 3.0.1"),
    ("geodcat_ap", "GeoDCAT-AP 2.0.0"),
]
REAL = 100
"""Real records of each portal."""
PAGE = 100


@pytest.fixture(scope="module")
def official(shared: Path) -> Path:
    return shared / "shapes"


@pytest.mark.parametrize(("profile", "shapes"), PAIRS)
def test_a_steward_s_datasets_and_the_catalogue_have_no_violation(
    official: Path, portal: Portal, profile: str, shapes: str
) -> None:
    triples, number = page(profile, steward.ALL, portal)
    assert number
    assert violations(official, shapes, triples) == []


@pytest.mark.parametrize(("profile", "shapes"), PAIRS)
def test_harvested_samples_have_no_violation(
    official: Path, portal: Portal, samples: list[dict[str, Any]], profile: str, shapes: str
) -> None:
    triples, number = page(profile, samples, portal)
    assert number >= (1 if profile == "dcat_ap_hvd" else 10)
    assert violations(official, shapes, triples) == []


def test_what_2_0_of_flanders_refuses_of_a_dataset_without_a_licence_is_that_it_is_not_open(
    official: Path, portal: Portal
) -> None:
    """Flemish 2.0 knows open data only; 3.0 takes the dataset as it is, and nobody is said to have opened it."""
    closed = steward.full("dataset") | {"license_id": ""}
    closed["resources"] = [{**file, "license": ""} for file in closed["resources"]]
    triples, _ = page("dcat_ap_vl_3", [closed], portal)
    found = violations(official, "DCAT-AP-VL 2.0", triples)
    assert found
    assert all("metadata-dcat#statuut" in line or "/terms/license" in line for line in found)
    assert violations(official, "DCAT-AP-VL 3.0", triples) == []


def test_the_shapes_find_what_is_wrong(official: Path, portal: Portal) -> None:
    triples, _ = page("dcat_ap_3", [steward.full("dataset")], portal)
    without = [triple for triple in triples if triple.predicate not in (DCT.title, DCT.publisher)]
    found = violations(official, "DCAT-AP 3.0.1", without)
    assert any(f"{portal.site_url} {DCT.publisher.value} MinCount" in line for line in found)
    assert any(f"full-dataset {DCT.title.value} MinCount" in line for line in found)


@pytest.mark.snapshots
def test_real_records_have_at_most_one_violation_in_a_hundred(official: Path, shared: Path, portal: Portal) -> None:
    """Three portals as they were recorded, in pages as the feed has them; what remains is printed with its record.

    ``PORTAL_RECORDS`` says how many of each portal instead of `REAL`.
    """
    snapshots, wanted = Snapshots(shared / "snapshots"), int(os.environ.get("PORTAL_RECORDS", REAL))
    odwb = dict(islice(snapshots.odwb().items(), wanted))
    real = chain(
        datasets("datavindplaats", Datavindplaats(Catalogue(snapshots.vlaanderen(limit=wanted)))),
        datasets("opendatasoft", Odwb(Catalogue(odwb)), domain="www.odwb.be"),
        datasets("udata", Datagouv(Catalogue(snapshots.datagouv(limit=wanted)), filtered=False)),
    )
    number = statements = 0
    found: list[str] = []
    while shown := list(islice(real, PAGE)):
        triples, taken = page("dcat_ap_3", shown, portal)
        found += violations(official, "DCAT-AP 3.0.1", triples)
        number, statements = number + taken, statements + len(triples)
    rules = Counter(" ".join(line.split(" ")[1:3]) for line in found)
    print(f"\n{number} real datasets, {statements} triples, {len(found)} violations: {dict(rules)}", *found[:20])  # noqa: T201
    assert number > 2.9 * REAL
    assert len(found) <= number / 100
