"""The plugin that gives datasets their meaning: schemas, vocabularies and the reading of every field."""

from __future__ import annotations

import importlib
from pathlib import Path

from ckan import plugins
from ckan.common import CKANConfig
from ckan.exceptions import CkanConfigurationException
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit

from ckanext.oslo import schema_files, template_helpers
from ckanext.oslo.logic import validators


@toolkit.blanket.helpers(template_helpers)
@toolkit.blanket.validators(validators)
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class OsloPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Register what is in ``ckanext.oslo``."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(plugins.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, and refuse to start with schemas that cannot work."""
        toolkit.add_template_directory(config, "templates")
        schemas = importlib.import_module("ckanext.oslo.schemas")
        try:
            schema_files.check(Path(str(schemas.__file__)).parent)
        except schema_files.SchemaError as error:
            raise CkanConfigurationException(str(error)) from error
