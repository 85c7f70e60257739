"""Saving what a form sent: a dataset and its files in one go, published or as a draft."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.oslo.forms.sent import Sent
from ckanext.oslo.forms.waiting import Room

DRAFT, ACTIVE = "draft", "active"


def save(sent: Sent, dataset_type: str, dataset_id: str | None, state: str, room: Room) -> dict[str, Any]:
    """Save the dataset and its files, and let the files that waited go.

    A new dataset with uploads is made as a draft first, because `package_create` takes no uploads; if its files are
    then refused, the draft stays, and the form that comes back goes on with it.

    :raises toolkit.ValidationError: with ``dataset_id`` set on it as an attribute when a draft was made
    """
    dataset = {**sent.dataset, "type": dataset_type, "state": state}
    if dataset_id is None:
        if not sent.waiting:
            return _call("package_create", dataset)
        made = _call("package_create", {**dataset, "state": DRAFT, "resources": []})
        dataset.update(id=made["id"], name=made["name"])
    uploads = [(number, room.as_upload(waiting)) for number, waiting in sent.waiting.items()]
    try:
        for number, upload in uploads:
            dataset["resources"][number] = {**dataset["resources"][number], "upload": upload}
        saved = _call("package_update", dataset)
    except toolkit.ValidationError as error:
        error.dataset_id = dataset["id"]  # type: ignore[attr-defined]
        raise
    finally:
        for _number, upload in uploads:
            upload.close()
    for waiting in sent.waiting.values():
        room.let_go(waiting.token)
    return saved


def _call(action: str, dataset: dict[str, Any]) -> dict[str, Any]:
    context: Context = {"user": toolkit.current_user.name, "allow_state_change": True}
    try:
        return toolkit.get_action(action)(context, dataset)
    except toolkit.ValidationError:
        model.Session.rollback()
        raise
