"""What the templates of the form ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo import vocabularies
from ckanext.oslo.checking import standards
from ckanext.oslo.forms import layout, summary
from ckanext.oslo.forms.config import most_bytes, room_of
from ckanext.oslo.forms.layout import FILES, Section
from ckanext.oslo.forms.waiting import NowhereError, Room
from ckanext.oslo.profiles import formats
from ckanext.oslo.reading import translations
from ckanext.oslo.vocabularies import LANGUAGES

Schema = Mapping[str, Any]
OFFERED_TO_COPY = 100
SHORT = 7
"""A list of so many is faster read than searched."""


@dataclass(frozen=True)
class FileBlock:
    """A file, link or service in the form. ``data`` and ``errors`` are by input name; ``address`` is that of a link.

    ``fields`` are folded; ``first`` are the fields of a service that stand open.
    """

    number: int | str
    service: bool
    title: str
    format: str
    id: str
    kept: str
    kept_name: str
    uploaded: str
    address: str
    removed: bool
    data: Mapping[str, Any]
    errors: Mapping[str, Any]
    first: tuple[Mapping[str, Any], ...]
    fields: tuple[Mapping[str, Any], ...]
    wrong: bool


OF_SERVICES = ("format", "endpoint_description")
"""Fields of a resource that stand open in the block of a service; the second is asked of no file."""
OF_FILES = frozenset({"download_url", "mimetype", "size", "hash", "hash_algorithm"})
"""Fields that are asked of no service: it is nothing one downloads."""


def oslo_form_data(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give a form's data, with the schema's ``form_default`` where nobody has said anything yet."""
    asked = [field["field_name"] for field in schema["dataset_fields"]]
    if any(layout.has(data, name) for name in asked if name != "owner_org"):
        return dict(data)
    defaults = {one["field_name"]: layout.default(one, schema["dataset_type"]) for one in schema["dataset_fields"]}
    return {**data, **{name: value for name, value in defaults.items() if value is not None}}


def oslo_form_sections(
    schema: Schema, data: Mapping[str, Any], errors: Mapping[str, Any], with_files: bool = True
) -> list[Section]:
    """Lay out a dataset's form: the sections of its schema, its files after the first."""
    errors = errors or {}
    found = layout.sections(schema["dataset_fields"], schema["dataset_type"], data, errors, _words)
    if with_files:
        files = [one for one in data.get("resources") or () if isinstance(one, Mapping) and not one.get("removed")]
        wrong = bool(errors.get("resources"))
        count = len(files)
        section = Section(FILES, toolkit._("Files"), "", (), (), False, wrong, count, max(count, 1))
        found.insert(1, section)
    return found


def oslo_file_sections(schema: Schema, data: Mapping[str, Any], errors: Mapping[str, Any]) -> list[Section]:
    """Lay out the form of one file."""
    return layout.sections(schema["resource_fields"], schema["dataset_type"], data, errors or {}, _words)


def oslo_form_errors(schema: Schema, errors: Mapping[str, Any], of_file: bool = False) -> list[summary.Mistake]:
    """List what is wrong with a form, each line leading to its input."""
    form = summary.Form(
        schema["resource_fields" if of_file else "dataset_fields"],
        schema["resource_fields"],
        _words,
        _first_language(),
        toolkit._("File {number}"),
    )
    return summary.mistakes(form, errors)


def oslo_form_files(schema: Schema, data: Mapping[str, Any], errors: Mapping[str, Any]) -> list[FileBlock]:
    """Give the files and services of a form: what was sent rather than what is stored."""
    wrong = (errors or {}).get("resources") or []
    room = _room()
    blocks = []
    for number, one in enumerate(data.get("resources") or ()):
        if isinstance(one, Mapping):
            said = wrong[number] if number < len(wrong) and isinstance(wrong[number], Mapping) else {}
            service = formats.is_asked(one) and one.get("url_type") != "upload" and not one.get("kept")
            blocks.append(_block(number, one, said, schema, room, service))
    return blocks


