"""Metadata Vlaanderen (Datavindplaats): pages of DCAT-AP-VL in RDF/XML."""
