"""Validators for scheming's schemas: `oslo_read` before all others, `oslo_json` on the way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckan import authz, model
from ckan.plugins import toolkit
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator
from ckanext.scheming.validation import scheming_validator

from ckanext.oslo.logic.record import Fields, Record, name_for

_arranged: dict[int, tuple[Mapping[str, Any], Fields]] = {}


@scheming_validator
def oslo_read(_field: None, schema: Mapping[str, Any]) -> Validator:
    """Read every field of a dataset or organization, in one pass before all other validators.

    A record that is harvested (it brings its ``guid``, and who writes it may) is read leniently: what no field can
    take goes to ``unresolved``.
    """
    fields = _fields(schema)

    def read_all(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        kept = [name for name, field in fields.dataset.items() if field.kept]
        trusted = bool(kept) and _may_write_origin(data, kept, context)
        record = Record(
            fields,
            data,
            errors,
            language=toolkit.config.get("ckan.locale_default") or "en",
            lenient=trusted and bool(data.get(("guid",))),
        )
        if not trusted:
            _keep_origin(data, kept, context)
        record.read()
        if record.lenient:
            before = record.value("unresolved")
            known = json.loads(before) if before else []
            refused = [one for one in record.refused if one not in known]
            if refused:
                data[("unresolved",)] = json.dumps(known + refused, ensure_ascii=False)
        if "title_translated" in fields.dataset and "license_id" in fields.dataset:
            _name(record, context)

    return read_all


def oslo_json(value: Any) -> Any:
    """Give a list, dict or number that the database keeps as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _fields(schema: Mapping[str, Any]) -> Fields:
    """Arrange a schema's fields, once for each schema that is loaded."""
    known = _arranged.get(id(schema))
    if known is None or known[0] is not schema:
        known = _arranged[id(schema)] = (schema, Fields.of(schema))
    return known[1]


def _may_write_origin(data: FlattenDataDict, kept: list[str], context: Context) -> bool:
    """Tell whether the writer may say where a record came from: harvesters and sysadmins may."""
    if not any(data.get((name,)) not in (None, "", toolkit.missing) for name in kept):
        return False
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def _keep_origin(data: FlattenDataDict, kept: list[str], context: Context) -> None:
    """Leave where a record came from as it was: a form does not send it, and a steward may not change it."""
    package = context.get("package")
    stored = package.extras if isinstance(package, model.Package) and kept else {}
    for name in kept:
        data[(name,)] = stored.get(name) or toolkit.missing


def _name(record: Record, context: Context) -> None:
    if record.value("name") is not None:
        return
    package = context.get("package")
    if isinstance(package, model.Package):
        record.data[("name",)] = package.name
        return
    origin = (record.value("harvest_source_name"), record.value("guid")) if record.lenient else (None,)
    record.data[("name",)] = name_for(record.value("title") or "", _is_taken, *origin)


def _is_taken(name: str) -> bool:
    return model.Package.get(name) is not None
