"""Who may see quality: of a dataset, who may see the dataset; averages of public datasets, everybody.

Reports by mail are for whoever has an account: what they tell is public.
"""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context


@toolkit.auth_allow_anonymous_access
def oslo_quality(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let who may see a dataset see its score, and everybody what is public."""
    if data_dict.get("id"):
        return {"success": bool(authz.is_authorized_boolean("package_show", context, {"id": data_dict["id"]}))}
    return {"success": True}


def oslo_quality_report_subscribe(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let everybody who is signed in have a report sent to themselves."""
    return {"success": True}  # CKAN asks for an account by itself


def oslo_quality_report_unsubscribe(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Let everybody who is signed in stop their own report."""
    return {"success": True}  # CKAN asks for an account by itself
