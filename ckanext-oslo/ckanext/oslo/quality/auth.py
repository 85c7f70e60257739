"""Who may see quality: of a dataset, who may see the dataset; averages of public datasets, everybody."""

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
