"""Opendatasoft portals such as ODWB: the Explore API v2.1 in JSON."""
