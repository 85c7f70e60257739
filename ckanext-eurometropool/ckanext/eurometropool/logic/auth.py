"""Who may see municipalities and correct links to them."""

from __future__ import annotations

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def municipality_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody may."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def municipality_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody may."""
    return {"success": True}


def municipality_link_correct(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may edit the dataset may correct its links."""
    try:
        tk.check_access("package_update", context, {"id": data_dict.get("id")})
    except tk.NotAuthorized as error:
        return {"success": False, "msg": str(error)}
    return {"success": True}


def municipality_link_suggestions(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may correct a dataset's links may see what is suggested."""
    return municipality_link_correct(context, data_dict)


def municipality_link_preview(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may make datasets somewhere may see what they would be linked to."""
    return {"success": authz.has_user_permission_for_some_org(context.get("user", ""), "create_dataset")}
