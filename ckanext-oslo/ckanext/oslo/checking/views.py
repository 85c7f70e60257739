"""The address a form asks while it is filled in."""

from __future__ import annotations

import time

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify, request

from ckanext.oslo.checking import form
from ckanext.oslo.checking.panel import panel

checking = Blueprint("oslo_checking", __name__)

LONGEST = 2_000_000
"""Bytes of a form that are looked at: an outline drawn on the map is the longest part."""


@checking.post("/oslo/check")
def check() -> Response | tuple[Response, int]:
    """Check a form as it stands.

    The form's own inputs come as they are; beside them ``_oslo_dataset``, the dataset's id (empty for a new one),
    ``_oslo_type``, its type, ``_oslo_file``, in the form of a file the resource's id (may be empty), and
    ``_oslo_profile``, what to check against. The answer is `panel.panel`, with the milliseconds it took.
    """
    began = time.perf_counter()
    if (request.content_length or 0) > LONGEST:
        return jsonify({"error": toolkit._("The form is too long to be checked while you type.")}), 413
    dataset_id = request.form.get("_oslo_dataset", "")
    try:
        toolkit.check_access("oslo_check_form", {"user": toolkit.current_user.name}, {"id": dataset_id})
        stored = toolkit.get_action("package_show")({}, {"id": dataset_id}) if dataset_id else None
    except toolkit.ObjectNotFound:
        return jsonify({"error": toolkit._("There is no such dataset.")}), 404
    except toolkit.NotAuthorized:
        return jsonify({"error": toolkit._("You may not edit this dataset.")}), 403
    dataset_type = str(stored["type"] if stored else request.form.get("_oslo_type") or "dataset")
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type)
    if schema is None:
        return jsonify({"error": toolkit._("There is no such type of dataset.")}), 400
    file = request.form.get("_oslo_file")
    values = {name: request.form.getlist(name) for name in request.form if not name.startswith("_")}
    sent = form.read(values, schema, stored, file)
    sent.dataset["type"] = dataset_type
    found = panel(sent.dataset, request.form.get("_oslo_profile", ""), sent)
    return jsonify({**found, "milliseconds": round(1000 * (time.perf_counter() - began))})
