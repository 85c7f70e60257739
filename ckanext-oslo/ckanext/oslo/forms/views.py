"""The addresses of the form: save, keep a file, start from a copy, preview."""

from __future__ import annotations

import copy
import logging
import re
from typing import Any

from ckan.lib.navl.dictization_functions import DataError, unflatten
from ckan.lib.search import SearchIndexError
from ckan.logic import clean_dict, parse_params, tuplize_dict
from ckan.plugins import toolkit
from ckan.views.dataset import CreateView, EditView
from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from ckanext.oslo.forms import copying, detection, preview, saving, sent
from ckanext.oslo.forms.actions import shown
from ckanext.oslo.forms.config import most_bytes, room_of
from ckanext.oslo.forms.waiting import NowhereError, Room, TooLargeError, TooManyError

log = logging.getLogger(__name__)

#: The name under which a browser keeps what is not saved: a type of dataset and an id, or "new".
KEPT_AS = re.compile(r"[a-z0-9_-]{1,100}:[a-z0-9_-]{1,100}")
#: Seconds for which a browser is told that a form was saved: as long as it keeps what was typed (form/keep.js).
FORGETTING = 30 * 24 * 3600

forms = Blueprint("oslo_form", __name__, url_prefix="/oslo/form")


@forms.post("/<dataset_type>/save")
def save(dataset_type: str) -> AnyResponse | str:
    """Save a form, and go to the dataset's page; what is not right comes back beside its field, nothing lost.

    ``save`` is the button: ``publish``, ``draft`` (keep it for later), ``preview``, or ``again``, which saves nothing
    and shows the form with what was sent; ``pkg_name`` is the dataset's id, empty for a new one; ``kept_as`` is the
    name under which the browser keeps what is not saved yet.
    """
    schema = _demand_type(dataset_type)
    dataset_id = request.form.get("pkg_name") or None
    stored = _stored(dataset_id)
    _demand_access(stored)
    room = _room()
    try:
        parsed: dict[str, Any] = clean_dict(unflatten(tuplize_dict(parse_params(_with_uploads(room)))))
    except (DataError, ValueError, TypeError):
        return toolkit.abort(400, toolkit._("This form cannot be read. Go back and try again."))
    found = sent.read(parsed, schema, stored, room)
    button = request.form.get("save", "")
    if button == "preview":
        return preview.page(request.form, dataset_type, stored)
    state = saving.DRAFT if button == "draft" else saving.ACTIVE
    shown_again = copy.deepcopy(found.shown)
    if found.refused or button == "again":
        return _again(dataset_type, dataset_id, shown_again, found.errors_of_uploads())
    try:
        saved = saving.save(found, dataset_type, dataset_id, state, room)
    except toolkit.ValidationError as error:
        errors = found.as_shown(error.error_dict)
        return _again(dataset_type, getattr(error, "dataset_id", dataset_id), shown_again, errors)
    except SearchIndexError:
        log.exception("A form could not be saved")
        toolkit.h.flash_error(toolkit._("The search does not answer, so nothing was saved. Try again in a minute."))
        return _again(dataset_type, dataset_id, shown_again, {})
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("You may not save this dataset."))
    return _saved(saved, stored)


@forms.post("/file")
def keep() -> tuple[Response, int] | Response:
    """Keep a file until its form is saved, and say what it tells about itself.

    The answer has ``token``, ``name``, ``size`` and ``found`` as `oslo_file_look` gives it.
    """
    try:
        toolkit.check_access("oslo_file_look", {"user": toolkit.current_user.name}, {})
    except toolkit.NotAuthorized:
        return jsonify({"error": toolkit._("Sign in again to upload files.")}), 403
    too_large = toolkit._("This file is larger than {limit} MB. Give its address instead.").format(
        limit=most_bytes() // 1_000_000
    )
    if (request.content_length or 0) > most_bytes() + 100_000:
        return jsonify({"error": too_large}), 413
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return jsonify({"error": toolkit._("Give a file.")}), 400
    room = _room()
    try:
        kept = room.keep(upload.stream, upload.filename, most_bytes())
    except TooLargeError:
        return jsonify({"error": too_large}), 413
    except TooManyError:
        return jsonify({"error": toolkit._("Too many files wait to be saved. Save this dataset first.")}), 429
    with room.opened(kept.token) as file:
        found = detection.look(kept.name, file)
    return jsonify({"token": kept.token, "name": kept.name, "size": kept.size, "found": shown(found)})


