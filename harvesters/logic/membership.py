"""A new dataset's organization, within a batch of a harvest."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context, DataDict

from ckanext.harvesters.engine.batch import batch_of


@tk.chained_action
def package_owner_org_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Give a dataset to an organization; of what is new it is known that it belongs to none before."""
    package_id = str(data_dict.get("id"))
    batch = batch_of(package_id)
    if batch is None or batch.organization.id != data_dict.get("organization_id"):
        return original(context, data_dict)
    tk.check_access("package_owner_org_update", context, data_dict)
    if package_id in batch.members:
        return None
    batch.members.add(package_id)
    organization = batch.organization
    model.Session.add(
        model.Member(
            table_id=package_id,
            table_name="package",
            group=organization,
            capacity="organization",
            group_id=organization.id,
            state="active",
        )
    )
    return None
