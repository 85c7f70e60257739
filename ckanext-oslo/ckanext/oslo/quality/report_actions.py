"""The actions of reports by mail."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.oslo.quality import readers
from ckanext.oslo.vocabularies.concepts import LANGUAGES


def oslo_quality_report_subscribe(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send the caller an organization's quality by mail each month, from next month on.

    :param organization: its id or name
    :param language: of the report: ``nl``, ``fr`` or ``en`` (default: the language of the call)
    :returns: ``organization`` (name), ``subscribed``, ``language``
    """
    toolkit.check_access("oslo_quality_report_subscribe", context, data_dict)
    organization, person = _organization(data_dict), _person(context)
    language = str(data_dict.get("language") or toolkit.h.lang() or "").split("_")[0]
    if language not in LANGUAGES:
        raise toolkit.ValidationError({"language": [toolkit._("Choose nl, fr or en.")]})
    if not readers.can_send():
        raise toolkit.ValidationError({"organization": [toolkit._("This portal sends no mail.")]})
    if not person.email:
        raise toolkit.ValidationError({"email": [toolkit._("Your account has no e-mail address.")]})
    readers.add(organization.id, person.id, language)
    model.Session.commit()
    return {"organization": organization.name, "subscribed": True, "language": language}


def oslo_quality_report_unsubscribe(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send the caller an organization's quality no more.

    :param organization: its id or name
    :returns: ``organization`` (name), ``subscribed``
    """
    toolkit.check_access("oslo_quality_report_unsubscribe", context, data_dict)
    organization = _organization(data_dict)
    readers.remove(organization.id, _person(context).id)
    model.Session.commit()
    return {"organization": organization.name, "subscribed": False}


def _person(context: Context) -> model.User:
    person = model.User.get(context.get("user"))
    if person is None:
        raise toolkit.NotAuthorized(toolkit._("Sign in to get reports by mail."))
    return person


def _organization(data_dict: dict[str, Any]) -> model.Group:
    group = model.Group.get(str(data_dict.get("organization") or ""))
    if group is None or not group.is_organization or group.state != "active":
        raise toolkit.ObjectNotFound(toolkit._("There is no such organization."))
    return group
