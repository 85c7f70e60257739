"""``ckan oslo``: vocabularies, checks and quality."""

from __future__ import annotations

import json

import click

from ckanext.oslo import tables
from ckanext.oslo.checking.commands import shapes, validate
from ckanext.oslo.feeds.commands import feed
from ckanext.oslo.importing.commands import import_, write_template
from ckanext.oslo.quality.commands import quality
from ckanext.oslo.vocabularies import licences
from ckanext.oslo.vocabularies.commands import vocabulary

__all__ = ["oslo"]


@click.group(short_help="Vocabularies, checks and quality.")
def oslo() -> None:
    """Work with vocabularies, check descriptions, measure their quality."""


oslo.add_command(vocabulary)
oslo.add_command(validate)
oslo.add_command(shapes)
oslo.add_command(quality)
oslo.add_command(feed)
oslo.add_command(import_)
oslo.add_command(write_template)


@oslo.command(short_help="Make or update this plugin's tables.")
def migrate() -> None:
    """Make or update this plugin's tables, as `ckan db upgrade -p oslo` does.

    CKAN finds a plugin's migrations by a path with /ckanext/ in it, which a source checkout of this project has not.
    """
    tables.migrate()


@oslo.command(name="licences")
def write_licences() -> None:
    """Print the licence register (config/licenses.json) that the licence vocabulary gives."""
    click.echo(json.dumps(licences.register(), ensure_ascii=False, indent=2))