@forms.get("/<dataset_type>/copy")
def start_from_copy(dataset_type: str) -> AnyResponse | str:
    """Open the form of a new dataset that starts as a copy of ``of``, a dataset its reader may see."""
    schema = _demand_type(dataset_type)
    try:
        other = toolkit.get_action("package_show")(
            {"user": toolkit.current_user.name}, {"id": request.args.get("of", "")}
        )
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return toolkit.abort(404, toolkit._("There is no such dataset."))
    return CreateView().get(dataset_type, data=copying.copy_of(other, schema))


def _saved(saved: dict[str, Any], stored: dict[str, Any] | None) -> AnyResponse:
    """Lead on from a form that was saved, and let the browser forget what it kept of it."""
    if saved["state"] == saving.DRAFT:
        toolkit.h.flash_success(
            toolkit._("Draft saved. You find it under My datasets, and can go on whenever you like.")
        )
        page = "edit"
    else:
        if not stored or stored.get("state") != saving.ACTIVE:
            toolkit.h.flash_success(toolkit._("Published. Searchable within a minute."))
        page = "read"
    answer = toolkit.redirect_to(f"{saved['type']}.{page}", id=saved["name"])
    if KEPT_AS.fullmatch(kept_as := request.form.get("kept_as", "")):
        answer.set_cookie("oslo_form_saved", kept_as, max_age=FORGETTING, samesite="Lax")
    return answer


def _again(
    dataset_type: str, dataset_id: str | None, data: dict[str, Any], errors: dict[str, Any]
) -> AnyResponse | str:
    """Show the form again with everything that was sent, and what is wrong."""
    if dataset_id:
        return EditView().get(dataset_type, dataset_id, data, errors, {})
    return CreateView().get(dataset_type, {**data, "state": "none"}, errors, {})


def _with_uploads(room: Room) -> MultiDict[str, str]:
    """Give the form's inputs, with files that came along (without script) as ``resources__N__kept``, or ``refused``."""
    inputs = MultiDict(request.form)
    for name, upload in request.files.items():
        prefix, _mark, last = name.rpartition("__")
        if not upload.filename or last != "upload" or not prefix.startswith("resources__"):
            continue
        try:
            inputs[f"{prefix}__kept"] = room.keep(upload.stream, upload.filename, most_bytes()).token
        except TooLargeError:
            text = toolkit._("This file is larger than {limit} MB. Give its address instead.")
            inputs[f"{prefix}__refused"] = text.format(limit=most_bytes() // 1_000_000)
        except TooManyError:
            inputs[f"{prefix}__refused"] = toolkit._("Too many files wait to be saved. Save this dataset first.")
    return inputs


def _demand_type(dataset_type: str) -> dict[str, Any]:
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type)
    return schema or toolkit.abort(404, toolkit._("There is no such type of dataset."))


def _stored(dataset_id: str | None) -> dict[str, Any] | None:
    if dataset_id is None:
        return None
    try:
        return toolkit.get_action("package_show")({"user": toolkit.current_user.name}, {"id": dataset_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return toolkit.abort(404, toolkit._("There is no such dataset."))


def _demand_access(stored: dict[str, Any] | None) -> None:
    action, asked = ("package_update", {"id": stored["id"]}) if stored else ("package_create", {})
    try:
        toolkit.check_access(action, {"user": toolkit.current_user.name}, asked)
    except toolkit.NotAuthorized:
        toolkit.abort(403, toolkit._("You may not save this dataset."))


def _room() -> Room:
    try:
        return room_of(toolkit.current_user.id)
    except NowhereError:
        return toolkit.abort(503, toolkit._("This portal has no place for files."))
