"""Datasets as RDF, one serialisation a profile, and back.

Pure: nothing here knows CKAN but `plugin` and `config`. ``get("dcat_ap_3").dataset(dict, portal)`` gives triples
for pyoxigraph to serialise; the same dict gives the same triples in the same order, whenever and wherever.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ckanext.oslo.profiles.errors import NotWritableError, ProfileError, UnknownProfileError
from ckanext.oslo.profiles.flanders import DcatApVl
from ckanext.oslo.profiles.geography import GeoDcatAp
from ckanext.oslo.profiles.graph import Graph
from ckanext.oslo.profiles.high_value import DcatApHvd
from ckanext.oslo.profiles.mobility import MobilityDcatAp
from ckanext.oslo.profiles.portal import Body, Page, Portal
from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.search_engines import schemaorg
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.statistics import StatDcatAp
from ckanext.oslo.profiles.terms import PREFIXES, XSD, iri

_PROFILES = MappingProxyType(
    {
        profile.name: profile
        for profile in (Profile(), DcatApVl(), MobilityDcatAp(), DcatApHvd(), StatDcatAp(), GeoDcatAp())
    }
)
NAMES = tuple(_PROFILES)
"""The profiles there are; the first is the default."""
DEFAULT = NAMES[0]
STRING = XSD.string.value


def get(name: str) -> Profile:
    """Give the profile of this name.

    :raises UnknownProfileError: there is none
    """
    try:
        return _PROFILES[name]
    except KeyError:
        raise UnknownProfileError(name, NAMES) from None


def dataset_iri(dataset: Mapping[str, Any], portal: Portal) -> str:
    """Give the IRI a dataset is written as: its own at its origin, or the portal's.

    :raises NotWritableError: there is nothing to call it by
    """
    return Sheet(_PROFILES[DEFAULT], dataset, portal).iri.value


def apart(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Give a dataset whose foreign IRI another dataset of the portal has already: it goes out under the portal's own.

    data.gouv.fr and the portal it collects from each describe the same dataset. One graph can hold one description of
    an IRI, so the second becomes a dataset of its own that knows the other's IRI (adms:identifier).
    """
    others = dataset.get("alternate_identifier") or []
    uri = dataset.get("uri")
    return {**dataset, "uri": None, "alternate_identifier": [*others, *([uri] if uri and uri not in others else [])]}


__all__ = [
    "DEFAULT",
    "NAMES",
    "PREFIXES",
    "STRING",
    "Body",
    "Graph",
    "NotWritableError",
    "Page",
    "Portal",
    "Profile",
    "ProfileError",
    "UnknownProfileError",
    "apart",
    "dataset_iri",
    "get",
    "iri",
    "schemaorg",
]
