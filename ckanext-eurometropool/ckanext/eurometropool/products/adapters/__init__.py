"""One module a format: bytes of a source go in, stations come out. Nothing here imports CKAN or opens a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ckanext.eurometropool.products.adapters import gbfs, ogcapi, opendatasoft
from ckanext.eurometropool.products.definition import Box, Source
from ckanext.eurometropool.products.stations import Fetch, Reading

Adapter = Callable[[Source, str, Box, Fetch], Reading]
"""Reads a source at a URL. Raises UnreadableSourceError, and what ``fetch`` raises."""

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {"gbfs": gbfs.read, "opendatasoft": opendatasoft.read, "ogcapi": ogcapi.read}
)
