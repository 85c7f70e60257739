"""transport.data.gouv.fr: the French access point for mobility data."""
