"""``ckan oslo``: what can be made anew from the vocabularies."""

from __future__ import annotations

import json

import click

from ckanext.oslo.vocabularies import licences


@click.group(short_help="Vocabularies and schemas.")
def oslo() -> None:
    """Work with the vocabularies and schemas of ckanext-oslo."""


@oslo.command(name="licences")
def write_licences() -> None:
    """Print the licence register (config/licenses.json) that the licence vocabulary gives."""
    click.echo(json.dumps(licences.register(), ensure_ascii=False, indent=2))
