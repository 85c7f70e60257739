"""Previews of files that are no tables: GeoJSON, GTFS and GBFS on a map, pictures and PDF.

They are fetched through the guarded client, or read from the store of uploaded files.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ckan.lib import uploader
from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import places, stops
from ckanext.eurometropool.pages.drawing import bare
from ckanext.eurometropool.pages.sketch import NotDrawable, Sketch, Trouble, sketch
from ckanext.oslo.fetch import Budget, Client, FetchError, TooLarge, from_config

MOST = 8_000_000  # bytes of a file that is drawn; a larger one is for a desktop program
MOST_OF_GTFS = 24_000_000  # bytes: a timetable is packed, and only its list of stops is read
#: How a file begins that a browser may show without harm.
SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"%PDF-": "application/pdf",
}
PATIENCE = 15.0  # seconds
FRESH = 3600  # seconds a drawing is kept


class NoPreview(Exception):  # noqa: N818  # it is an answer, shown to the reader
    """There is nothing to show; the message says why, in the reader's language."""


def preview(resource: Mapping[str, Any]) -> Sketch:
    """Draw a resource: GeoJSON, the stops of a GTFS archive, the stations of a GBFS feed. Raises NoPreview."""
    changed = str(resource.get("metadata_modified") or resource.get("last_modified") or "")
    try:
        return _drawn(
            resource["id"],
            changed,
            int(time.time() // FRESH),
            str(resource.get("download_url") or resource["url"]),
            str(resource.get("format") or "").lower(),
            uploaded=resource.get("url_type") == "upload",
        )
    except NotDrawable as error:
        raise NoPreview(_words(error.trouble)) from error
    except TooLarge as error:
        raise NoPreview(tk._("The file is too large to draw here. Download it to see it.")) from error
    except (FetchError, OSError) as error:
        raise NoPreview(tk._("The file cannot be reached now. Try again later, or open its address.")) from error


@functools.lru_cache(maxsize=64)
def _drawn(resource_id: str, _changed: str, _hour: int, url: str, form: str, *, uploaded: bool) -> Sketch:
    content = _uploaded(resource_id) if uploaded else _fetched(url, MOST_OF_GTFS if form == "gtfs" else MOST)
    if form == "gtfs":
        content = stops.of_gtfs(content)
    elif form == "gbfs":
        content = stops.of_gbfs(content, _fetched)
    return sketch(content, (places.cloth() or bare()).point)


def shown(resource: Mapping[str, Any]) -> tuple[bytes, str]:
    """Give a picture or PDF with its media type, as its first bytes tell it. Raises NoPreview for others."""
    try:
        uploaded = resource.get("url_type") == "upload"
        url = str(resource.get("download_url") or resource["url"])
        content = _uploaded(resource["id"]) if uploaded else _fetched(url)
    except TooLarge as error:
        raise NoPreview(tk._("The file is too large to draw here. Download it to see it.")) from error
    except (FetchError, OSError) as error:
        raise NoPreview(tk._("The file cannot be reached now. Try again later, or open its address.")) from error
    for start, kind in SIGNS.items():
        if content.startswith(start) and (kind != "image/webp" or content[8:12] == b"WEBP"):
            return content, kind
    raise NoPreview(tk._("The file is no picture and no PDF, although its description says so."))


def _fetched(url: str, most: int = MOST) -> bytes:
    with _client(most) as client:
        return client.get(url).content


def _client(most: int) -> Client:
    """Return the portal's client with less patience: somebody waits for this page."""
    client = from_config()
    client.budget = Budget(seconds=PATIENCE, bytes=most, connect=5.0, idle=PATIENCE)
    return client


def _uploaded(resource_id: str) -> bytes:
    upload: Any = uploader.get_resource_uploader({"id": resource_id, "url_type": "upload"})
    location = upload.get_path(resource_id)
    storage = getattr(upload, "storage", None)
    if storage is None:
        path = Path(location)
        if path.stat().st_size > MOST:
            raise NoPreview(tk._("The file is too large to draw here. Download it to see it."))
        return path.read_bytes()
    pieces = storage.stream(storage.analyze(location))
    return b"".join(islice(pieces, MOST // 4096))


def _words(trouble: Trouble) -> str:
    return {
        Trouble.NOT_JSON: tk._("The file is not JSON, although its description says GeoJSON."),
        Trouble.NOT_GEOJSON: tk._("The file is not GeoJSON, although its description says so."),
        Trouble.NOT_GTFS: tk._("The file is no GTFS archive with stops, although its description says so."),
        Trouble.NOT_GBFS: tk._("The feed names no stations, as GBFS asks."),
        Trouble.EMPTY: tk._("The file holds no places."),
        Trouble.OTHER_SYSTEM: tk._(
            "The coordinates are not in degrees (WGS84), as GeoJSON asks. The file cannot be drawn."
        ),
    }[trouble]
