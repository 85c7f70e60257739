"""``ckan oslo import`` and ``ckan oslo template``."""

from __future__ import annotations

from pathlib import Path

import click
from ckan.plugins import toolkit

from ckanext.oslo.importing import run, template
from ckanext.oslo.importing.errors import SheetError
from ckanext.oslo.vocabularies import LANGUAGES

TYPES = ("dataset", "work", "mobility")


@click.command(name="import", short_help="Bring in many datasets from a spreadsheet.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--type", "dataset_type", type=click.Choice(TYPES), default=TYPES[0], show_default=True)
@click.option("--organization", help="Name of the organization of rows that name none.")
@click.option("--user", help="On whose behalf, with what they may do; by default the site's own.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
@click.option("--apply", "applied", is_flag=True, help="Add the datasets; without it nothing is saved.")
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    dataset_type: str,
    organization: str | None,
    user: str | None,
    language: str,
    *,
    applied: bool,
) -> None:
    """Check the rows of an XLSX or CSV FILE, and with --apply add a dataset for each: all of them, or none.

    The exit status is 1 when anything is wrong.
    """
    site = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    importer = run.Importer(user or site["name"], dataset_type, organization, ignore_auth=user is None)
    flask = context.meta["flask_app"]
    with flask.test_request_context(environ_overrides={"CKAN_LANG": language, "CKAN_CURRENT_URL": "/"}):
        try:
            with file.open("rb") as content:
                if applied:
                    report = run.bring_in(importer, file.name, content, language)
                else:
                    report, _said = run.rehearse(importer, file.name, content, language)
        except SheetError as error:
            raise click.ClickException(toolkit._(error.text).format(**error.parts)) from error
    for problem in report.problems:
        click.echo(f"row {problem.row}: {problem.column}: {problem.message}")
    if report.problems:
        click.echo(f"{len(report.titles)} rows, {len(report.problems)} problems. Nothing was saved.", err=True)
        raise click.exceptions.Exit(1)
    for name in report.made:
        click.echo(name)
    done = f"{len(report.made)} datasets added." if applied else "Nothing is wrong. Run again with --apply."
    click.echo(f"{len(report.titles)} rows. {done}", err=True)


@click.command(name="template", short_help="Write the spreadsheet to fill in.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--type", "dataset_type", type=click.Choice(TYPES), default=TYPES[0], show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def write_template(file: Path, dataset_type: str, language: str) -> None:
    """Write the template of a type of dataset to FILE, an XLSX or CSV file."""
    schema = toolkit.get_action("scheming_dataset_schema_show")({"ignore_auth": True}, {"type": dataset_type})
    if file.suffix.lower() == ".csv":
        content = template.comma_separated(schema)
    else:
        names = toolkit.get_action("organization_list")({"ignore_auth": True}, {})
        content = template.workbook(schema, language, names)
    file.write_bytes(content)
    click.echo(str(file))
