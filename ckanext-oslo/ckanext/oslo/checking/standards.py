"""What a dataset can be checked against: for each profile the official shapes, and our own where there are none.

Which official files can be used, and why not the others: DCAT-AP's split files run, its single file points to shapes
that are not in it; HVD's shapes look at every dataset, so that they are for marked ones only; DCAT-AP Vlaanderen 3.0
as published cannot be run at all (own/dcat-ap-vl-3.ttl says why), its predecessor can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from ckanext.oslo.checking.engine import Shapes
from ckanext.oslo.checking.errors import ShapesError, UnknownStandardError

_SEMIC = "https://semiceu.github.io/DCAT-AP/releases"
_GITHUB = "https://raw.githubusercontent.com"
_MOBILITY = f"{_GITHUB}/mobilityDCAT-AP/validation/main/shacl"
_FLEMISH = f"{_GITHUB}/Informatievlaanderen/OSLOthema-metadataVoorServices/validation/release"


@dataclass(frozen=True)
class Official:
    """One set of published shapes. ``files`` are paths below the folder of shapes, each with the address it is at."""

    name: str
    title: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Standard:
    """Something to check against. ``profile`` is how the dataset is written for it.

    ``official`` names a set of published shapes, ``own`` our own file: the first where it is installed, else the
    second. ``always`` are files of ours that are checked besides. ``stand_ins``: the profile writes "other" or
    "unknown" where it wants a value and the dataset says none.
    """

    name: str
    profile: str
    title: str
    official: str = ""
    own: str = ""
    always: tuple[str, ...] = ("hints",)
    stand_ins: bool = False


def _official(name: str, title: str, files: Mapping[str, str]) -> Official:
    return Official(name, title, MappingProxyType({f"{name}/{file}": url for file, url in files.items()}))


OFFICIAL = MappingProxyType(
    {
        one.name: one
        for one in (
            _official(
                "dcat-ap-3.0.1",
                "DCAT-AP 3.0.1",
                {
                    file: f"{_SEMIC}/3.0.1/html/shacl/{file}"
                    for file in ("shapes.ttl", "range.ttl", "shapes_recommended.ttl")
                },
            ),
            _official(
                "dcat-ap-hvd-3.0.0",
                "DCAT-AP HVD 3.0.0",
                {"hvd-SHACL-full.ttl": f"{_SEMIC}/3.0.0-hvd/html/hvd-SHACL-full.ttl"},
            ),
            _official(
                "mobilitydcat-ap-1.1.0",
                "mobilityDCAT-AP 1.1.0",
                {"mobilitydcat-ap-shacl.ttl": f"{_MOBILITY}/mobilitydcat-ap-shacl.ttl"},
            ),
            _official(
                "dcat-ap-vl-2.0",
                "DCAT-AP Vlaanderen 2.0",
                {file: f"{_FLEMISH}/{file}" for file in ("dcatapvl.jsonld", "dcatapvl-usagenotes.jsonld")},
            ),
        )
    }
)

STANDARDS = MappingProxyType(
    {
        one.name: one
        for one in (
            Standard("dcat_ap_3", "dcat_ap_3", "DCAT-AP 3", "dcat-ap-3.0.1", "dcat-ap-3"),
            Standard("dcat_ap_vl_3", "dcat_ap_vl_3", "DCAT-AP Vlaanderen 3", "", "dcat-ap-vl-3", stand_ins=True),
            Standard("dcat_ap_vl_2", "dcat_ap_vl_3", "DCAT-AP Vlaanderen 2", "dcat-ap-vl-2.0", "dcat-ap-vl-3", ()),
            Standard(
                "mobility_dcat_ap",
                "mobility_dcat_ap",
                "mobilityDCAT-AP",
                "mobilitydcat-ap-1.1.0",
                "mobility-dcat-ap",
                stand_ins=True,
            ),
            Standard("dcat_ap_hvd", "dcat_ap_hvd", "DCAT-AP HVD", "dcat-ap-hvd-3.0.0", "dcat-ap-hvd", ()),
            Standard("statdcat_ap", "statdcat_ap", "StatDCAT-AP", "dcat-ap-3.0.1", "dcat-ap-3"),
            Standard("geodcat_ap", "geodcat_ap", "GeoDCAT-AP", "dcat-ap-3.0.1", "dcat-ap-3"),
        )
    }
)
NAMES = tuple(STANDARDS)
DEFAULT = NAMES[0]


def get(name: str) -> Standard:
    """Give the standard of this name.

    :raises UnknownStandardError: there is none
    """
    try:
        return STANDARDS[name]
    except KeyError:
        raise UnknownStandardError(name, NAMES) from None


def default_for(dataset: Mapping[str, Any]) -> str:
    """Name what a dataset is checked against unless somebody chooses: the profile of its kind."""
    return {"mobility": "mobility_dcat_ap", "work": "statdcat_ap"}.get(str(dataset.get("type")), "dcat_ap_3")


def choices_for(dataset: Mapping[str, Any]) -> list[str]:
    """Name what a dataset can be checked against, its default first; HVD's shapes are for marked datasets only."""
    first = default_for(dataset)
    others = ["dcat_ap_3", "dcat_ap_vl_3", "mobility_dcat_ap" if dataset.get("type") == "mobility" else ""]
    if dataset.get("hvd_category"):
        others.append("dcat_ap_hvd")
    return list(dict.fromkeys([first, *(name for name in others if name)]))


def installed(name: str, folder: Path | None) -> bool:
    """Tell whether every file of an official set is in the folder of shapes."""
    return folder is not None and name in OFFICIAL and all((folder / file).is_file() for file in OFFICIAL[name].files)


def shapes_of(standard: Standard, folder: Path | None) -> tuple[Shapes, ...]:
    """Give the sets of shapes a standard is checked with; read once a process, and anew when a file changes.

    :raises ShapesError: a file cannot be used
    """
    main = _installed(standard.official, folder) if installed(standard.official, folder) else own(standard.own)
    return (main, *(own(name) for name in standard.always))


def _installed(name: str, folder: Path | None) -> Shapes:
    files = tuple((folder or Path()) / file for file in OFFICIAL[name].files)
    return _read(OFFICIAL[name].title, tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=16)
def _read(title: str, files: tuple[tuple[str, int], ...]) -> Shapes:
    return Shapes(title, [triple for file, _ in files for triple in parsed(Path(file).read_bytes(), file)])


@lru_cache(maxsize=16)
def own(name: str) -> Shapes:
    """Give shapes written by us (``own/{name}.ttl``)."""
    data = (Path(__file__).parent / "own" / f"{name}.ttl").read_bytes()
    return Shapes(name, parsed(data, f"{name}.ttl"))


def parsed(data: bytes, file: str) -> Iterable[ox.Triple]:
    """Read a file of shapes, in the format its name tells.

    :raises ShapesError: it is no RDF
    """
    kind = ox.RdfFormat.JSON_LD if file.endswith(".jsonld") else ox.RdfFormat.TURTLE
    try:
        return [quad.triple for quad in ox.parse(data, format=kind, base_iri="urn:shapes:")]
    except (SyntaxError, ValueError) as error:
        raise ShapesError(file, str(error)) from error
