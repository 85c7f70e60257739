"""What may be asked of a product's GeoJSON, and what is wrong with a question. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ckanext.eurometropool.products.definition import Box
from ckanext.eurometropool.products.errors import LANGUAGES, ProductError, Text

KEY = re.compile(r"(BE|FR)-\d{5}")
MOST = 10_000
#: The earth's half circumference: nothing is farther away.
FARTHEST = 20_037_508.0

_NUMBER: Text = {
    "en": "{name} is a number, not “{value}”.",
    "nl": "{name} is een getal, niet ‘{value}’.",
    "fr": "{name} est un nombre, pas « {value} ».",
}
_WORDING: Mapping[str, Text] = MappingProxyType(
    {
        "unknown-parameter": {
            "en": "There is no parameter “{name}”. There are: {value}.",
            "nl": "Er is geen parameter ‘{name}’. Er zijn: {value}.",
            "fr": "Il n’y a pas de paramètre « {name} ». Il y a : {value}.",
        },
        "repeated": {
            "en": "{name} stands there more than once. Several municipalities are separated by commas.",
            "nl": "{name} staat er meer dan een keer. Zet tussen verschillende gemeenten een komma.",
            "fr": "{name} figure plusieurs fois. Séparez plusieurs communes par des virgules.",
        },
        "not-a-number": _NUMBER,
        "out-of-range": {
            "en": "{name} lies outside what is possible: {value}.",
            "nl": "{name} ligt buiten wat mogelijk is: {value}.",
            "fr": "{name} est hors des limites possibles : {value}.",
        },
        "not-a-box": {
            "en": "{name} is four numbers: west, south, east, north, in degrees, the smaller first. Not “{value}”.",
            "nl": "{name} is vier getallen: west, zuid, oost, noord, in graden, het kleinste eerst. Niet ‘{value}’.",
            "fr": "{name} : quatre nombres (ouest, sud, est, nord) en degrés, le plus petit d’abord, pas « {value} ».",
        },
        "not-a-municipality": {
            "en": "{name} is a key such as BE-34022 or FR-59350, not “{value}”.",
            "nl": "{name} is een sleutel zoals BE-34022 of FR-59350, niet ‘{value}’.",
            "fr": "{name} est une clé comme BE-34022 ou FR-59350, pas « {value} ».",
        },
        "unknown-municipality": {
            "en": "No municipality of the Eurometropolis has the key {value}.",
            "nl": "Geen gemeente van de Eurometropool heeft de sleutel {value}.",
            "fr": "Aucune commune de l’Eurométropole n’a la clé {value}.",
        },
        "half-a-point": {
            "en": "{name} is missing: a point has both lon and lat, and distance needs a point.",
            "nl": "{name} ontbreekt: een punt heeft zowel lon als lat, en distance heeft een punt nodig.",
            "fr": "{name} manque : un point a lon et lat, et distance demande un point.",
        },
    }
)


class QuestionError(ProductError):
    """A question that cannot be answered. ``parameter`` and ``reason`` are stable, ``text`` is for people."""

    def __init__(self, parameter: str, reason: str, value: str = "") -> None:
        self.parameter = parameter
        self.reason = reason
        self.value = value[:100]
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """Say in a reader's language what is wrong."""
        return _WORDING[self.reason][language].format(name=self.parameter[:100], value=self.value)

    @property
    def texts(self) -> Text:
        """Say it in every language."""
        return {language: self.text(language) for language in LANGUAGES}


@dataclass(frozen=True)
class Question:
    """Which stations are wanted: all conditions hold together.

    ``point`` (lon, lat in WGS84 degrees) orders them by distance; ``distance`` is in metres from there.
    """

    municipalities: frozenset[str] = frozenset()
    box: Box | None = None
    point: tuple[float, float] | None = None
    distance: float | None = None
    limit: int | None = None
    min_bikes: int | None = None
    min_docks: int | None = None


PARAMETERS = ("municipality", "bbox", "lon", "lat", "distance", "limit", "min_bikes", "min_docks")


def parse(parameters: Mapping[str, list[str]], municipalities: frozenset[str] | None = None) -> Question:
    """Read a question from the parameters of a URL. Raises QuestionError.

    ``municipalities``: the keys there are; None where the portal has no register.
    """
    given: dict[str, str] = {}
    for name, values in parameters.items():
        if name not in PARAMETERS:
            raise QuestionError(name, "unknown-parameter", ", ".join(PARAMETERS))
        if len(values) > 1:
            raise QuestionError(name, "repeated")
        if values[0].strip():
            given[name] = values[0].strip()
    point = _point(given)
    if "distance" in given and point is None:
        raise QuestionError("lon", "half-a-point")
    return Question(
        municipalities=_municipalities(given.get("municipality", ""), municipalities),
        box=_box(given["bbox"]) if "bbox" in given else None,
        point=point,
        distance=_number("distance", given["distance"], 0, FARTHEST) if "distance" in given else None,
        limit=_whole(given, "limit", 1),
        min_bikes=_whole(given, "min_bikes", 0),
        min_docks=_whole(given, "min_docks", 0),
    )


def _number(name: str, text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise QuestionError(name, "not-a-number", text) from error
    if not math.isfinite(number) or not least <= number <= most:
        raise QuestionError(name, "out-of-range", text)
    return number


def _whole(given: Mapping[str, str], name: str, least: int) -> int | None:
    if name not in given:
        return None
    if not re.fullmatch(r"-?\d{1,9}", given[name], re.ASCII):
        raise QuestionError(name, "not-a-number", given[name])
    return int(_number(name, given[name], least, MOST))


def _point(given: Mapping[str, str]) -> tuple[float, float] | None:
    if "lon" not in given and "lat" not in given:
        return None
    for name in ("lon", "lat"):
        if name not in given:
            raise QuestionError(name, "half-a-point")
    return _number("lon", given["lon"], -180, 180), _number("lat", given["lat"], -90, 90)


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise QuestionError("bbox", "not-a-box", text) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise QuestionError("bbox", "not-a-box", text)
    return Box(west, south, east, north)


def _municipalities(text: str, known: frozenset[str] | None) -> frozenset[str]:
    keys = [part.strip() for part in text.split(",") if part.strip()]
    for key in keys:
        if not KEY.fullmatch(key):
            raise QuestionError("municipality", "not-a-municipality", key)
        if known is not None and key not in known:
            raise QuestionError("municipality", "unknown-municipality", key)
    return frozenset(keys)
