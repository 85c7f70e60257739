"""The pages on which stewards bring in many datasets: take a template, rehearse, add."""

from __future__ import annotations

from typing import IO, Any

from ckan.plugins import toolkit
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.oslo.forms.config import room_of
from ckanext.oslo.forms.waiting import NowhereError, Room, TooLargeError, TooManyError, Waiting
from ckanext.oslo.importing import run, sheets, template
from ckanext.oslo.importing.errors import CHOOSE, MANY, TOO_LONG, SheetError
from ckanext.oslo.vocabularies import LANGUAGES

importing = Blueprint("oslo_import", __name__, url_prefix="/oslo/import")

TYPES = ("dataset", "mobility", "work")
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@importing.before_request
def demand_access() -> None:
    """Let only those in who may add datasets."""
    try:
        toolkit.check_access("oslo_import", {"user": toolkit.current_user.name}, {})
    except toolkit.NotAuthorized:
        toolkit.abort(403, toolkit._("Sign in as a steward to bring in datasets."))


@importing.get("")
def start() -> str:
    """Show the form."""
    return _page({})


@importing.get("/template/<dataset_type>.<kind>")
def download(dataset_type: str, kind: str) -> Response:
    """Give the template of a type of dataset, in the reader's language."""
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type)
    if schema is None or kind not in ("xlsx", "csv"):
        return toolkit.abort(404, toolkit._("There is no such type of dataset."))
    names = [one["name"] for one in toolkit.h.organizations_available("create_dataset")]
    content = template.workbook(schema, _reader(), names) if kind == "xlsx" else template.comma_separated(schema)
    return Response(
        content,
        mimetype=_WORKBOOK if kind == "xlsx" else "text/csv",
        headers={"Content-Disposition": f'attachment; filename="{dataset_type}-{_reader()}.{kind}"'},
    )


@importing.post("")
def check_or_add() -> AnyResponse | str:
    """Rehearse an uploaded sheet; the button of a clean rehearsal adds what waits."""
    room = _room()
    asked = {
        "dataset_type": request.form.get("dataset_type", TYPES[0]),
        "organization": request.form.get("organization", ""),
    }
    if asked["dataset_type"] not in TYPES:
        return toolkit.abort(404, toolkit._("There is no such type of dataset."))
    importer = run.Importer(toolkit.current_user.name, asked["dataset_type"], asked["organization"] or None)
    try:
        waiting = _waiting(room)
        with room.opened(waiting.token) as file:
            return _answer(importer, waiting, file, asked, room)
    except SheetError as error:
        return _page({**asked, "refused": toolkit._(error.text).format(**error.parts)})


def _answer(
    importer: run.Importer, waiting: Waiting, file: IO[bytes], asked: dict[str, str], room: Room
) -> AnyResponse | str:
    shown = {**asked, "name": waiting.name, "token": waiting.token}
    if request.form.get("do") != "add":
        report, _said = run.rehearse(importer, waiting.name, file, _reader())
        return _page({**shown, "report": report})
    report = run.bring_in(importer, waiting.name, file, _reader())
    if report.made:
        room.let_go(waiting.token)
    return _page({**shown, "report": report, "token": "" if report.made else waiting.token})


def _waiting(room: Room) -> Waiting:
    """Give the sheet that was uploaded now, or that waits since the rehearsal. :raises SheetError: there is none."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        try:
            return room.keep(upload.stream, upload.filename, sheets.MOST_BYTES)
        except TooLargeError as error:
            raise SheetError(TOO_LONG, limit=sheets.MOST_BYTES // 1_000_000) from error
        except TooManyError as error:
            raise SheetError(MANY) from error
    found = room.find(request.form.get("token", ""))
    if found is None:
        raise SheetError(CHOOSE)
    return found


def _page(extra: dict[str, Any]) -> str:
    return toolkit.render("oslo/import.html", {"types": TYPES, "asked": extra})


def _reader() -> str:
    language = str(toolkit.h.lang() or "en").split("_")[0]
    return language if language in LANGUAGES else "en"


def _room() -> Room:
    try:
        return room_of(str(toolkit.current_user.id))
    except NowhereError:
        return toolkit.abort(503, toolkit._("This portal has no place for files."))
