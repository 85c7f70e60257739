"""Who may see what of the harvests."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.harvesters.engine import store


@tk.auth_allow_anonymous_access
def harvest_status(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: it counts public datasets and says when each source was last read."""
    return {"success": True}


def harvest_run_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source; the runs of all sources: sysadmins."""
    return _editor_of(context, data_dict)


def harvest_report(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source, as for ckanext-harvest's job report."""
    return _editor_of(context, data_dict)


def harvest_record_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source: a record may hold what its publisher did not mean for everybody."""
    return _editor_of(context, data_dict)


def harvest_gone_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source."""
    return _editor_of(context, data_dict)


def harvest_brake_release(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source."""
    return _editor_of(context, data_dict)


def harvest_dataset_keep(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the source that the dataset comes from."""
    package = model.Package.get(data_dict.get("id"))
    source_id = store.source_of(package.id) if package else None
    if source_id is None:
        return {"success": False, "msg": tk._("This dataset is not gone at its source.")}
    return _editor_of(context, {"source": source_id})


def harvest_correction_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the dataset."""
    return {"success": tk.check_access("package_update", context, {"id": data_dict.get("id")})}


def harvest_correction_release(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the dataset."""
    return {"success": tk.check_access("package_update", context, {"id": data_dict.get("id")})}


def _editor_of(context: Context, data_dict: DataDict) -> AuthResult:
    source = data_dict.get("source")
    if not source:
        return {"success": False, "msg": tk._("Only system administrators may see the runs of all sources.")}
    return {"success": tk.check_access("harvest_source_update", context, {"id": source})}