def oslo_form_empty_file(schema: Schema, number: int | str, *, service: bool = False) -> FileBlock:
    """Give the block of a file or service that is not there yet."""
    return _block(number, {}, {}, schema, None, service)


def oslo_form_services() -> list[dict[str, str]]:
    """Give the kinds of services to choose from, by the name that a resource keeps as its format."""
    offered = vocabularies.load("file_type").offered
    reader = _first_language()
    return [{"value": one.label("en"), "label": one.label(reader)} for one in offered if one.code in formats.SERVICES]


def oslo_form_lookup(lookup: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Give where a picker asks, from the schema's ``form_lookup``; None where the portal has no such action."""
    if not lookup:
        return None
    addresses = {}
    for name in ("list", "show"):
        action, _mark, query = str(lookup.get(name) or "").partition("?")
        if not action:
            continue
        try:
            toolkit.get_action(action)
        except KeyError:
            return None
        addresses[name] = toolkit.h.url_for("api.action", ver=3, logic_function=action, qualified=False) + f"?{query}"
    return {**lookup, **addresses}


def oslo_form_copies(dataset_type: str) -> list[dict[str, str]]:
    """Give the datasets of the reader's organizations that a new one may start from, the latest first."""
    organizations = [one["id"] for one in toolkit.h.organizations_available("create_dataset")]
    if not organizations:
        return []
    found = toolkit.get_action("package_search")(
        {"user": toolkit.current_user.name},
        {
            "fq": f"+dataset_type:{dataset_type} +owner_org:({' OR '.join(organizations)})",
            "rows": OFFERED_TO_COPY,
            "sort": "metadata_modified desc",
            "include_private": True,
            "facet": False,
        },
    )
    return [{"name": one["name"], "title": _title(one)} for one in found["results"]]


def oslo_form_drafts() -> list[dict[str, str]]:
    """Give the reader's own drafts, the latest first."""
    found = toolkit.get_action("package_search")(
        {"user": toolkit.current_user.name},
        {
            "fq": f"+state:draft +creator_user_id:{toolkit.current_user.id}",
            "include_drafts": True,
            "include_private": True,
            "rows": 20,
            "sort": "metadata_modified desc",
            "facet": False,
        },
    )
    return [{"id": one["id"], "type": one["type"], "title": _title(one)} for one in found["results"]]


def oslo_form_parts(fields: Sequence[Mapping[str, Any]]) -> list[layout.Part]:
    """Put neighbouring texts in several languages together."""
    return layout.parts(fields)


def oslo_form_most_megabytes() -> int:
    """Give how large a file may be."""
    return most_bytes() // 1_000_000


def oslo_profile_title(name: str) -> str:
    """Give the name of a profile as its standard has it."""
    standard = standards.STANDARDS.get(name)
    return standard.title if standard else name


def oslo_type_name(dataset_type: str) -> str:
    """Say what datasets of a type are about."""
    names = {"mobility": toolkit._("Mobility"), "work": toolkit._("Work")}
    return names.get(dataset_type, toolkit._("Anything else"))


def oslo_form_is_long(choices: list[Any]) -> bool:
    """Tell whether a list is long enough to be searched rather than read."""
    return len(choices) > SHORT


def oslo_form_words() -> dict[str, str]:
    """Give what the form's scripts say."""
    _ = toolkit._
    return {
        "remove": _("Remove {name}"),
        "removed": _("{name} removed."),
        "undo": _("Undo"),
        "chosen": _("{name} chosen."),
        "nothing": _("Nothing found"),
        "failed": _("The list does not answer. Try again, or fill in the fields yourself."),
        "choices": _("Choices"),
        "results": _("{count} found. Choose with the arrow keys."),
        "type": _("Type to search"),
        "empty": _("empty"),
        "accept": _("Take over"),
        "taken": _("Taken over: {name}."),
        "proposals": _("Read from your file"),
        "uploading": _("Uploading {name}: {percent} %"),
        "uploaded": _("{name} uploaded. It is saved together with the form."),
        "refused": _("The file could not be uploaded. Try again."),
        "rows_columns": _("{rows} rows, {columns} columns"),
        "columns": _("{columns} columns"),
        "features": _("{features} objects"),
        "format": _("File type: {value}"),
        "language": _("Language of the data: {value}"),
        "place": _("Place: {value}"),
        "box": _("Area: west {west}, south {south}, east {east}, north {north}"),
        "period": _("Period: {start} to {end}"),
        "columns_text": _("Columns: {value}"),
        "file": _("File {number}"),
        "service": _("Service {number}"),
        "box_wrong": _("West lies before east, and south before north."),
        "outside": _("Degrees run from -180 to 180 and from -90 to 90."),
        "period_wrong": _("The end lies before the beginning."),
        "drawn": _("Area drawn: west {west}, south {south}, east {east}, north {north}."),
        "kept": _("Kept in this browser at {time}."),
        "unsaved": _("On {time} you wrote something here that was not saved."),
        "thrown_away": _("Thrown away."),
        "nl": "Nederlands",
        "fr": "Français",
        "en": "English",
    }


def _first_language() -> str:
    """Give the language of the first input of a text: the reader's, or the portal's first."""
    reader = str(toolkit.h.lang() or "").split("_")[0]
    return reader if reader in LANGUAGES else LANGUAGES[0]


def _block(
    number: int | str,
    one: Mapping[str, Any],
    wrong: Mapping[str, Any],
    schema: Schema,
    room: Room | None,
    service: bool,
) -> FileBlock:
    prefix = f"resources__{number}__"
    texts = one.get("name_translated")
    named = translations.best(texts, _first_language()) if isinstance(texts, Mapping) else None
    waiting = room.find(str(one.get("kept") or "")) if room else None
    uploaded = str(one.get("url") or "").rsplit("/", 1)[-1] if one.get("url_type") == "upload" else ""
    address = "" if uploaded or waiting else str(one.get("url") or "")
    own = texts[named] if isinstance(texts, Mapping) and named else one.get(f"name_translated-{_first_language()}")
    asked = [field for field in schema["resource_fields"] if field.get("form_snippet", "") is not None]
    not_here = {"url", *OF_SERVICES, *OF_FILES} if service else {"url", "endpoint_description"}
    return FileBlock(
        number=number,
        service=service,
        title=str(own or (waiting.name if waiting else uploaded) or address or ""),
        format=str(one.get("format") or ""),
        id=str(one.get("id") or ""),
        kept=waiting.token if waiting else "",
        kept_name=waiting.name if waiting else "",
        uploaded=uploaded,
        address=address,
        removed=bool(one.get("removed")),
        data={prefix + str(name): value for name, value in one.items()},
        errors={prefix + str(name): said for name, said in wrong.items()},
        first=tuple(_named(prefix, field) for field in asked if service and field["field_name"] in OF_SERVICES),
        fields=tuple(_named(prefix, field) for field in asked if field["field_name"] not in not_here),
        wrong=bool(wrong),
    )


def _named(prefix: str, field: Mapping[str, Any]) -> dict[str, Any]:
    return {**field, "field_name": prefix + field["field_name"]}


def _title(dataset: Mapping[str, Any]) -> str:
    texts = dataset.get("title_translated")
    found = translations.best(texts, _first_language()) if isinstance(texts, Mapping) else None
    return str(texts[found] if isinstance(texts, Mapping) and found else dataset.get("title") or dataset["name"])


def _words(text: Any) -> str:
    return str(toolkit.h.scheming_language_text(text)) if text else ""


def _room() -> Room | None:
    try:
        return room_of(str(toolkit.current_user.id)) if toolkit.current_user.is_authenticated else None
    except NowhereError:
        return None
