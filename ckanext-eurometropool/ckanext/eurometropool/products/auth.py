"""Who may read and refresh merged products: they are open data, and refreshing is the operator's."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def product_list(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Let everyone see which products there are."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def product_show(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Let everyone read about a product."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def product_search(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Let everyone ask a product."""
    return {"success": True}


def product_refresh(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Let nobody refresh a product by hand but sysadmins, who pass every check."""
    return {"success": False}
