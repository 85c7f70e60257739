"""Apache Jena reads every profile in every format without a warning: many harvesters are built on it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ckanext.oslo import profiles
from ckanext.oslo.profiles import Page
from tests.profiles.conftest import PORTAL
from tests.profiles.steward import full

FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def test_jena_reads_all_of_it_without_a_warning(samples: list[dict[str, Any]], tmp_path: Path) -> None:
    wanted = {}
    for name in profiles.NAMES:
        said = set(_catalogue(name, samples))
        for ending, form in FORMATS.items():
            file = tmp_path / f"{name}.{ending}"
            file.write_bytes(ox.serialize(said, format=form, prefixes=profiles.PREFIXES) or b"")
            wanted[str(file)] = len(said)
    riot = ["java", "-cp", f"{os.environ['PORTAL_JENA']}/*", "riotcmd.riot", "--validate", "--count", *wanted]
    done = subprocess.run(riot, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "WARN" in line or "ERROR" in line]) == (
        0,
        [],
    )
    counted = dict(re.findall(r"^(\S+) +: Triples = ([\d,]+)$", done.stdout + done.stderr, re.MULTILINE))
    assert {file: int(number.replace(",", "")) for file, number in counted.items()} == wanted


def test_jena_would_say_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.nt"
    wrong.write_text("<http://a.example/b c> <http://x.example/y> <http://x.example/z> .\n")
    riot = ["java", "-cp", f"{os.environ['PORTAL_JENA']}/*", "riotcmd.riot", "--validate", str(wrong)]
    done = subprocess.run(riot, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "Bad character in IRI" in done.stderr


def _catalogue(name: str, samples: list[dict[str, Any]]) -> list[ox.Triple]:
    profile = profiles.get(name)
    written = [
        one for one in [*samples, *(full(kind) for kind in ("dataset", "work", "mobility"))] if profile.takes(one)
    ]
    iris = [profiles.dataset_iri(one, PORTAL) for one in written]
    here = f"{PORTAL.site_url}/catalog.ttl?page=1"
    found = profile.catalogue(PORTAL, iris, Page(here, len(iris), 100, first=here, last=here))
    for one in written:
        found += [*profile.dataset(one, PORTAL), *profile.record(one, PORTAL)]
    return found
