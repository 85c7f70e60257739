"""Commands of the merged products and of the tables: ``ckan products …``, ``ckan tables …``."""

from __future__ import annotations

from click import Command

COMMANDS: list[Command] = []
