"""Bringing a sheet into the catalogue: a rehearsal finds every mistake, then one transaction takes all rows or none."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from ckan import logic, model
from ckan.lib import plugins as lib_plugins
from ckan.lib import search
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.oslo.forms import summary
from ckanext.oslo.importing import columns, rows, sheets
from ckanext.oslo.importing.rows import Said


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: its number in the sheet, the column's label, and the sentence."""

    row: int
    column: str
    message: str


@dataclass
class Report:
    """What a rehearsal found or an import did. ``titles`` are the rows' datasets; ``made`` the names of new ones."""

    titles: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Importer:
    """Who brings datasets in, of which type, for which organization unless a row names another."""

    user: str
    dataset_type: str
    organization: str | None = None
    ignore_auth: bool = False

    def context(self, **more: Any) -> Context:
        """Give the context that an action runs in."""
        found: Context = {"user": self.user, "ignore_auth": self.ignore_auth, "session": model.Session}
        found["auth_user_obj"] = model.User.get(self.user)
        return {**found, **more}  # type: ignore[typeddict-item]


def rehearse(importer: Importer, name: str, file: IO[bytes], language: str) -> tuple[Report, list[Said]]:
    """Read and check every row as saving would, and save nothing. ``language`` is the reader's.

    :raises SheetError: the sheet as a whole cannot be used
    """
    schema = _schema(importer.dataset_type)
    said = rows.datasets(sheets.read(name, file), schema)
    organizations = _organizations(importer)
    known = {column.name: column for column in columns.columns(schema)}
    report = Report()
    names: dict[str, int] = {}
    for one in said:
        _complete(one.dataset, importer, organizations)
        report.titles.append((one.row, _title(one.dataset)))
        report.problems += [
            Problem(one.row, known[name].labels[language] if name in known else name, toolkit._(rows.FORMULA))
            for name in one.formulas
        ]
        report.problems += _problems(one, importer, schema, language, names)
    return report, said


def bring_in(importer: Importer, name: str, file: IO[bytes], language: str) -> Report:
    """Add a dataset for every row, in one transaction; with anything wrong in any row, add none.

    :raises SheetError: the sheet as a whole cannot be used
    """
    report, said = rehearse(importer, name, file, language)
    if report.problems:
        return report
    made: list[str] = []
    one = said[0]
    try:
        for one in said:
            context = importer.context(defer_commit=True, return_id_only=True)
            made.append(str(toolkit.get_action("package_create")(context, copy.deepcopy(one.dataset))))
        model.Session.commit()
    except toolkit.ValidationError as error:
        model.Session.rollback()
        report.problems += _in_words(one.row, error.error_dict, _schema(importer.dataset_type), language)
        return report
    except BaseException:
        model.Session.rollback()
        raise
    for package_id in made:
        logic.index_update_package(importer.context(ignore_auth=True), package_id, defer_commit=True)
    search.commit()
    query = model.Session.query(model.Package.id, model.Package.name).filter(model.Package.id.in_(made))
    by_id = {row.id: row.name for row in query}
    report.made = [by_id[package_id] for package_id in made]
    return report


def _schema(dataset_type: str) -> Mapping[str, Any]:
    return toolkit.get_action("scheming_dataset_schema_show")({"ignore_auth": True}, {"type": dataset_type})


def _organizations(importer: Importer) -> dict[str, str]:
    """Give the ids of the organizations one may add datasets for, by id, name and title."""
    available = toolkit.get_action("organization_list_for_user")(importer.context(), {"permission": "create_dataset"})
    if importer.ignore_auth:
        available = toolkit.get_action("organization_list")(importer.context(), {"all_fields": True})
    return {str(one[key]).casefold(): one["id"] for one in available for key in ("id", "name", "title") if one.get(key)}


def _complete(dataset: dict[str, Any], importer: Importer, organizations: Mapping[str, str]) -> None:
    named = str(dataset.get("owner_org") or importer.organization or "")
    dataset["type"] = importer.dataset_type
    dataset["state"] = "active"
    dataset["owner_org"] = organizations.get(named.casefold(), named)


def _problems(
    one: Said, importer: Importer, schema: Mapping[str, Any], language: str, names: dict[str, int]
) -> list[Problem]:
    name = str(one.dataset.get("name") or "")
    if name and names.setdefault(name, one.row) != one.row:
        text = toolkit._("Row {row} has this address already.").format(row=names[name])
        return [Problem(one.row, _label(schema, "name"), text)]
    try:
        toolkit.check_access("package_create", importer.context(), {**one.dataset})
    except toolkit.NotAuthorized:
        text = toolkit._("You may not add datasets for this organization.")
        return [Problem(one.row, _label(schema, "owner_org"), text)]
    plugin = lib_plugins.lookup_package_plugin(importer.dataset_type)
    _data, errors = lib_plugins.plugin_validate(
        plugin, importer.context(), copy.deepcopy(one.dataset), plugin.create_package_schema(), "package_create"
    )
    return _in_words(one.row, errors, schema, language)


def _in_words(row: int, errors: Mapping[str, Any], schema: Mapping[str, Any], language: str) -> list[Problem]:
    form = summary.Form(
        schema["dataset_fields"],
        schema["resource_fields"],
        lambda text: str(text.get(language) or text.get("en") or "") if isinstance(text, Mapping) else str(text or ""),
        language,
        toolkit._("File {number}"),
    )
    return [Problem(row, one.label, one.message) for one in summary.mistakes(form, errors)]


def _label(schema: Mapping[str, Any], name: str) -> str:
    fields: Sequence[Mapping[str, Any]] = schema["dataset_fields"]
    found = next((field["label"] for field in fields if field["field_name"] == name), name)
    return str(toolkit.h.scheming_language_text(found))


def _title(dataset: Mapping[str, Any]) -> str:
    texts = dataset.get("title_translated")
    return str(next(iter(texts.values()), "")) if isinstance(texts, Mapping) else str(dataset.get("title") or "")
