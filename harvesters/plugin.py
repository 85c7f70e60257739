"""CKAN plugin ``harvesters``: the engine that runs harvest sources, its actions, its commands and its pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context

from ckanext.harvesters import cli
from ckanext.harvesters.duplicates import searching, standing
from ckanext.harvesters.engine.batch import note_new
from ckanext.harvesters.engine.queue import await_database
from ckanext.harvesters.logic import action, auth, corrections, duplicates, gone, membership, sources, validators
from ckanext.harvesters.pages import machines, template_helpers, views
from ckanext.oslo.blankets import public


@tk.blanket.actions(public(action, corrections, duplicates, gone, membership, sources))
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints([views.harvests, machines.machines])
@tk.blanket.cli(cli.get_commands)
@tk.blanket.config_declarations
@tk.blanket.helpers(template_helpers)
@tk.blanket.validators(public(validators))
class HarvestersPlugin(DefaultTranslation, p.ITranslation, p.SingletonPlugin):
    """Register the harvest engine with CKAN; the work is in the rooms it names.

    In ``ckan.plugins`` it stands before ``harvest``, whose pages it replaces.
    """

    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IForkObserver)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add the templates of the harvest pages and their style sheet."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "harvesters")

    def configure(self, config: CKANConfig) -> None:
        """Have the datasets that harvests add noted."""
        note_new()

    def before_fork(self) -> None:
        """Let a worker wait for the database before it begins a job."""
        await_database()

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Say where else a dataset is."""
        standing.show(pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Tell the index which dataset is a copy, and of which."""
        return searching.document(pkg_dict)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Leave copies out of searches that do not ask for them."""
        return searching.prepare(search_params)
