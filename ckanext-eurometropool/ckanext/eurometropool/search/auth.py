"""Who may search: everybody; who may see why results stand where they stand: sysadmins."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def search_suggest(_context: Context, _data_dict: DataDict | None) -> AuthResult:
    """Everybody: suggestions hold public datasets only."""
    return {"success": True}


def package_search_explain(_context: Context, _data_dict: DataDict | None) -> AuthResult:
    """Sysadmins, whom CKAN never asks: how the index counts is nobody else's."""
    return {"success": False, "msg": tk._("Only a system administrator sees why results stand where they stand.")}
