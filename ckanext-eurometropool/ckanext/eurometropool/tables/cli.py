"""Commands of the tables: ``ckan tables …``."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.eurometropool.tables import loading


@click.group()
def tables() -> None:
    """Load CSV files of datasets into the DataStore."""


@tables.command()
@click.argument("datasets", nargs=-1)
@click.option("--all", "every", is_flag=True, help="The files of all datasets.")
@click.option("--force", is_flag=True, help="Also files that did not change since they were loaded.")
def load(datasets: tuple[str, ...], every: bool, force: bool) -> None:
    """Load the CSV files of datasets, named by id or name."""
    if not datasets and not every:
        raise click.UsageError("Name a dataset, or say --all.")
    for name in _every_dataset() if every else datasets:
        try:
            done = loading.load(name, force=force)
        except tk.ObjectNotFound as error:
            raise click.ClickException(f"There is no dataset {name!r}.") from error
        for file in done:
            if file.trouble:
                click.echo(f"{name}: {file.resource_id}: not loaded: {file.trouble}", err=True)
            elif file.loaded is not None:
                click.echo(f"{name}: {file.resource_id}: {file.loaded} rows")


def _every_dataset() -> list[str]:
    query = model.Session.query(model.Package.name).filter(model.Package.state == model.State.ACTIVE)
    return [name for (name,) in query.filter(model.Package.type != "harvest").order_by(model.Package.name)]
