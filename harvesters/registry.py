"""The portals' protocols this package speaks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from ckanext.harvesters.records import Protocol


@cache
def protocols() -> Mapping[str, Protocol]:
    """Return every protocol by its name."""
    # Imported here: a plugin that only wants a protocol's name must not pay for RDF and geometry libraries.
    from ckanext.harvesters.ckan_api.protocol import CkanApi
    from ckanext.harvesters.credentials import WithCredentials
    from ckanext.harvesters.csw.protocol import Csw
    from ckanext.harvesters.datavindplaats.protocol import Datavindplaats
    from ckanext.harvesters.dcat.protocol import Dcat
    from ckanext.harvesters.ogc_records.protocol import OgcRecords
    from ckanext.harvesters.opendatasoft.protocol import Opendatasoft
    from ckanext.harvesters.transport.protocol import Transport
    from ckanext.harvesters.udata.protocol import Udata

    spoken = (CkanApi(), Csw(), Datavindplaats(), Dcat(), OgcRecords(), Opendatasoft(), Transport(), Udata())
    return MappingProxyType({protocol.name: WithCredentials(protocol) for protocol in spoken})


def protocol(name: str) -> Protocol:
    """Return the protocol of that name. Raises KeyError for a name that is none."""
    return protocols()[name]
