"""Actions on the same dataset in several portals: see what was found, join, split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.types import Context, DataDict

from ckanext.harvesters.duplicates import decisions, listing, projecting, standing
from ckanext.harvesters.duplicates.decisions import Choice
from ckanext.harvesters.duplicates.listing import Dataset, Listed
from ckanext.harvesters.duplicates.rules import Reason
from ckanext.harvesters.engine.runs import iso
from ckanext.harvesters.logic import schema


@tk.side_effect_free
def harvest_duplicate_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the datasets that are, or may be, the same in several portals, with the reasons.

    Sysadmins see all; others what concerns a dataset that they may edit.

    :param lang: ``nl``, ``fr`` or ``en``, of the reasons (optional, default: the language of the request)
    :type lang: string
    :param limit: how many of each kind (optional, default: ``100``)
    :type limit: int
    :param offset: how many of each kind to leave out at the beginning (optional, default: ``0``)
    :type offset: int
    :returns: ``count`` (of ``proposals``, ``groups`` and ``split``) and those three lists. A proposal, which waits for
        a steward, has ``first``, ``second`` and ``reasons``; a group has ``master`` and ``copies``, each with
        ``dataset``, ``reasons`` and, when a steward joined it, ``by`` and ``decided``; what a steward split has
        ``first``, ``second``, ``by`` and ``decided``. A dataset has ``id``, ``name``, ``title``, ``type``, ``source``,
        ``owner_org`` and ``url``; a reason has ``rule`` (a code), ``value`` and ``text`` (a sentence).
    :rtype: dictionary
    """
    tk.check_access("harvest_duplicate_list", context, data_dict)
    asked = schema.duplicates(data_dict)
    language = asked.get("lang") or schema.language()
    found = _concerning(context, listing.everything())
    part = slice(asked["offset"], asked["offset"] + asked["limit"])
    return {
        "count": {name: len(getattr(found, name)) for name in ("proposals", "groups", "split")},
        "proposals": [
            {"first": vars(one.first), "second": vars(one.second), "reasons": _told(one.reasons, language)}
            for one in found.proposals[part]
        ],
        "groups": [
            {
                "master": vars(one.master),
                "copies": [
                    {
                        "dataset": vars(copy.dataset),
                        "reasons": _told(copy.reasons, language),
                        "by": copy.by,
                        "decided": iso(copy.decided),
                    }
                    for copy in one.copies
                ],
            }
            for one in found.groups[part]
        ],
        "split": [{**asdict(one), "decided": iso(one.decided)} for one in found.split[part]],
    }


def _told(reasons: Iterable[Reason], language: str) -> list[dict[str, str]]:
    return [{"rule": str(one.rule), "value": one.value, "text": one.text(language)} for one in reasons]


def _concerning(context: Context, found: Listed) -> Listed:
    """Leave what concerns a dataset of an organization whose datasets this user may edit."""
    user = context.get("user") or ""
    if context.get("ignore_auth") or authz.is_sysadmin(user):
        return found
    ours = {one["id"] for one in _organizations(context)}

    def concerns(*datasets: Dataset) -> bool:
        return any(one.owner_org in ours for one in datasets)

    return Listed(
        tuple(one for one in found.proposals if concerns(one.first, one.second)),
        tuple(one for one in found.groups if concerns(one.master, *(copy.dataset for copy in one.copies))),
        tuple(one for one in found.split if concerns(one.first, one.second)),
    )


def _organizations(context: Context) -> list[dict[str, Any]]:
    asked = {"permission": "update_dataset"}
    return tk.get_action("organization_list_for_user")(logic.fresh_context(context), asked)


def harvest_duplicate_join(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that two datasets are one: the one whose source comes first is shown, the other is its copy.

    This is remembered, and goes before what the rules find and before an earlier split.

    :param id: name or id of a dataset
    :type id: string
    :param other: name or id of the other
    :type other: string
    :returns: ``master`` and ``copies``: ids of the datasets that are one now
    :rtype: dictionary
    """
    return _decide(context, data_dict, Choice.JOIN)


def harvest_duplicate_split(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that two datasets are not the same: both are shown.

    This is remembered: no later harvest joins them, not even by way of a third.

    :param id: name or id of a dataset
    :type id: string
    :param other: name or id of the other
    :type other: string
    :returns: ``master`` and ``copies``: ids of the datasets that the first is one with now; no copies when with none
    :rtype: dictionary
    """
    return _decide(context, data_dict, Choice.SPLIT)


def _decide(context: Context, data_dict: DataDict, choice: Choice) -> dict[str, Any]:
    asked = schema.two_datasets(data_dict)
    tk.check_access(f"harvest_duplicate_{choice}", context, asked)
    one, other = (_dataset(asked[name]) for name in ("id", "other"))
    if one == other:
        raise tk.ValidationError({"other": [tk._("Name two different datasets.")]})
    user = context.get("auth_user_obj") or model.User.get(context.get("user"))
    before = _beside(one, other)
    decisions.keep(one, other, choice, getattr(user, "id", None))
    model.Session.commit()
    standing.regroup()
    projecting.project(only={*before, *_beside(one, other)})
    master = standing.members().get(one, one)
    copies = sorted(each for each, its in standing.members().items() if its == master and each != master)
    return {"master": master, "copies": copies}


def _beside(*ids: str) -> set[str]:
    """Return these datasets and all that are in a group with one of them."""
    members = standing.members()
    masters = {members[one] for one in ids if one in members}
    return {*ids, *(one for one, master in members.items() if master in masters)}


def _dataset(name: str) -> str:
    package = model.Package.get(name)
    if package is None or package.state != model.State.ACTIVE or package.type == "harvest":
        raise tk.ObjectNotFound(tk._("There is no dataset {name}.").format(name=name))
    if package.private:
        raise tk.ValidationError({"id": [tk._("Private datasets are not compared with others.")]})
    return package.id
