"""What portals answered, kept by address: a run that is taken up goes on where it was, and the next asks conditionally.

Every page a run fetches is kept in the database before it is read. A worker that takes the run up, after a step or
after a death, reads the same pages again without asking the portal, and so comes to the same record at the same place.
Once the run is over, only answers with a validator (ETag or Last-Modified) stay, for the next run to ask "anything
new?" (RFC 9110 §13).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from ckan.model import ensure_engine
from httpx import Headers
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters.engine import hosts
from ckanext.harvesters.engine.tables import HarvestAnswer, now
from ckanext.harvesters.records import Client, Response
from ckanext.oslo.fetch import HttpError

#: Largest body that is kept (bytes): a larger one is asked for again.
LARGEST = 64_000_000

#: How long a portal's "not modified" is believed: some give one ETag to everything for ever.
BELIEVED = timedelta(days=7)

_NOT_MODIFIED = 304
#: Of an answer's headers, what protocols read.
_KEPT_HEADERS = ("content-type", "link", "etag", "last-modified")


@dataclass(frozen=True)
class Kept:
    """An answer out of the database, as the guarded client gives it."""

    status: int
    headers: Mapping[str, str]
    url: str
    content: bytes


class Asking:
    """The client a run gives to its protocol: asks each address once a run, conditionally where it can.

    Knows no session of CKAN's: it works in the thread that fetches, beside the one that writes.
    """

    def __init__(self, client: Client, source_id: str, run_id: str) -> None:
        self.client, self.source_id, self.run_id = client, source_id, run_id

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a URL, or give what it answered earlier in this run. Raises `ckanext.oslo.fetch.FetchError`."""
        asked = dict(headers or {})
        key = hashlib.sha256("\n".join((url, asked.get("Accept", ""))).encode("utf-8", "surrogatepass")).hexdigest()
        with ensure_engine().connect() as connection:
            here = sa.and_(HarvestAnswer.source_id == self.source_id, HarvestAnswer.key == key)
            row = connection.execute(sa.select(HarvestAnswer.__table__).where(here)).mappings().first()
        if row is not None and row["run_id"] == self.run_id:
            return _kept(row)
        conditions = _conditions(row)
        with hosts.turn(urlsplit(url).netloc):
            answer = self.client.get(url, {**asked, **conditions})
        if answer.status == _NOT_MODIFIED:
            if row is None or not conditions:
                raise HttpError(url, answer.status, None, b"")
            self._save(sa.update(HarvestAnswer).where(here).values(run_id=self.run_id))
            return _kept(row)
        if len(answer.content) <= LARGEST:
            self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: Response) -> None:
        values = {
            "run_id": self.run_id,
            "fetched": now(),
            "status": answer.status,
            "url": answer.url,
            "headers": {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
            "body": zlib.compress(answer.content, 1),
        }
        upsert = insert(HarvestAnswer).values(source_id=self.source_id, key=key, **values)
        self._save(upsert.on_conflict_do_update(index_elements=["source_id", "key"], set_=values))

    def _save(self, statement: Any) -> None:
        with ensure_engine().begin() as connection:
            connection.execute(statement)


def _kept(row: Mapping[Any, Any]) -> Kept:
    return Kept(row["status"], Headers(row["headers"]), row["url"], zlib.decompress(row["body"]))


def _conditions(row: Mapping[Any, Any] | None) -> dict[str, str]:
    """Return the headers that ask whether an answer is still the same."""
    if row is None or row["fetched"] < now() - BELIEVED:
        return {}
    asks = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
    return {header: row["headers"][name] for header, name in asks.items() if name in row["headers"]}


def forget(source_id: str, run_id: str, *, whole: bool) -> sa.Delete:
    """Return the statement that drops what no later run can use, at the end of a run.

    That is every answer without a validator and, after a pass that read the whole source, what it did not ask for.
    """
    headers = HarvestAnswer.headers
    useless = sa.not_(sa.or_(headers.has_key("etag"), headers.has_key("last-modified")))
    if whole:
        useless = sa.or_(useless, HarvestAnswer.run_id != run_id)
    return sa.delete(HarvestAnswer).where(HarvestAnswer.source_id == source_id, useless)
