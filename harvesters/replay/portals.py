"""Which stand-in portals a replay server serves: the invented ones, or those of a folder of recordings."""

from __future__ import annotations

from pathlib import Path

from ckanext.harvesters.replay import (
    bikes,
    invented_flanders,
    invented_france,
    invented_geography,
    invented_mobility,
    invented_wallonia,
    invented_walstat,
)
from ckanext.harvesters.replay.catalogue import Catalogue, Record, chosen
from ckanext.harvesters.replay.ckan_api import CkanPortal
from ckanext.harvesters.replay.csw import Csw
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.dcat_feed import Walstat
from ckanext.harvesters.replay.files import SampleFiles
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import Portal
from ckanext.harvesters.replay.snapshots import Snapshots
from ckanext.harvesters.replay.transport import Transport


def sample_portals(limit: int | None = None) -> list[Portal]:
    """Make the portals with invented records, their files, and the bike-share feeds.

    All samples of data.gouv.fr are about the metropolis: they answer any question for one of its zones.
    """

    def some(records: dict[str, Record]) -> Catalogue:
        return Catalogue({key: records[key] for key in chosen(records, limit)})

    return [
        Datavindplaats(some(invented_flanders.records())),
        Odwb(some(invented_wallonia.records())),
        *(Odwb(some(invented_wallonia.flemish(name)), name=name, language="nl") for name in ("gent", "wewis")),
        Datagouv(some(invented_france.records()), filtered=False),
        Walstat(some(invented_walstat.records())),
        *(Csw(some(invented_geography.records(name)), name) for name in invented_geography.PORTALS),
        CkanPortal(some(invented_mobility.belgian())),
        Transport(some(invented_mobility.french())),
        *living_portals(),
    ]


def recorded_portals(folder: Path, date: str | None = None, limit: int | None = None) -> list[Portal]:
    """Make a portal for each one recorded in a folder, and the bike-share feeds, which nobody records.

    Raises NotADirectoryError.
    """
    return [*Snapshots(folder).portals(date, limit), *living_portals()]


def living_portals() -> list[Portal]:
    """Make what is served beside any catalogue: sample files and bikes."""
    return [SampleFiles(), *bikes.portals()]
