"""The guarded client: the one way by which this portal asks something of another machine.

    with from_config() as client:
        answer = client.get("https://www.odwb.be/api/explore/v2.1/catalog/datasets?limit=100")

The addresses that may be reached (:class:`Policy`), the time and bytes a request may take (:class:`Budget`) and the
redirects it may follow are checked here, so that nobody who fetches has to think of them. HTML in place of data,
a wrong charset or a cut document are the caller's matter.
"""

from ckanext.oslo.fetch.addresses import Policy
from ckanext.oslo.fetch.client import Budget, Client, Response, Stream
from ckanext.oslo.fetch.config import from_config
from ckanext.oslo.fetch.errors import (
    Code,
    FetchError,
    HttpError,
    Refused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

__all__ = [
    "Budget",
    "Client",
    "Code",
    "FetchError",
    "HttpError",
    "Policy",
    "Refused",
    "Response",
    "Stream",
    "TooLarge",
    "TooManyRedirects",
    "TooSlow",
    "Unreachable",
    "from_config",
]
