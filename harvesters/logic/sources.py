"""Actions on harvest sources as people make them: saved only when their portal can be read, and looked at before."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.lib.plugins import lookup_package_plugin, plugin_validate
from ckan.types import Action, Context, DataDict

from ckanext.harvesters.duplicates import standing
from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.sources import protocol_names
from ckanext.harvesters.logic import asking, schema, told_records


@tk.chained_action
def package_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Create a dataset; one that is a harvest source of ours must be readable."""
    standing.unsaid(data_dict)
    if data_dict.get("type") == "harvest":
        asking.check(context, data_dict, access="package_create")
    return original(context, data_dict)


def harvest_source_preview(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the first records of a source as they would arrive, before it is saved. Nothing is written.

    Takes what ``harvest_source_create`` takes, and for a saved source (``id``) what ``harvest_source_update`` takes;
    what those refuse is refused here, with the same errors. Reads for 20 seconds at most.

    :param lang: ``nl``, ``fr`` or ``en`` (optional, default: the language of the request)
    :type lang: string
    :returns: ``records`` (at most 20), each with ``guid``, ``url``, ``title`` and its language ``title_lang``,
        ``type``, ``languages`` of the texts, ``municipalities`` (``key`` and ``name``), ``files`` (how many) and their
        ``formats``, ``licences``, ``score`` (``points`` of 405, ``marks`` of 5 and the
        ``rating``; None for what is refused),
        ``out_of_scope`` (the rule, or None), ``refused`` and ``problems`` (as in ``harvest_report``);
        ``problems`` of pages and of the source; ``count``, ``refused``, ``out_of_scope`` and ``problem_count``;
        ``mean_score`` of the records that would arrive (points, None for none); ``total`` that the portal says it
        has; ``late`` (the time was over before) and ``whole`` (the source has no more than these)
    :rtype: dictionary
    """
    asked = schema.preview(data_dict)
    language = asked.pop("lang", None) or schema.language()
    tk.check_access("harvest_source_preview", context, asked)
    return told_records.first(context, *_validated(context, asked), language)


def _validated(context: Context, asked: DataDict) -> tuple[DataDict, dict[str, Any]]:
    """Return a source as saving would take it, and its settings. Raises ``ValidationError`` as saving does."""
    described: DataDict = {**asked, "type": "harvest"}
    plugin = lookup_package_plugin("harvest")
    reading = logic.fresh_context(context)
    if asked.get("id"):
        package = model.Package.get(asked["id"])
        if package is None or package.type != "harvest":
            raise tk.ObjectNotFound(tk._("Harvest source not found"))
        described["id"], reading["package"] = package.id, package
        using, name = plugin.update_package_schema(), "package_update"
    else:
        using, name = plugin.create_package_schema(), "package_create"
    _data, errors = plugin_validate(plugin, reading, dict(described), using, name)
    if errors:
        raise tk.ValidationError(errors)
    if described["source_type"] not in protocol_names():
        raise tk.ValidationError({"source_type": [tk._("Sources of this kind cannot be looked at before.")]})
    return described, declaration.settings(described.get("config") or "")
