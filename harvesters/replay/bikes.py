"""Three invented bike-share feeds, one a region, each in the format its region's portal really uses.

Flanders speaks GBFS 2.3, Wallonia the records of an Opendatasoft dataset (Explore API 2.1), France the items of an OGC
API Features collection with the field names of MEL's V'Lille (``ilevia:vlille_temps_reel``). Stations, capacities and
numbers are **made up**: the points lie where a station could stand, the operators do not exist. How many bikes a
station has follows from its name and the clock alone, so two servers tell the same story.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.server import Portal, json_response, route

Clock = Callable[[], float]

SAMPLE = "SAMPLE - VOORBEELD - EXEMPLE"
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Stand:
    """A station of the samples: local id, town and name, WGS84 degrees, and how many docks it has."""

    id: str
    town: str
    name: str
    longitude: float
    latitude: float
    docks: int

    def at(self, now: float) -> tuple[int, int]:
        """Say how many bikes stand here at ``now`` (seconds since 1970), and since when."""
        seed = hashlib.sha256(f"{self.town}/{self.name}".encode()).digest()
        interval = 180 + seed[0] * 3  # between 3 and 16 minutes, each station at its own pace
        step = int(now // interval)
        since = step * interval
        wave = math.sin(2 * math.pi * (since % DAY / DAY + seed[1] / 256))  # commuters: one tide a day
        jitter = hashlib.sha256(seed + step.to_bytes(8)).digest()[0] / 255 - 0.5
        share = 0.5 + 0.38 * wave + 0.3 * jitter
        return max(0, min(self.docks, round(share * self.docks))), since


def _stands(prefix: str, rows: Iterable[tuple[str, str, float, float, int]]) -> tuple[Stand, ...]:
    return tuple(Stand(f"{prefix}{number}", *row) for number, row in enumerate(rows, start=1))


FLANDERS = _stands(
    "vl-",
    (
        ("Kortrijk", "Station", 3.2640, 50.8250, 30),
        ("Kortrijk", "Grote Markt", 3.2650, 50.8276, 16),
        ("Kortrijk", "Budabrug", 3.2660, 50.8312, 12),
        ("Kortrijk", "Hoog Kortrijk", 3.2763, 50.8050, 24),
        ("Kortrijk", "Bissegem Station", 3.2245, 50.8262, 10),
        ("Menen", "Station", 3.1168, 50.7992, 14),
        ("Menen", "Vander Merschplein", 3.1215, 50.7962, 10),
        ("Menen", "Lauwe Plaats", 3.1860, 50.7950, 8),
        ("Menen", "Rekkem Dries", 3.1650, 50.7815, 8),
        ("Wervik", "Sint-Maartensplein", 3.0395, 50.7805, 10),
        ("Wevelgem", "Station", 3.1832, 50.8095, 12),
        ("Roeselare", "Station", 3.1305, 50.9490, 26),
        ("Roeselare", "De Munt", 3.1235, 50.9460, 14),
        ("Izegem", "Korenmarkt", 3.2135, 50.9185, 10),
        ("Waregem", "Station", 3.4255, 50.8930, 18),
        ("Waregem", "Markt", 3.4270, 50.8885, 10),
        ("Harelbeke", "Marktplein", 3.3090, 50.8555, 10),
        ("Zwevegem", "Theofiel Toyeplein", 3.3370, 50.8130, 8),
        ("Ieper", "Station", 2.8765, 50.8475, 16),
        ("Ieper", "Grote Markt", 2.8857, 50.8510, 12),
    ),
)
WALLONIA = _stands(
    "wp-",
    (
        ("Tournai", "Gare", 3.3960, 50.6128, 24),
        ("Tournai", "Grand-Place", 3.3880, 50.6065, 16),
        ("Tournai", "Quai Saint-Brice", 3.3945, 50.6078, 10),
        ("Tournai", "Les Bastions", 3.4065, 50.6015, 14),
        ("Tournai", "Froyennes Gare", 3.3605, 50.6285, 8),
        ("Tournai", "Kain Centre", 3.3905, 50.6355, 8),
        ("Tournai", "Templeuve Place", 3.2815, 50.6450, 6),
        ("Mouscron", "Gare", 3.2280, 50.7405, 20),
        ("Mouscron", "Grand-Place", 3.2145, 50.7440, 14),
        ("Mouscron", "Herseaux Place", 3.2270, 50.7175, 8),
        ("Mouscron", "Luingne Centre", 3.2385, 50.7390, 8),
        ("Mouscron", "Dottignies Place", 3.3040, 50.7270, 8),
        ("Ath", "Gare", 3.7775, 50.6262, 16),
        ("Ath", "Grand-Place", 3.7770, 50.6300, 12),
        ("Comines-Warneton", "Comines Place Sainte-Anne", 3.0040, 50.7690, 10),
        ("Comines-Warneton", "Warneton Place", 2.9500, 50.7520, 6),
        ("Comines-Warneton", "Le Bizet", 2.8950, 50.7025, 6),
        ("Estaimpuis", "Place de Bourgogne", 3.2690, 50.7045, 6),
        ("Leuze-en-Hainaut", "Gare", 3.6165, 50.6020, 10),
        ("Antoing", "Place Bara", 3.4490, 50.5665, 6),
    ),
)
FRANCE = _stands(
    "",
    (
        ("Lille", "Gare Lille Flandres", 3.0700, 50.6370, 36),
        ("Lille", "Gare Lille Europe", 3.0757, 50.6392, 30),
        ("Lille", "Grand Place", 3.0635, 50.6370, 24),
        ("Lille", "République Beaux-Arts", 3.0621, 50.6312, 28),
        ("Lille", "Wazemmes Gambetta", 3.0575, 50.6255, 20),
        ("Lille", "Champ de Mars", 3.0490, 50.6385, 24),
        ("Roubaix", "Gare", 3.1640, 50.6957, 24),
        ("Roubaix", "Eurotéléport", 3.1785, 50.6925, 28),
        ("Roubaix", "La Piscine", 3.1675, 50.6920, 16),
        ("Tourcoing", "Centre", 3.1600, 50.7230, 24),
        ("Tourcoing", "Gare", 3.1685, 50.7165, 20),
        ("Tourcoing", "Phalempins", 3.1590, 50.7325, 14),
        ("Villeneuve-d'Ascq", "Hôtel de Ville", 3.1310, 50.6190, 26),
        ("Villeneuve-d'Ascq", "Pont de Bois", 3.1270, 50.6240, 24),
        ("Villeneuve-d'Ascq", "Cité Scientifique", 3.1420, 50.6105, 30),
        ("Wattrelos", "Place Jean Delvainquière", 3.2160, 50.7010, 14),
        ("Halluin", "Abreuvoir", 3.1235, 50.7858, 18),
        ("Halluin", "Place du Général de Gaulle", 3.1255, 50.7832, 20),
        ("Halluin", "Rue de Lille", 3.1215, 50.7780, 10),
        ("Neuville-en-Ferrain", "Place du Général de Gaulle", 3.1580, 50.7490, 12),
        ("Comines", "Grand Place", 3.0080, 50.7645, 12),
    ),
)
#: Real V'Lille items still list stations that were taken away; their state is the only sign.
REMOVED = Stand("99", "Lille", "Rue du Ballon", 3.0760, 50.6419, 0)


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class _Bikes(Portal):
    """What the three feeds share: the clock, and faults that concern one document."""

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__()
        self._clock = clock

    def _answer(self, page: int, document: Any, **headers: Any) -> Response:
        return self.faults.instead_of(page) or self.faults.spoil(page, json_response(document, **headers))


class FlemishBikes(_Bikes):
    """GBFS 2.3 (https://gbfs.org/specification/): one discovery file, static and live data apart.

    Faults count the documents: 1 gbfs, 2 station_information, 3 station_status, 4 system_information.
    """

    name: ClassVar[str] = "bikes"
    documents = ("gbfs", "station_information", "station_status", "system_information")

    def routes(self) -> Iterable[Rule]:
        """Name the feed's files."""
        yield route("/gbfs/<name>.json", self.document)

    def document(self, request: Request, name: str) -> Response:
        """Answer one file of the feed."""
        makers = {
            "gbfs": self._discovery,
            "station_information": self._information,
            "station_status": self._status,
            "system_information": self._system,
        }
        if name not in makers:
            return self.faults.failure(404)
        now = int(self._clock())
        body = {"last_updated": now, "ttl": 60, "version": "2.3", "data": makers[name](request, now)}
        return self._answer(self.documents.index(name) + 1, body)

    def _discovery(self, request: Request, now: int) -> dict[str, Any]:
        base = f"{request.host_url}{self.name}/gbfs"
        feeds = [{"name": name, "url": f"{base}/{name}.json"} for name in self.documents[1:]]
        return {"nl": {"feeds": feeds}}

    def _system(self, request: Request, now: int) -> dict[str, Any]:
        return {
            "system_id": "sample_deelfiets_vlaanderen",
            "language": "nl",
            "name": f"Deelfiets Zuid-West-Vlaanderen ({SAMPLE})",
            "timezone": "Europe/Brussels",
            "license_url": "https://creativecommons.org/licenses/by/4.0/",
        }

    def _information(self, request: Request, now: int) -> dict[str, Any]:
        return {
            "stations": [
                {
                    "station_id": stand.id,
                    "name": f"{stand.town}, {stand.name}",
                    "lat": stand.latitude,
                    "lon": stand.longitude,
                    "capacity": stand.docks,
                }
                for stand in FLANDERS
            ]
        }

    def _status(self, request: Request, now: int) -> dict[str, Any]:
        stations = []
        for stand in FLANDERS:
            bikes, since = stand.at(now)
            stations.append(
                {
                    "station_id": stand.id,
                    "num_bikes_available": bikes,
                    "num_docks_available": stand.docks - bikes,
                    "is_installed": True,
                    "is_renting": True,
                    "is_returning": True,
                    "last_reported": since,
                }
            )
        return {"stations": stations}


class WalloonBikes(_Bikes):
    """The records of one Opendatasoft dataset, with that API's limits (100 records a call, 400 in its own words).

    Faults count the pages of ``limit`` records.
    """

    name: ClassVar[str] = "velos"
    dataset: ClassVar[str] = "velos-partages-wallonie-picarde"

    def routes(self) -> Iterable[Rule]:
        """Name the dataset's records."""
        yield route(f"/api/explore/v2.1/catalog/datasets/{self.dataset}/records", self.records)

    def records(self, request: Request) -> Response:
        """Answer the records between ``offset`` and ``offset + limit``."""
        limit = request.args.get("limit", default=10, type=int)
        offset = request.args.get("offset", default=0, type=int)
        if not 0 < limit <= 100 or not 0 <= offset <= 10_000 - limit:
            message = f"Invalid value for limit or offset API parameter: {limit}, {offset}"
            return json_response({"error_code": "InvalidRESTParameterError", "message": message}, status=400)
        now = self._clock()
        rows = [self._record(stand, now) for stand in WALLONIA[offset : offset + limit]]
        return self._answer(offset // limit + 1, {"total_count": len(WALLONIA), "results": rows})

    def _record(self, stand: Stand, now: float) -> dict[str, Any]:
        bikes, since = stand.at(now)
        return {
            "id_station": stand.id,
            "nom": f"{stand.town} {stand.name}",
            "commune": stand.town,
            "emplacements": stand.docks,
            "velos_disponibles": bikes,
            "places_libres": stand.docks - bikes,
            "derniere_mise_a_jour": _instant(since),
            "geo_point_2d": {"lon": stand.longitude, "lat": stand.latitude},
            "remarque": f"{SAMPLE}: données inventées",
        }


class LilleBikes(_Bikes):
    """The items of ``ilevia:vlille_temps_reel`` as MEL's OGC API serves them: ``f=json`` flat, ``f=geojson`` features.

    Faults count the only page there is with ``limit=-1``, and the pages of ``limit`` items otherwise.
    """

    name: ClassVar[str] = "mel"
    collection: ClassVar[str] = "ilevia:vlille_temps_reel"

    def routes(self) -> Iterable[Rule]:
        """Name the collection's items."""
        yield route(f"/data/ogcapi/collections/{self.collection}/items", self.items)

    def items(self, request: Request) -> Response:
        """Answer the collection's items; ``limit=-1`` is MEL's own way to ask for all."""
        stands = (REMOVED, *FRANCE)
        limit = request.args.get("limit", default=10, type=int)
        offset = request.args.get("offset", default=0, type=int)
        count = len(stands) if limit < 0 else limit
        chosen = stands[offset : offset + count]
        now = self._clock()
        head = {"numberMatched": len(stands), "numberReturned": len(chosen)}
        page = offset // count + 1 if count else 1
        if request.args.get("f") == "geojson":
            return self._answer(page, {"type": "FeatureCollection", **head, "features": self._features(chosen, now)})
        rows = [{"@id": stand.id, **self._properties(stand, now)} for stand in chosen]
        return self._answer(page, {**head, "records": rows})

    def _features(self, stands: Iterable[Stand], now: float) -> list[dict[str, Any]]:
        return [
            {
                "type": "Feature",
                "@id": stand.id,
                "geometry": {"type": "Point", "coordinates": [stand.longitude, stand.latitude]},
                "properties": self._properties(stand, now),
            }
            for stand in stands
        ]

    def _properties(self, stand: Stand, now: float) -> dict[str, Any]:
        bikes, since = stand.at(now)
        removed = stand is REMOVED
        return {
            "nom": f"{stand.town} {stand.name}".upper(),
            "adresse": f"{stand.name.upper()} ({SAMPLE})",
            "code_insee": None,
            "commune": stand.town.upper(),
            "etat": "RÉFORMÉ" if removed else "EN SERVICE",
            "type": "AVEC TPE" if stand.docks > 20 else "SANS TPE",
            "nb_places_dispo": stand.docks - bikes,
            "nb_velos_dispo": bikes,
            "etat_connexion": "DÉCONNECTÉ" if removed else "CONNECTÉ",
            "x": stand.longitude,
            "y": stand.latitude,
            "date_modification": _instant(since),
        }


def portals(clock: Clock = time.time) -> list[Portal]:
    """Make the three feeds, for :class:`ckanext.harvesters.replay.server.ReplayServer`."""
    return [FlemishBikes(clock), WalloonBikes(clock), LilleBikes(clock)]
