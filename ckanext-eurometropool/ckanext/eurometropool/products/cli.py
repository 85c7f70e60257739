"""Commands of the merged products and of the tables: ``ckan products …``, ``ckan tables …``."""

from __future__ import annotations

import json

import click
from click import Command

from ckanext.eurometropool.products import config, dataset, schedule
from ckanext.eurometropool.products.errors import ProductError
from ckanext.eurometropool.products.refreshing import refresh
from ckanext.eurometropool.tables.cli import tables


@click.group()
def products() -> None:
    """Make and refresh the merged products of config/products."""


@products.command()
@click.option("--no-refresh", is_flag=True, help="Leave the first refresh to the job queue.")
def sync(no_refresh: bool) -> None:
    """Make each product's dataset what its definition says, refresh it, and see that it is refreshed from now on."""
    try:
        for product in config.products().values():
            changed = dataset.sync(product)
            click.echo(f"{product.name}: {'written' if changed else 'unchanged'}")
            if not no_refresh:
                _refresh(product.name)
            schedule.ensure(product)
    except ProductError as error:
        raise click.ClickException(str(error)) from error


@products.command("refresh")
@click.argument("names", nargs=-1)
def refresh_command(names: tuple[str, ...]) -> None:
    """Refresh products now: those named, else all."""
    try:
        for name in names or tuple(config.products()):
            _refresh(name)
    except ProductError as error:
        raise click.ClickException(str(error)) from error


@products.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_command(as_json: bool) -> None:
    """Name the products."""
    try:
        names = sorted(config.products())
    except ProductError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(names) if as_json else "\n".join(names))


def _refresh(name: str) -> None:
    summary = refresh(config.product(name))
    if summary.skipped:
        click.echo(f"{name}: another refresh is under way")
        return
    click.echo(f"{name}: {summary.written} rows written, {summary.deleted} deleted")
    for source, text in summary.failures:
        click.echo(f"{name}: {source}: {text}", err=True)


COMMANDS: list[Command] = [products, tables]
