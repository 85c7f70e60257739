"""What is kept of a dataset for the feeds: its RDF in each profile that takes it, and what readers may filter by."""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Triple

from ckanext.oslo import profiles
from ckanext.oslo.feeds import formats
from ckanext.oslo.profiles import Portal, Profile

log = logging.getLogger(__name__)

COMPRESSION = 3
"""Level of gzip: of the higher ones, 6 makes it 10 % smaller in twice the time (docs/decisions/0008)."""
DCAT_DATASET = NamedNode("http://www.w3.org/ns/dcat#dataset")
LONGEST_PROBLEM = 500


@dataclass(frozen=True)
class Facets:
    """What a reader may ask for: see `tables.FeedEntry`."""

    publisher: tuple[str, ...] = ()
    municipality: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    type: str = ""


@dataclass(frozen=True)
class Entry:
    """What one profile says of one dataset. ``turtle`` and ``ntriples`` are gzip members; None when ``problem`` is."""

    package_id: str
    profile: str
    iri: str
    digest: str
    facets: Facets
    turtle: bytes | None = None
    ntriples: bytes | None = None
    problem: str | None = None


def entries(dataset: Mapping[str, Any], portal: Portal, names: Iterable[str] = profiles.NAMES) -> Iterator[Entry]:
    """Write a dataset in each of the profiles that take it. One that cannot be written has its problem instead."""
    facets = facets_of(dataset)
    for name in names:
        profile = profiles.get(name)
        try:
            if profile.takes(dataset):
                yield _entry(dataset, portal, profile, facets)
        except profiles.NotWritableError as error:
            yield _unwritable(dataset, name, facets, str(error))
        except Exception as error:
            # A mistake of ours must cost this dataset its place in a feed, not a steward their work.
            log.exception("Dataset %s cannot be written as %s", dataset.get("id"), name)
            yield _unwritable(dataset, name, facets, f"{type(error).__name__}: {error}")


def statements(dataset: Mapping[str, Any], portal: Portal, profile: Profile) -> list[Triple]:
    """Say what a profile says of a dataset and its record, and that it is in the catalogue.

    :raises NotWritableError: no graph can hold it
    """
    said = profile.dataset(dataset, portal)
    iri = NamedNode(profiles.dataset_iri(dataset, portal))
    return [*said, *profile.record(dataset, portal), Triple(NamedNode(portal.site_url), DCAT_DATASET, iri)]


def facets_of(dataset: Mapping[str, Any]) -> Facets:
    """Read what a dataset may be asked by; what is not of the expected shape is left out."""
    organization = dataset.get("organization")
    keeper = organization if isinstance(organization, Mapping) else {}
    publishers = [keeper.get("name"), keeper.get("id"), *(one.get("uri") for one in _mappings(dataset, "publisher"))]
    themes = [uri for uri in _list(dataset.get("theme")) if isinstance(uri, str)]
    return Facets(
        publisher=_texts(publishers),
        municipality=_texts(one.get("key") for one in _mappings(dataset, "municipalities")),
        theme=_texts(name for uri in themes for name in (uri, uri.rstrip("/").rpartition("/")[2])),
        type=str(dataset.get("type") or ""),
    )


def _entry(dataset: Mapping[str, Any], portal: Portal, profile: Profile, facets: Facets) -> Entry:
    said = statements(dataset, portal, profile)
    ntriples = formats.ntriples(said)
    return Entry(
        package_id=dataset["id"],
        profile=profile.name,
        iri=profiles.dataset_iri(dataset, portal),
        digest=hashlib.sha256(ntriples).hexdigest(),
        facets=facets,
        turtle=packed(formats.turtle(said)),
        ntriples=packed(ntriples),
    )


def _unwritable(dataset: Mapping[str, Any], name: str, facets: Facets, problem: str) -> Entry:
    # PostgreSQL's texts hold no NUL.
    problem = problem.replace("\x00", "")[:LONGEST_PROBLEM]
    return Entry(dataset["id"], name, "", hashlib.sha256(problem.encode()).hexdigest(), facets, problem=problem)


def packed(piece: bytes) -> bytes:
    """Compress a piece to a gzip member, the same bytes for the same piece."""
    return gzip.compress(piece, COMPRESSION, mtime=0)


def unpacked(member: bytes) -> bytes:
    """Decompress gzip members."""
    return gzip.decompress(member)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _mappings(dataset: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(dataset.get(field)) if isinstance(one, Mapping)]


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.replace("\x00", "") for value in values if isinstance(value, str) and value))
