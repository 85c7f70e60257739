"""Who publishes the catalogue, and which page of it is asked for: what the profiles need to know beside the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

CC0 = "http://publications.europa.eu/resource/authority/licence/CC0"
LANGUAGE_IRIS = tuple(
    f"http://publications.europa.eu/resource/authority/language/{code}" for code in ("NLD", "FRA", "ENG")
)

Texts = Mapping[str, str]
_NONE: Texts = MappingProxyType({})


@dataclass(frozen=True)
class Body:
    """An organization as the catalogue names it: ``names`` by language, the rest where it is known."""

    names: Texts
    uri: str = ""
    url: str = ""
    email: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class Portal:
    """The portal whose catalogue is written.

    ``site_url`` has no slash at its end; it is the catalogue's IRI, and datasets made here are called
    ``{site_url}/dataset/{id}``. ``spatial`` names the territory by places' IRIs; ``languages`` are IRIs of the EU list,
    those of the catalogue's own texts. ``issued`` is the day the catalogue opened (ISO 8601).
    """

    site_url: str
    titles: Texts
    descriptions: Texts
    publisher: Body
    contact: Body
    homepage: str = ""
    api_documentation: str = ""
    license: str = CC0
    languages: tuple[str, ...] = LANGUAGE_IRIS
    spatial: tuple[str, ...] = ()
    issued: str = ""
    modified: str = ""
    organizations: Mapping[str, Body] = field(default_factory=lambda: MappingProxyType({}))

    def dataset_iri(self, key: str) -> str:
        """Give the address, and IRI, of a dataset made here."""
        return f"{self.site_url}/dataset/{key}"


@dataclass(frozen=True)
class Page:
    """One page of the catalogue, for Hydra's description of it: IRIs of this page and its neighbours, and counts."""

    iri: str
    total: int
    per_page: int
    first: str
    last: str
    next: str | None = None
    previous: str | None = None
