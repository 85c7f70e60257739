"""Who may see what of the harvests."""

from __future__ import annotations

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.types import AuthResult, Context, DataDict

from ckanext.harvesters.engine import store


@tk.auth_allow_anonymous_access
def harvest_status(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: it counts public datasets and says when each source was last read."""
    return {"success": True}


def harvest_source_preview(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may save the source as they describe it: nobody else has this portal ask an address of theirs."""
    if source := data_dict.get("id"):
        return {"success": tk.check_access("harvest_source_update", context, {"id": source})}
    return {"success": tk.check_access("harvest_source_create", context, {**data_dict, "type": "harvest"})}


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


def harvest_duplicate_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit the datasets of some organization."""
    return {"success": authz.has_user_permission_for_some_org(context.get("user", ""), "update_dataset")}


def harvest_duplicate_join(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit both datasets: one of them will no longer be found, the other speaks for it."""
    return {"success": _may_edit(context, data_dict, "id") and _may_edit(context, data_dict, "other")}


def harvest_duplicate_split(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may edit one of the two: each may say that theirs is not the other."""
    return {"success": _may_edit(context, data_dict, "id") or _may_edit(context, data_dict, "other")}


def _may_edit(context: Context, data_dict: DataDict, name: str) -> bool:
    try:
        # A context of its own: CKAN keeps the dataset it looked at in it.
        return tk.check_access("package_update", logic.fresh_context(context), {"id": data_dict.get(name)})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
