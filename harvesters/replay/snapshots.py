"""A folder of recorded catalogues: which portals and states it holds, and the stand-ins made of them.

Layout (any of it may be missing)::

    vlaanderen/catalogue-<date>.nq.gz        wallonie-odwb/catalogue-<date>.nq.gz
    wallonie-iweps/catalogue-<date>.nq.gz    wallonie-metawal/catalogue-<date>.nq.gz
    data.gouv.fr/api-1-datasets-page-<n>.json    data.gouv.fr/dataset-versions.jsonl
    csw/gnui-dump/*.xml    wallonie-metawal/raw-records/*.xml    mel/*.xml    geo2france/*.xml
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from ckanext.harvesters.replay import (
    recorded_geography,
    recorded_metawal,
    recorded_odwb,
    recorded_vlaanderen,
    recorded_walstat,
)
from ckanext.harvesters.replay.catalogue import Catalogue, Record, chosen
from ckanext.harvesters.replay.csw import Csw
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.dcat_feed import Walstat
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.recordings import Recording
from ckanext.harvesters.replay.server import Portal

VLAANDEREN = "vlaanderen"
ODWB = "wallonie-odwb"
WALSTAT = "wallonie-iweps"
METAWAL = "wallonie-metawal"
#: Opendatasoft portals that stand in the recording of Metadata Vlaanderen, which harvests them.
FLEMISH = {"gent": recorded_odwb.GENT, "wewis": recorded_odwb.WEWIS}
DATAGOUV = "data.gouv.fr"


class Snapshots:
    """The recorded catalogues of a folder."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder. Raises NotADirectoryError when it is none."""
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is not a folder of recorded catalogues")
        self._folder = folder

    def states(self, portal: str) -> list[str]:
        """Name the dates of which a portal (``vlaanderen``, ``wallonie-odwb``) is recorded, oldest first."""
        paths = (self._folder / portal).glob("catalogue-*.nq.gz")
        return sorted(path.name.removeprefix("catalogue-").removesuffix(".nq.gz") for path in paths)

    def state(self, portal: str, date: str | None = None) -> str | None:
        """Choose the newest state, or the newest that is not after a date (``2025-02-14``); None if there is none."""
        found = [state for state in self.states(portal) if date is None or state <= date]
        return found[-1] if found else None

    def vlaanderen(self, date: str | None = None, limit: int | None = None) -> dict[str, Record]:
        """Give the records of Metadata Vlaanderen in a state; empty when there is none."""
        recording = self._recording(VLAANDEREN, date)
        return recorded_vlaanderen.records(recording, limit) if recording else {}

    def odwb(self, date: str | None = None, limit: int | None = None) -> dict[str, Record]:
        """Give the datasets of ODWB in a state; empty when there is none."""
        recording = self._recording(ODWB, date)
        return recorded_odwb.records(recording, limit) if recording else {}

    def flemish(self, portal: str, date: str | None = None, limit: int | None = None) -> dict[str, Record]:
        """Give the datasets of one of :data:`FLEMISH` in a state; empty when there is none."""
        recording = self._recording(VLAANDEREN, date)
        return recorded_odwb.records(recording, limit, FLEMISH[portal]) if recording else {}

    def datagouv(self, limit: int | None = None, *, earlier: bool = False) -> dict[str, Record]:
        """Give the datasets of data.gouv.fr; ``earlier``: those recorded more than once as they were before."""
        datasets: dict[str, Any] = {}
        pages = sorted((self._folder / DATAGOUV).glob("api-1-datasets-page-*.json"), key=_page_number)
        for page in pages:
            datasets |= {dataset["id"]: dataset for dataset in json.loads(page.read_bytes())["data"]}
        if earlier:
            datasets |= {key: dataset for key, dataset in self._earlier().items() if key in datasets}
        return {key: partial(_as_recorded, datasets[key]) for key in chosen(datasets, limit)}

    def walstat(self, date: str | None = None, limit: int | None = None) -> dict[str, Record]:
        """Give the indicators of WalStat in a state; empty when there is none."""
        recording = self._recording(WALSTAT, date)
        return recorded_walstat.records(recording, limit) if recording else {}

    def geography(self, portal: str, date: str | None = None, limit: int | None = None) -> dict[str, Record]:
        """Give the records of a geographic catalogue, one of `recorded_geography.FOLDERS`.

        Of Metawal some are recorded as they are, the others as the DCAT that was made of them.
        """
        found = recorded_geography.records(self._folder, portal)
        recording = self._recording(METAWAL, date) if portal == "metawal" else None
        if recording:
            found = recorded_metawal.records(recording) | found
        return {key: found[key] for key in chosen(found, limit)}

    def portals(self, date: str | None = None, limit: int | None = None) -> list[Portal]:
        """Make a stand-in for each portal that is recorded."""
        portals: list[Portal] = []
        if vlaanderen := self.vlaanderen(date, limit):
            portals.append(Datavindplaats(Catalogue(vlaanderen)))
        if odwb := self.odwb(date, limit):
            portals.append(Odwb(Catalogue(odwb)))
        if datagouv := self.datagouv(limit):
            portals.append(Datagouv(Catalogue(datagouv), filtered=False))
        if walstat := self.walstat(date, limit):
            portals.append(Walstat(Catalogue(walstat)))
        flemish = {name: self.flemish(name, date, limit) for name in FLEMISH}
        portals += [Odwb(Catalogue(found), name=name, language="nl") for name, found in flemish.items() if found]
        recorded = {name: self.geography(name, date, limit) for name in recorded_geography.FOLDERS}
        portals += [Csw(Catalogue(records), name) for name, records in recorded.items() if records]
        return portals

    def _recording(self, portal: str, date: str | None) -> Recording | None:
        state = self.state(portal, date)
        return _opened(self._folder / portal / f"catalogue-{state}.nq.gz") if state else None

    def _earlier(self) -> Mapping[str, Any]:
        """Give the last but one recorded version of each dataset that has several."""
        versions: dict[str, list[Any]] = {}
        path = self._folder / DATAGOUV / "dataset-versions.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    dataset = json.loads(line)["dataset"]
                    versions.setdefault(dataset["id"], []).append(dataset)
        return {key: found[-2] for key, found in versions.items() if len(found) > 1}


@lru_cache(maxsize=4)
def _opened(path: Path) -> Recording:
    """Read a recording once, also when a portal goes from state to state and back."""
    return Recording(path)


def _page_number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _as_recorded(dataset: Any, _base: str) -> Any:
    return dataset
