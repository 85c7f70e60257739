"""CKAN actions of the harvest engine, their authorization and their input."""
