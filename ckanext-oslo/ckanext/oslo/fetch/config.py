"""The guarded client as CKAN's configuration wants it."""

from __future__ import annotations

import math
import sys

from ckanext.oslo.fetch.addresses import Policy
from ckanext.oslo.fetch.client import Budget, Client

ALLOW = "ckanext.oslo.fetch.allow"
TIMEOUT = "ckanext.oslo.fetch.timeout"
MAX_BYTES = "ckanext.oslo.fetch.max_bytes"
USER_AGENT = "ckanext.oslo.fetch.user_agent"
AUTHORITIES = "ckanext.oslo.fetch.authorities"


def from_config(*, max_bytes: int | None = None, seconds: float | None = None) -> Client:
    """Build a client from CKAN's configuration (``ckanext.oslo.fetch.*``, config_declaration.yaml).

    ``max_bytes`` and ``seconds`` narrow what the configuration allows one request.

    Raises ValueError for an ``allow`` entry that is neither host:port nor a network, and for a file of authorities that
    holds none.
    """
    from ckan.plugins import toolkit  # The only import of CKAN in this package: the client runs without it.

    config = toolkit.config
    budget = Budget()
    return Client(
        Policy(allow=tuple(toolkit.aslist(config.get(ALLOW)))),
        Budget(
            seconds=min(float(config.get(TIMEOUT) or budget.seconds), seconds or math.inf),
            bytes=min(int(config.get(MAX_BYTES) or budget.bytes), max_bytes or sys.maxsize),
        ),
        str(config.get(USER_AGENT) or f"eurometropool-portal (+{config.get('ckan.site_url', '')})"),
        str(config.get(AUTHORITIES) or ""),
    )
