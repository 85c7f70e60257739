"""A form as it stands, half filled in, as the dataset it would become: read by the very reader that saving uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo.logic.record import Fields, Key, Record

Errors = dict[Key, list[str]]
_LISTED = frozenset({"translated", "keywords", "texts", "uris", "concepts", "decimals", "data"})


def read(
    values: Mapping[str, list[str]], schema: Mapping[str, Any], stored: Mapping[str, Any] | None, file: str | None
) -> tuple[dict[str, Any], Errors]:
    """Give the dataset that a form describes, and the errors of fields that cannot be read (left out of it).

    ``values`` are the form's inputs by name; ``stored`` is the dataset as it is saved. ``file`` is None for the form of
    a dataset; for that of a file it is the resource's id, empty for a new one. What a form does not ask stays.
    """
    fields = Fields.of(schema)
    dataset = dict(stored or {})
    resources = [dict(one) for one in dataset.get("resources") or []]
    number = None
    if file is not None:
        number = next((place for place, one in enumerate(resources) if one.get("id") == file and file), len(resources))
        if number == len(resources):
            resources.append({})
    record = Record(
        fields,
        _flat(values, fields, number),
        {},
        language=str(toolkit.config.get("ckan.locale_default") or "en").split("_")[0],
    )
    record.read()
    # Whether anything is missing is for the profile to say; the reader says what is wrong.
    errors = {key: said for key, said in record.errors.items() if _was_sent(record, values, key)}
    if number is None:
        _fill_dataset(dataset, record, fields, values)
    else:
        _fill_resource(resources[number], record, fields, number)
    dataset["resources"] = resources
    return dataset, errors


def _flat(values: Mapping[str, list[str]], fields: Fields, number: int | None) -> dict[Key, Any]:
    """Give the inputs as CKAN hands them to validators."""
    prefix: Key = () if number is None else ("resources", number)
    known = fields.dataset if number is None else fields.resource
    data: dict[Key, Any] = {}
    extras: dict[str, str] = {}
    for name, sent in values.items():
        base, _, rest = name.partition("-")
        if name in known:
            data[(*prefix, name)] = sent if len(sent) > 1 else sent[0]
        elif number is None and base in fields.groups and rest.partition("-")[0].isdigit():
            index, _, subfield = rest.partition("-")
            data[(base, int(index), subfield)] = sent[0]
        elif base in known and rest:
            extras[name] = sent[0]
    data[(*prefix, "__extras")] = extras
    return data


def _was_sent(record: Record, values: Mapping[str, list[str]], key: Key) -> bool:
    name = str(key[-1]) if len(key) != 3 or key[0] == "resources" else "-".join(str(part) for part in key)
    return any(value.strip() for value in values.get(name, ()))


def _fill_dataset(dataset: dict[str, Any], record: Record, fields: Fields, values: Mapping[str, list[str]]) -> None:
    sent = {name.partition("-")[0] for name in values} | set(values)
    for name, field in fields.dataset.items():
        if field.kept or name not in sent:
            continue
        value = None if _wrong(record, (name,)) else record.value(name)
        dataset[name] = _loaded(value, field.kind)
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


def _fill_resource(resource: dict[str, Any], record: Record, fields: Fields, number: int) -> None:
    for name, field in fields.resource.items():
        key = ("resources", number, name)
        if key in record.data or any(one[:2] == key[:2] and str(one[-1]).startswith(name) for one in record.errors):
            value = None if _wrong(record, key) else record.value(*key)
            resource[name] = _loaded(value, field.kind)


def _wrong(record: Record, key: Key) -> bool:
    """Tell whether a field, or a translation of it, could not be read."""
    return any(one[:-1] == key[:-1] and str(one[-1]).partition("-")[0] == key[-1] for one in record.errors)


def _loaded(value: Any, kind: str) -> Any:
    if kind in _LISTED and isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value
