"""Who may do what in the form: whoever may add datasets."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


def oslo_publisher_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Look up publishers: they are public, but the list is made for those who fill in forms."""
    return _may_add(context, data_dict)


def oslo_file_look(context: Context, data_dict: DataDict) -> AuthResult:
    """Have a file looked at, which costs time and room."""
    return _may_add(context, data_dict)


def oslo_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Add many datasets at once; each of them is checked again."""
    return _may_add(context, data_dict)


def _may_add(context: Context, data_dict: DataDict) -> AuthResult:
    try:
        toolkit.check_access("package_create", context, dict(data_dict) if data_dict else None)
    except toolkit.NotAuthorized:
        return {"success": False, "msg": toolkit._("Only those who may add datasets can do this.")}
    return {"success": True}
