"""udata portals such as data.gouv.fr: the REST API v1."""
