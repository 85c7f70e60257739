"""OGC API Records: catalogues of GeoJSON records, as pycsw, ldproxy and GeoNetwork serve them."""
