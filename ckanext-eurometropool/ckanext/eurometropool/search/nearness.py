"""How well a dataset's place fits the place of a question, for Solr. Pure.

About the place first; then what covers it, the smaller area before the larger; then the nearest places; last what only
mentions its name. Weights multiply the score of the words (`ranking.py`); distances are in km.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Area, AreaKind, Municipality, Register
from ckanext.eurometropool.search.where import Place

ABOUT = 12.0
MENTIONED = 0.1
COVERING = {
    AreaKind.ARRONDISSEMENT: 6.0,
    AreaKind.INTERMUNICIPAL: 6.0,
    AreaKind.SUBREGION: 5.0,
    AreaKind.EUROMETROPOLIS: 4.5,
    AreaKind.PROVINCE: 3.0,
    AreaKind.DEPARTMENT: 3.0,
    AreaKind.REGION: 2.6,
    AreaKind.COUNTRY: 2.2,
}
#: Areas that a question about a place and nothing else still asks for: there is much about a whole region.
CLOSE = frozenset([AreaKind.ARRONDISSEMENT, AreaKind.INTERMUNICIPAL, AreaKind.SUBREGION, AreaKind.EUROMETROPOLIS])
#: How far the nearest places may be, with words beside the place and without.
FAR_KM = 45.0
NEAR_KM = 15.0
#: Weight of a place at a distance, 4 · e^(-0.12 km): 2.2 at 5 km, 1.2 at 10, 0.2 at 25.
NEXT_DOOR = 4.0
LOST_PER_KM = 0.12
_KM_PER_DEGREE = 111.2


def weight(places: Sequence[Place], register: Register, *, alone: bool = False) -> str:
    """Give the function of Solr that says how well a dataset's place fits.

    `alone`: the question has no words beside them. What a whole region has, and names the place ("Formatie van
    Kortrijk"), then only mentions it.
    """
    parts: list[str] = [str(MENTIONED)]
    for place in places:
        parts += [f"product({ABOUT},termfreq(municipality,'{key}'))" for key in place.municipalities]
        if place.area:
            parts.append(f"product({ABOUT},termfreq(inside,'{place.area}'))")
        above = [area for area in covering(place, register) if not alone or area.kind in CLOSE]
        parts += [f"product({COVERING[area.kind]},termfreq(area,'{area.key}'))" for area in above]
        for m in _municipalities(place, register):
            lon, lat = m.point
            parts.append(f"product({NEXT_DOOR},exp(product(-{LOST_PER_KM},geodist(centre,{lat},{lon}))))")
    return f"max({','.join(parts)})"


def filters(places: Sequence[Place], register: Register, *, alone: bool) -> str:
    """Give the filter that a question with places is narrowed by. `alone`: it has no words beside them."""
    parts: list[str] = []
    for place in places:
        if place.municipalities:
            parts.append(f"municipality:({_any(place.municipalities)})")
        if place.area:
            parts.append(f'inside:"{place.area}"')
        if areas := [area.key for area in covering(place, register) if not alone or area.kind in CLOSE]:
            parts.append(f"area:({_any(areas)})")
        km = NEAR_KM if alone else FAR_KM
        parts += [f"centre:{_box(m, km)}" for m in _municipalities(place, register)]
        parts += [f'{field}:"{name}"' for name in sorted(_words(place, register)) for field in MENTIONING]
    return " OR ".join(parts)


#: Fields whose mention of a name is enough not to be dropped.
MENTIONING = ("words_nl", "words_fr", "words_en")


def covering(place: Place, register: Register) -> Iterator[Area]:
    """Give the areas that hold a place, smallest first, each once."""
    above = [register.areas[place.area].parents] if place.area else []
    above += [register.municipalities[key].areas for key in place.municipalities]
    for key in dict.fromkeys(key for keys in above for key in keys):
        if area := register.area(key):
            yield area


def distance(one: Municipality, other: Municipality) -> float:
    """Give the kilometres between two centres, on a plane: good to a percent at this size."""
    (lon, lat), (lon2, lat2) = one.point, other.point
    across = (lon - lon2) * math.cos(math.radians((lat + lat2) / 2))
    return math.hypot(across, lat - lat2) * _KM_PER_DEGREE


def _municipalities(place: Place, register: Register) -> list[Municipality]:
    return [register.municipalities[key] for key in place.municipalities]


def _box(m: Municipality, km: float) -> str:
    """Give the square around a centre as Solr's range, latitude first."""
    lon, lat = m.point
    north, east = km / _KM_PER_DEGREE, km / (_KM_PER_DEGREE * math.cos(math.radians(lat)))
    return f"[{lat - north:.4f},{lon - east:.4f} TO {lat + north:.4f},{lon + east:.4f}]"


def _words(place: Place, register: Register) -> set[str]:
    found = {place.name} if not place.name.isdigit() else set()
    found |= {name for m in _municipalities(place, register) for name in m.names.values()}
    if place.area:
        found |= set(register.areas[place.area].names.values())
    return {fold(name) for name in found}


def _any(keys: Sequence[str]) -> str:
    return " OR ".join(f'"{key}"' for key in keys)
