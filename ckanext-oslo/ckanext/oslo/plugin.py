"""The plugin that gives datasets their meaning: schemas, vocabularies and the reading of every field."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.exceptions import CkanConfigurationException
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit
from ckan.types import SignalMapping

from ckanext.oslo import schema_files, template_helpers
from ckanext.oslo.blankets import public
from ckanext.oslo.checking import actions as checking_actions
from ckanext.oslo.checking import auth as checking_auth
from ckanext.oslo.checking import helpers as checking_helpers
from ckanext.oslo.checking.views import checking
from ckanext.oslo.feeds import due
from ckanext.oslo.feeds.views import feeds
from ckanext.oslo.forms import actions as forms_actions
from ckanext.oslo.forms import auth as forms_auth
from ckanext.oslo.forms import helpers as forms_helpers
from ckanext.oslo.forms.views import forms
from ckanext.oslo.importing.views import importing
from ckanext.oslo.logic import validators
from ckanext.oslo.quality import actions as quality_actions
from ckanext.oslo.quality import auth as quality_auth
from ckanext.oslo.quality import jobs as quality_jobs
from ckanext.oslo.quality import report_actions
from ckanext.oslo.quality.views import quality
from ckanext.oslo.vocabularies import config as vocabularies_config
from ckanext.oslo.vocabularies import use_refreshed


@toolkit.blanket.actions(public(checking_actions, quality_actions, report_actions, forms_actions, names=("oslo_",)))
@toolkit.blanket.auth_functions(public(checking_auth, quality_auth, forms_auth))
@toolkit.blanket.blueprints([checking, quality, feeds, forms, importing])
@toolkit.blanket.helpers(public(template_helpers, checking_helpers, forms_helpers))
@toolkit.blanket.validators(validators)
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class OsloPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Register what is in ``ckanext.oslo``."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.ISignal)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, and refuse to start with schemas that cannot work."""
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "oslo")
        use_refreshed(vocabularies_config.folder())
        schemas = importlib.import_module("ckanext.oslo.schemas")
        try:
            schema_files.check(Path(str(schemas.__file__)).parent)
        except schema_files.SchemaError as error:
            raise CkanConfigurationException(str(error)) from error

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Write a changed dataset for the feeds, while CKAN has it in its hands for the search index."""
        due.indexed(pkg_dict)
        return pkg_dict

    def get_signal_subscriptions(self) -> SignalMapping:
        """Measure what people change."""
        return {toolkit.signals.action_succeeded: [quality_jobs.changed]}
