"""GeoDCAT-AP 3: for geoportals."""

from __future__ import annotations

from types import MappingProxyType
from typing import ClassVar

import shapely
from pyoxigraph import Literal

from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.terms import GEO


class GeoDcatAp(Profile):
    """GeoDCAT-AP: DCAT-AP with geometries as geoportals read them."""

    name = "geodcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "GeoDCAT-AP 3"))
    conforms_to = "https://semiceu.github.io/GeoDCAT-AP/releases/3.0.0/"

    def geometry(self, geojson: str, field: str) -> Literal:
        """Write a geometry as well-known text, longitude first (no reference system named means CRS84).

        :raises NotWritableError: it is no geometry
        """
        try:
            return Literal(
                shapely.to_wkt(shapely.from_geojson(geojson), rounding_precision=-1), datatype=GEO.wktLiteral
            )
        except shapely.errors.ShapelyError as error:
            raise NotWritableError(field, geojson, "expected a geometry in GeoJSON") from error
