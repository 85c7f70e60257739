"""``ckan oslo validate`` and ``ckan oslo shapes``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jinja2
from ckan import model
from ckan.plugins import toolkit

from ckanext.oslo import fetch
from ckanext.oslo.checking import actions, catalogue, checks, config, fetching, standards
from ckanext.oslo.checking.errors import CheckingError
from ckanext.oslo.profiles.config import portal_from_config


@click.command(short_help="Check datasets or the catalogue against a profile.")
@click.argument("datasets", nargs=-1, metavar="[DATASET]…")
@click.option("--catalogue", "whole", is_flag=True, help="Check the catalogue with every public dataset.")
@click.option("--profile", type=click.Choice(standards.NAMES), help="By default that of each dataset's type.")
@click.option("--shapes", type=click.Path(path_type=Path, file_okay=False), help="Folder of official shapes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--html", "as_html", is_flag=True, help="Print a page.")
def validate(
    datasets: tuple[str, ...], profile: str | None, shapes: Path | None, *, whole: bool, as_json: bool, as_html: bool
) -> None:
    """Check datasets (ids or names), or the whole catalogue. The exit status is 1 when a profile is broken."""
    if bool(datasets) == whole:
        raise click.UsageError("Name datasets, or give --catalogue.")
    folder = shapes or config.shapes_folder()
    try:
        reports = list(_catalogue(profile, folder) if whole else _datasets(datasets, profile, folder))
    except CheckingError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False))
    elif as_html:
        click.echo(_page(reports))
    else:
        for one in reports:
            _print(one)
    if not all(one["conforms"] for one in reports):
        raise click.exceptions.Exit(1)


def _datasets(names: tuple[str, ...], profile: str | None, folder: Path | None) -> Iterator[dict[str, Any]]:
    portal = portal_from_config()
    for name in names:
        try:
            dataset = toolkit.get_action("package_show")({"ignore_auth": True}, {"id": name})
        except toolkit.ObjectNotFound as error:
            raise click.ClickException(f"There is no dataset {name}.") from error
        chosen = profile or standards.default_for(dataset)
        found = checks.check_dataset(dataset, chosen, portal, folder)
        yield {"dataset": dataset["name"], **actions.report(found, chosen, str(dataset["type"]))}


def _catalogue(profile: str | None, folder: Path | None) -> Iterator[dict[str, Any]]:
    chosen = standards.get(profile or standards.NAMES[0])
    rows = model.Session.query(model.Package.id).filter_by(state="active", private=False)
    ids = [row.id for row in rows.filter(model.Package.type.in_(catalogue.TYPES)).order_by(model.Package.id)]
    show = toolkit.get_action("package_show")
    loaded = (show({"ignore_auth": True}, {"id": one}) for one in ids)
    with click.progressbar(loaded, length=len(ids), label="Checking", file=click.get_text_stream("stderr")) as shown:
        for name, found in catalogue.check(shown, chosen, portal_from_config(), folder):
            yield {"dataset": name, **actions.report(found, chosen.name)}


def _print(one: dict[str, Any]) -> None:
    click.echo(
        f"{one['dataset']} · {standards.get(one['profile']).title}: "
        f"{one['errors']} errors, {one['warnings']} warnings, {one['hints']} hints"
    )
    for finding in one["findings"]:
        click.echo(f"  {finding['severity']:8}{finding['text']}  [{finding['rdf']['path'] or finding['rdf']['class']}]")


def _page(reports: list[dict[str, Any]]) -> str:
    template = Path(__file__).with_name("report.html").read_text(encoding="utf-8")
    page = jinja2.Environment(autoescape=True).from_string(template)
    return page.render(reports=reports, standards=standards.STANDARDS)


@click.group(short_help="The official shapes.")
def shapes() -> None:
    """Look at or fetch the official shapes of the profiles."""


@shapes.command(name="list")
def list_shapes() -> None:
    """Tell which official shapes are installed, and what each profile is checked with."""
    folder = config.shapes_folder()
    click.echo(f"Folder: {folder or '(set ckanext.oslo.shapes.folder or ckan.storage_path)'}")
    for standard in standards.STANDARDS.values():
        official = standards.OFFICIAL.get(standard.official)
        there = official is not None and standards.installed(official.name, folder)
        used = official.title if official and there else f"own shapes ({standard.own}.ttl)"
        click.echo(f"{standard.name:18}{used}")


@shapes.command(name="fetch")
@click.argument("names", nargs=-1, type=click.Choice(tuple(standards.OFFICIAL)))
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Instead of the configured one.")
def fetch_shapes(names: tuple[str, ...], folder: Path | None) -> None:
    """Fetch the official shapes; what cannot be fetched or read leaves the last good files as they are."""
    target = folder or config.shapes_folder()
    if target is None:
        raise click.UsageError("Give --folder, or set ckanext.oslo.shapes.folder.")
    failed = False
    with fetch.from_config() as client:
        for one in fetching.fetch_all(client, target, names):
            failed = failed or one.error is not None
            click.echo(f"{one.name}: {one.error or ('new' if one.changed else 'unchanged')}", err=one.error is not None)
    if failed:
        raise click.exceptions.Exit(1)
