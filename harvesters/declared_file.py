"""The file of declared sources as commands read it, and a stand-in server in the place of the portals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from ckanext.harvesters import config
from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.declaration import Declared
from ckanext.harvesters.engine.sources import protocol_names
from ckanext.harvesters.engine.synchronise import retire
from ckanext.oslo import fetch


def declared(file: Path | None) -> tuple[Declared, ...]:
    """Return the sources of a file, or of the configured one; ends the command with every mistake in it."""
    path = file or config.sources_file()
    if path is None:
        raise click.UsageError("Name a file, or set ckanext.harvesters.sources.")
    try:
        return declaration.load(path, protocol_names())
    except declaration.DeclarationError as error:
        for mistake in error.mistakes:
            click.echo(str(mistake), err=True)
        raise click.exceptions.Exit(1) from error


def standing_in(sources: Sequence[Declared], replay: str) -> list[Declared]:
    """Return the sources whose portal a stand-in server has: recordings need not have them all.

    A server that does not say what it has is taken to have everything.
    """
    try:
        with fetch.from_config() as client:
            served = json.loads(client.get(f"{replay.rstrip('/')}/").content)["portals"]
    except (fetch.FetchError, ValueError, KeyError, TypeError):
        return list(sources)
    left_out = [one.name for one in sources if one.replay and one.replay.split("/")[1] not in served]
    if left_out:
        retire(left_out)
        click.echo(f"Without a stand-in, so left out: {', '.join(left_out)}", err=True)
    return [one for one in sources if one.name not in left_out]
