"""Correcting what a dataset is linked to, from its own page.

A steward adds a municipality, says "not this one", takes or refuses a suggestion, and undoes any of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Response
from flask import request

from ckanext.eurometropool.municipalities import linked
from ckanext.eurometropool.pages import places
from ckanext.eurometropool.pages.dataset_page import evidence
from ckanext.eurometropool.pages.places import Place

#: How the field's list of choices writes a municipality: "Kortrijk (BE-34022)". Two towns of one name stay two.
_CHOICE = re.compile(r".*\((?P<key>(?:BE|FR)-[0-9AB]{5})\)\s*")


@dataclass(frozen=True)
class Suggestion:
    """A municipality that a dataset may be about, and what makes one think so."""

    place: Place
    evidence: str


@dataclass(frozen=True)
class Corrections:
    """What stewards have said of a dataset's links, the places it is not about, and what they are asked about."""

    removed: Sequence[Place]
    suggested: Sequence[Suggestion]


class UnknownPlaceError(Exception):
    """A text names no municipality, or several; the message says so to the reader."""


def corrections(dataset: Mapping[str, Any]) -> Corrections:
    """Return what stewards have taken away from a dataset's links, and what they have not decided on."""
    package = model.Package.get(dataset["id"])
    if package is None:
        return Corrections((), ())
    return Corrections(
        [places.place(key) for key in linked.corrections(package).get("remove", ())],
        [Suggestion(places.place(link["key"]), evidence(link)) for link in linked.suggestions(package)],
    )


def choices() -> list[str]:
    """Return the municipalities as the field's list offers them, in the reader's alphabet."""
    return [f"{place.name} ({place.key})" for place in places.places()]


def meant(text: str) -> str:
    """Return the key of the municipality a text means: a choice of the list, a key, a name or a postcode.

    Raises `UnknownPlaceError`.
    """
    known = places.register()
    text = text.strip()
    if known is None:
        raise UnknownPlaceError(tk._("This portal has no register of municipalities."))
    chosen = _CHOICE.fullmatch(text)
    found = known.get(chosen["key"] if chosen else text.upper())
    if found:
        return found.key
    several = known.find(text) if text else ()
    if len(several) == 1:
        return several[0].key
    if not several:
        raise UnknownPlaceError(tk._("There is no municipality “{name}” in the metropolis.").format(name=text))
    names = ", ".join(f"{places.as_place(one).name} ({one.key})" for one in several)
    raise UnknownPlaceError(tk._("“{name}” can be several municipalities: {names}.").format(name=text, names=names))


def correct(dataset_id: str) -> Response:
    """Do what a form of the dataset's page asks for, and lead back to it."""
    dataset = model.Package.get(dataset_id)
    if dataset is None or dataset.state == model.State.DELETED:
        return tk.abort(404, tk._("Dataset not found"))
    try:
        said = _correct({"user": tk.current_user.name, "auth_user_obj": tk.current_user}, dataset.id)
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not correct the links of this dataset."))
    except UnknownPlaceError as error:
        tk.h.flash_error(str(error))
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(error.error_summary.values()))
    else:
        tk.h.flash_success(said)
    return tk.h.redirect_to(f"{dataset.type}.read", id=dataset.name, _anchor="where")


def _correct(context: Any, dataset_id: str) -> str:
    """Correct the links, and say what was done."""
    asked = {name: request.form.get(name, "").strip() for name in ("add", "remove", "undo", "accept", "reject")}
    action = tk.get_action("municipality_link_correct")
    if asked["remove"]:
        action(context, {"id": dataset_id, "remove": [asked["remove"]]})
        return tk._("{place} is no longer linked. A later harvest will not link it again.").format(
            place=places.place(asked["remove"]).name
        )
    if asked["reject"]:
        action(context, {"id": dataset_id, "remove": [asked["reject"]]})
        return tk._("{place} will not be suggested again.").format(place=places.place(asked["reject"]).name)
    if asked["undo"]:
        action(context, {"id": dataset_id, "undo": [asked["undo"]]})
        return tk._("The correction about {place} has been taken back.").format(place=places.place(asked["undo"]).name)
    key = asked["accept"] or meant(asked["add"])
    action(context, {"id": dataset_id, "add": [key]})
    return tk._("{place} is linked. A later harvest will keep it.").format(place=places.place(key).name)
