"""Commands of the portal's own rooms: ``ckan municipalities …``."""

from __future__ import annotations

from click import Command

COMMANDS: list[Command] = []
