"""Actions on datasets that their source no longer has: see them, confirm that they are gone, bring them back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.harvesters.engine import gone, runs
from ckanext.harvesters.engine.sources import find
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.logic import schema


@tk.side_effect_free
def harvest_gone_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the datasets that a source no longer has.

    :param source: name or id of the harvest source
    :type source: string
    :returns: dicts with ``source_id``, ``package_id``, ``name``, ``title``, ``guid``, ``since`` (when it
        was found gone; None while somebody has to confirm that), ``removed`` (when it was deleted, or None) and
        ``until`` (when it will be deleted, or once it is, purged). Moments are ISO 8601 in UTC.
    :rtype: list of dictionaries
    """
    tk.check_access("harvest_gone_list", context, data_dict)
    found = gone.of_source(find(schema.source(data_dict)["source"]).id)
    return [
        {key: runs.iso(value) if isinstance(value, datetime) else value for key, value in asdict(one).items()}
        for one in found
    ]


def harvest_brake_release(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Confirm that the datasets which the braked latest run of a source did not meet are gone.

    They are then marked, deleted after the time of grace, and purged later, as any other that is gone.

    :param source: name or id of the harvest source
    :type source: string
    :returns: ``gone``: how many datasets that is
    :rtype: dictionary
    """
    tk.check_access("harvest_brake_release", context, data_dict)
    source = find(schema.source(data_dict)["source"])
    run = runs.latest([source.id], runs.looked()).get(source.id)
    if run is None or run.status != RunStatus.BRAKED:
        raise tk.ValidationError({"source": [tk._("The latest run of this source does not wait for anybody.")]})
    return {"gone": gone.release(run)}


def harvest_dataset_keep(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep a dataset that is gone at its source: take its mark off, or bring it back when it has been deleted.

    It stays until its source has it again.

    :param id: the name or id of the dataset
    :type id: string
    :returns: ``id`` of the dataset
    :rtype: dictionary
    """
    tk.check_access("harvest_dataset_keep", context, data_dict)
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not gone.keep([package.id]):
        raise tk.ObjectNotFound(tk._("This dataset is not gone at its source."))
    return {"id": package.id}
