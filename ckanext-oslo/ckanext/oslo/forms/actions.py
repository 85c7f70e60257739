"""What the form asks over the API."""

from __future__ import annotations

import io
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.oslo.forms import detection, publishers

MOST = 50


@toolkit.side_effect_free
def oslo_publisher_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the publishers of public datasets, each name once, those with most datasets first.

    You must be allowed to add datasets.

    :param q: part of a name (optional)
    :type q: string
    :param limit: how many at most (optional, default: 10, at most 50)
    :type limit: integer

    :rtype: list of dictionaries with ``name`` and what else is known: ``email``, ``url``, ``uri``, ``type``,
        ``identifier``
    """
    toolkit.check_access("oslo_publisher_list", context, data_dict)
    try:
        limit = int(data_dict.get("limit", 10))
    except (TypeError, ValueError) as error:
        raise toolkit.ValidationError({"limit": [toolkit._("Write a whole number.")]}) from error
    return publishers.find(str(data_dict.get("q") or "")[:200], max(1, min(limit, MOST)))


def oslo_file_look(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Look at a file and say what it tells about itself. Nothing is kept.

    You must be allowed to add datasets.

    :param upload: the file, at most 20 MB
    :type upload: a file upload

    :rtype: dictionary with what was found of ``format``, ``media_type``, ``size``, ``encoding``, ``delimiter``,
        ``columns``, ``rows``, ``sheets``, ``features``, ``box`` (west, south, east, north), ``spots`` (longitude,
        latitude), ``period`` (first and last day), ``language``, ``trouble``
    """
    toolkit.check_access("oslo_file_look", context, {})
    upload: Any = data_dict.get("upload")
    if not hasattr(upload, "read"):
        raise toolkit.ValidationError({"upload": [toolkit._("Give a file.")]})
    content = upload.read(detection.LONGEST_GEOJSON + 1)
    if len(content) > detection.LONGEST_GEOJSON:
        raise toolkit.ValidationError({"upload": [toolkit._("This file is too large to be looked at here.")]})
    return shown(detection.look(str(getattr(upload, "filename", "") or ""), io.BytesIO(content)))


def shown(found: detection.Found) -> dict[str, Any]:
    """Give what was found as JSON, its trouble in the reader's language."""
    said = found.as_dict()
    if found.trouble:
        said["trouble"] = toolkit._(found.trouble).format(limit=100)
    return said
