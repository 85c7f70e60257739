"""CKAN plugin ``harvesters``: the engine that runs harvest sources, its actions and its commands."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultTranslation

from ckanext.harvesters import cli
from ckanext.harvesters.logic import action, auth


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.cli(cli.get_commands)
@tk.blanket.config_declarations
class HarvestersPlugin(DefaultTranslation, p.ITranslation, p.SingletonPlugin):
    """Register the harvest engine with CKAN; the work is in the rooms it names."""
