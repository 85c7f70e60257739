"""A form as it stands, half filled in, as the dataset it would become: read by the very reader that saving uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo.logic.record import Fields, Key, Record
from ckanext.oslo.reading import ONE_CHOICE, first_said

Values = Mapping[str, list[str]]
Errors = dict[Key, list[str]]

FILES = "resources__"
"""What the inputs of files begin with in a form that asks for all of them: ``resources__0__url``."""
MOST_FILES = 200
_LISTED = frozenset({"translated", "keywords", "texts", "uris", "concepts", "decimals", "data"})


@dataclass
class Sent:
    """The dataset that a form describes, and the errors of what cannot be read (left out of it), by navl's keys.

    ``prefixes`` gives what the names of a file's inputs begin with, by the number of the file in the dataset; files
    that this form does not ask for are not in it.
    """

    dataset: dict[str, Any]
    errors: Errors = field(default_factory=dict)
    prefixes: dict[int, str] = field(default_factory=dict)


def read(values: Values, schema: Mapping[str, Any], stored: Mapping[str, Any] | None, file: str | None) -> Sent:
    """Read a form's inputs by name.

    ``stored`` is the dataset as it is saved; what a form does not ask stays. ``file`` is None for the form of a
    dataset; for that of one file it is the resource's id, empty for a new one.
    """
    fields = Fields.of(schema)
    sent = Sent(dict(stored or {}))
    resources = [dict(one) for one in sent.dataset.get("resources") or []]
    data: dict[Key, Any] = {}
    if file is not None:
        number = next((place for place, one in enumerate(resources) if file and one.get("id") == file), len(resources))
        resources += [{}] * (number == len(resources))
        data = _flat_file(values, "", fields, number)
        sent.prefixes[number] = ""
    else:
        data = _flat_dataset(values, fields)
        if any(name.startswith(FILES) for name in values):
            resources = _files(values, resources, sent.prefixes)
            for number, prefix in sent.prefixes.items():
                data |= _flat_file(values, prefix, fields, number)
    language = str(toolkit.config.get("ckan.locale_default") or "en").split("_")[0]
    record = Record(fields, data, {}, language=language)
    record.read()
    # Whether anything is missing is for the profile to say; the reader says what is wrong.
    sent.errors = {key: said for key, said in record.errors.items() if _was_sent(sent, values, key)}
    if file is None:
        _fill_dataset(sent.dataset, record, fields, values)
    for number in sent.prefixes:
        resources[number] = _filled(resources[number], record, fields, number)
    sent.dataset["resources"] = resources
    return sent


def _flat_dataset(values: Values, fields: Fields) -> dict[Key, Any]:
    """Give the dataset's inputs as CKAN hands them to validators."""
    data: dict[Key, Any] = {}
    extras: dict[str, str] = {}
    for name, sent in values.items():
        base, _, rest = name.partition("-")
        index, _, subfield = rest.partition("-")
        if name in fields.dataset:
            one = fields.dataset[name].kind in ONE_CHOICE
            data[(name,)] = sent[0] if len(sent) == 1 else first_said(sent) if one else sent
        elif base in fields.groups and index.isdigit():
            data[(base, int(index), subfield)] = sent[0]
        elif base in fields.dataset and rest:
            extras[name] = sent[0]
    data[("__extras",)] = extras
    return data


def _flat_file(values: Values, prefix: str, fields: Fields, number: int) -> dict[Key, Any]:
    """Give a file's inputs as CKAN hands them to validators."""
    place: Key = ("resources", number)
    data: dict[Key, Any] = {}
    extras: dict[str, str] = {}
    for name, sent in values.items():
        if not name.startswith(prefix):
            continue
        own = name[len(prefix) :]
        base, _, rest = own.partition("-")
        if own in fields.resource:
            data[(*place, own)] = sent if len(sent) > 1 else sent[0]
        elif base in fields.resource and rest:
            extras[own] = sent[0]
    data[(*place, "__extras")] = extras
    return data


def _files(values: Values, stored: list[dict[str, Any]], prefixes: dict[int, str]) -> list[dict[str, Any]]:
    """Give the files of a form that asks for all: those taken away or left empty are none; note their prefixes."""
    known = {one.get("id"): one for one in stored}
    numbers = {int(part) for name in values if name.startswith(FILES) and (part := name.split("__")[1]).isdigit()}
    files: list[dict[str, Any]] = []
    for number in sorted(numbers)[:MOST_FILES]:
        prefix = f"{FILES}{number}__"
        said = {name[len(prefix) :]: sent[0] for name, sent in values.items() if name.startswith(prefix) and sent[0]}
        before = known.get(said.get("id"))
        if said.get("removed") or (before is None and not set(said) - {"url_type", "id"}):
            continue
        one = dict(before or {})
        if said.get("kept"):
            # An upload that waits: it will stand on this site, under an address that saving makes.
            one |= {"url": f"{str(toolkit.config['ckan.site_url']).rstrip('/')}/{said['kept']}", "url_type": "upload"}
        elif said.get("url"):
            one.pop("url_type", None)
        prefixes[len(files)] = prefix
        files.append(one)
    return files


def _was_sent(sent: Sent, values: Values, key: Key) -> bool:
    if len(key) == 3 and key[0] == "resources":
        name = f"{sent.prefixes.get(key[1], '')}{key[2]}"
    else:
        name = "-".join(str(part) for part in key)
    return any(value.strip() for value in values.get(name, ()))


def _fill_dataset(dataset: dict[str, Any], record: Record, fields: Fields, values: Values) -> None:
    sent = {name.partition("-")[0] for name in values}
    for name, one in fields.dataset.items():
        if name in sent and not one.kept:
            dataset[name] = None if _wrong(record, (name,)) else _loaded(record.value(name), one.kind)
    for name in fields.groups:
        if name not in sent:
            continue
        groups: dict[int, dict[str, Any]] = {}
        for key in record.data:
            if len(key) == 3 and key[0] == name and record.value(*key) is not None and key not in record.errors:
                groups.setdefault(key[1], {})[key[2]] = record.value(*key)
        dataset[name] = [groups[index] for index in sorted(groups)]
    if record.value("title"):
        dataset["title"] = record.value("title")


def _filled(resource: dict[str, Any], record: Record, fields: Fields, number: int) -> dict[str, Any]:
    found = dict(resource)
    for name, one in fields.resource.items():
        key = ("resources", number, name)
        wrong = _wrong(record, key)
        if key not in record.data and not wrong:
            continue
        value = None if wrong else record.value(*key)
        if name == "url" and value is None and found.get("url_type") == "upload":
            continue
        found[name] = _loaded(value, one.kind)
    return found


def _wrong(record: Record, key: Key) -> bool:
    """Tell whether a field, or a translation of it, could not be read."""
    return any(one[:-1] == key[:-1] and str(one[-1]).partition("-")[0] == key[-1] for one in record.errors)


def _loaded(value: Any, kind: str) -> Any:
    if kind in _LISTED and isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return value
