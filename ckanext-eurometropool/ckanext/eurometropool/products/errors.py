"""What can go wrong with a merged product. One family, caught where it becomes a state, an answer or an exit status."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

Text = Mapping[str, str]
"""A text in the portal's languages: ``nl``, ``fr``, ``en``."""

LANGUAGES = ("nl", "fr", "en")


class ProductError(Exception):
    """Base of the family."""


class DefinitionError(ProductError):
    """A mistake in a product's definition: says file, line and what was expected."""


class UnknownProductError(ProductError):
    """No product of that name is defined."""


class NotSyncedError(ProductError):
    """The product is defined, but ``ckan products sync`` has not made its dataset yet."""


class Unreadable(StrEnum):
    """Why a source's answer could not be read at all. Stable: states and scripts refer to the values."""

    NOT_JSON = "not-json"
    NO_ROWS = "no-rows"
    MISSING_FEED = "missing-feed"
    EMPTY = "empty"


UNREADABLE: Mapping[Unreadable, Text] = MappingProxyType(
    {
        Unreadable.NOT_JSON: {
            "en": "The source sent something other than JSON.",
            "nl": "De bron stuurde iets anders dan JSON.",
            "fr": "La source a envoyé autre chose que du JSON.",
        },
        Unreadable.NO_ROWS: {
            "en": "The answer of the source has no list of stations where one belongs ({detail}).",
            "nl": "Het antwoord van de bron heeft geen lijst van stations waar die hoort ({detail}).",
            "fr": "La réponse de la source n’a pas de liste de stations là où elle devrait se trouver ({detail}).",
        },
        Unreadable.MISSING_FEED: {
            "en": "The source does not name its file {detail}.",
            "nl": "De bron noemt haar bestand {detail} niet.",
            "fr": "La source n’indique pas son fichier {detail}.",
        },
        Unreadable.EMPTY: {
            "en": "The answer of the source has not one usable station.",
            "nl": "Het antwoord van de bron bevat geen enkel bruikbaar station.",
            "fr": "La réponse de la source ne contient aucune station utilisable.",
        },
    }
)


class UnreadableSourceError(ProductError):
    """A source answered, but not with data of its format."""

    def __init__(self, code: Unreadable, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """Say in a reader's language what is wrong with the answer."""
        texts = UNREADABLE[self.code]
        return texts.get(language, texts["en"]).format(detail=self.detail)
