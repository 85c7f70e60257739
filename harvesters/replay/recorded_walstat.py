"""Indicators of WalStat, rebuilt from the recording: each dataset with what is said of it and of its files."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ckanext.harvesters.replay.catalogue import Record, chosen
from ckanext.harvesters.replay.recordings import Recording


def records(recording: Recording, limit: int | None = None) -> dict[str, Record]:
    """Give the records of a state, keyed by the dataset's IRI; a record is put together when it is asked for."""
    return {iri: _record(recording, iri) for iri in chosen(recording.titled(), limit)}


def _record(recording: Recording, iri: str) -> Record:
    return lambda _server: (NamedNode(iri), recording.around(iri)[0])
