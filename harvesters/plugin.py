"""CKAN plugin ``harvesters``: the engine that runs harvest sources, its actions, its commands and its pages."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation

from ckanext.harvesters import cli
from ckanext.harvesters.logic import action, auth, corrections, gone, public, sources
from ckanext.harvesters.pages import machines, template_helpers, views


@tk.blanket.actions(public(action, corrections, gone, sources))
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints([views.harvests, machines.machines])
@tk.blanket.cli(cli.get_commands)
@tk.blanket.config_declarations
@tk.blanket.helpers(template_helpers)
class HarvestersPlugin(DefaultTranslation, p.ITranslation, p.SingletonPlugin):
    """Register the harvest engine with CKAN; the work is in the rooms it names.

    In ``ckan.plugins`` it stands before ``harvest``, whose pages it replaces.
    """

    p.implements(p.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        """Add the templates of the harvest pages and their style sheet."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "harvesters")
