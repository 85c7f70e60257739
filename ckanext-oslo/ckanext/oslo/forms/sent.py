"""A dataset's form as a browser sent it: inputs by name become the dict that CKAN's actions take.

Files stand in it as ``resources__0__url``, ``resources__0__name_translated-nl`` …; ``resources__0__upload`` is a file,
``resources__0__kept`` the token of one that waits, ``resources__0__removed`` takes the file away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.oslo.forms.waiting import Room, Waiting
from ckanext.oslo.reading import ONE_CHOICE, first_said

MOST_FILES = 200
CONTROL = frozenset({"kept", "removed", "upload", "kept_name", "refused"})
OF_THE_FORM = frozenset({"save", "id", "pkg_name", "kept_as"})


@dataclass
class Sent:
    """What a form said. ``dataset`` is for the actions; ``shown`` is what the form shows when it comes back.

    ``waiting`` are the uploads by the file's number in ``dataset``; ``places`` gives for each number that in
    ``shown``, where files that were taken away still stand; ``refused`` is by the latter.
    """

    dataset: dict[str, Any]
    shown: dict[str, Any]
    waiting: dict[int, Waiting] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def errors_of_uploads(self) -> dict[str, Any]:
        """Give the errors of files that could not be uploaded, as the form takes them."""
        files = [{"url": [self.refused[place]]} if place in self.refused else {} for place in range(self._count())]
        return {"resources": files} if self.refused else {}

    def as_shown(self, errors: Mapping[str, Any]) -> dict[str, Any]:
        """Give the errors of saving with those of files by their places in the form."""
        files = errors.get("resources")
        if not isinstance(files, list):
            return dict(errors)
        placed: list[Any] = [{} for _ in range(self._count())]
        for number, said in enumerate(files[: len(self.places)]):
            placed[self.places[number]] = said
        return {**errors, "resources": placed}

    def _count(self) -> int:
        return len(self.shown["resources"])


def read(parsed: Mapping[str, Any], schema: Mapping[str, Any], stored: Mapping[str, Any] | None, room: Room) -> Sent:
    """Read a form's inputs, unflattened; ``stored`` is the dataset as it is saved, None for a new one.

    What a form does not ask stays as it is stored: a file keeps its checksum and its place in the DataStore.
    """
    inputs = {name: value for name, value in parsed.items() if not name.startswith("_") and name not in OF_THE_FORM}
    for one in schema["dataset_fields"]:
        if one.get("kind") in ONE_CHOICE and one["field_name"] in inputs:
            inputs[one["field_name"]] = first_said(inputs[one["field_name"]])
    known = {one["id"]: one for one in (stored or {}).get("resources") or ()}
    resources: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    found = Sent({}, {})
    for one in _files(inputs.pop("resources", None)):
        kept = room.find(str(one.get("kept") or ""))
        if not kept and not _is_said(one):
            continue
        shown.append({**one, **({"kept": kept.token, "kept_name": kept.name, "size": kept.size} if kept else {})})
        if one.get("refused"):
            found.refused[len(shown) - 1] = str(one["refused"])
        if one.get("removed"):
            continue
        if kept:
            found.waiting[len(resources)] = kept
        found.places.append(len(shown) - 1)
        resources.append(_resource(one, known.get(one.get("id")), kept))
    dataset = {**inputs, "resources": resources}
    if stored:
        dataset = {**_not_asked(stored, inputs), **dataset, "id": stored["id"]}
    found.dataset, found.shown = dataset, {**inputs, "resources": shown}
    return found


def _files(sent: Any) -> list[dict[str, Any]]:
    if not isinstance(sent, Sequence) or isinstance(sent, str):
        return []
    return [dict(one) for one in sent[:MOST_FILES] if isinstance(one, Mapping)]


def _is_said(one: Mapping[str, Any]) -> bool:
    """Tell whether anything of a file's inputs is filled in: an empty block is no file."""
    return any(value for name, value in one.items() if name not in ("url_type", "removed"))


def _resource(one: Mapping[str, Any], stored: Mapping[str, Any] | None, kept: Waiting | None) -> dict[str, Any]:
    """Give a file as the actions take it: a new upload goes before an address, an address before the old upload."""
    said = {name: value for name, value in one.items() if name not in CONTROL}
    if not said.get("id"):
        said.pop("id", None)
    was_uploaded = bool(stored and stored.get("url_type") == "upload")
    if kept:
        said.update(url=kept.name, url_type="upload")
    elif said.get("url"):
        said.update(url_type="", **({"clear_upload": "true"} if was_uploaded else {}))
    elif stored and was_uploaded:
        said.update(url=stored["url"], url_type="upload")
    asked = {name.partition("-")[0] for name in said}
    return {**{name: value for name, value in (stored or {}).items() if name not in asked}, **said}


def _not_asked(stored: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give CKAN's own parts of a dataset that no form of ours asks for, so that saving does not lose them."""
    kept = ("type", "state", "name", "groups", "tags", "extras", "private", "owner_org", "plugin_data")
    return {name: stored[name] for name in kept if name in stored and name not in inputs}
