"""CKAN plugin ``eurometropool``: municipalities, search, pages, merged products. The work is in the rooms it names."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from click import Command
from flask import Blueprint

from ckanext.eurometropool import cli
from ckanext.eurometropool.pages import template_helpers
from ckanext.eurometropool.pages.blueprints import BLUEPRINTS as PAGES


def _products(module: str) -> ModuleType | None:
    """Give a module of the products' room, or None in a portal without merged products."""
    name = f"ckanext.eurometropool.products.{module}"
    return import_module(name) if find_spec("ckanext.eurometropool.products") and find_spec(name) else None


def _blueprints() -> list[Blueprint]:
    views = _products("views")
    return [*PAGES, *(views.BLUEPRINTS if views else [])]


def _commands() -> list[Command]:
    products = _products("cli")
    return [*cli.COMMANDS, *(products.COMMANDS if products else [])]


@tk.blanket.config_declarations
@tk.blanket.helpers(template_helpers)
@tk.blanket.blueprints(_blueprints)
@tk.blanket.cli(_commands)
class EurometropoolPlugin(DefaultTranslation, p.SingletonPlugin):
    """Register the portal's rooms with CKAN."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        """Add the portal's templates, public files and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "eurometropool")
