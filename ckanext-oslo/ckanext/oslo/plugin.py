"""The plugin that gives datasets their meaning: schemas, vocabularies and the checks of every field."""

from __future__ import annotations

from ckan import plugins
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit


class OsloPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Register what is in ``ckanext.oslo``."""

    plugins.implements(plugins.ITranslation)
