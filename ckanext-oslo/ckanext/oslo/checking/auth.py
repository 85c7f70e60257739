"""Who may have metadata checked: who may see a dataset, its check; who may make datasets, anything they bring."""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context


@toolkit.auth_allow_anonymous_access
def oslo_validate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let who may see a saved dataset check it; a dict costs time only, and is for those who may make datasets."""
    if data_dict.get("id"):
        return {"success": bool(authz.is_authorized_boolean("package_show", context, {"id": data_dict["id"]}))}
    return _makers(context)


def oslo_validate_rdf(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let those who may make datasets check documents: the portal fetches and reads them at its cost."""
    return _makers(context)


def oslo_check_form(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let who may edit a dataset, or make one, see what a form still wants."""
    if data_dict.get("id"):
        return {"success": bool(authz.is_authorized_boolean("package_update", context, {"id": data_dict["id"]}))}
    return _makers(context)


def _makers(context: Context) -> AuthResult:
    user = context.get("user")
    if user and (authz.is_sysadmin(user) or authz.has_user_permission_for_some_org(user, "create_dataset")):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only people who add datasets here can have metadata checked.")}
