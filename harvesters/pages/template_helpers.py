"""Template helpers of the harvest pages, registered by the plugin's blanket."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.model import UPDATE_FREQUENCIES

from ckanext.harvesters.engine import corrections
from ckanext.harvesters.pages import absences, duplicates, words


def harvest_frequency_choices() -> list[dict[str, str]]:
    """Return how often a source can be read, as the form of a source offers it."""
    return [{"value": code, "text": words.frequency(code)} for code in UPDATE_FREQUENCIES]


def harvest_source_title(source: dict[str, Any]) -> str:
    """Return the title of a source as its form asks for it.

    ckanext-harvest lays what the settings say over the source it shows: the title in all languages over the plain one.
    """
    title = source.get("title") or ""
    package = model.Package.get(source.get("id")) if str(title).startswith("{") else None
    return (package.title or package.name) if package else str(title)


def harvest_gone(package_id: str) -> absences.Notice | None:
    """Return since when a dataset is gone at its source, for its page; None when it is not."""
    return absences.notice(package_id)


def harvest_corrected_fields(dataset: dict[str, Any]) -> list[str]:
    """Name the fields of a harvested dataset that people have corrected, in the reader's language."""
    return words.fields(dataset["type"], corrections.of_records([dataset["id"]]).get(dataset["id"], frozenset()))


def harvest_also_in(dataset: dict[str, Any]) -> list[duplicates.Elsewhere]:
    """Return where else a dataset is, for its page."""
    return duplicates.also_in(dataset)


def harvest_master(dataset: dict[str, Any]) -> duplicates.Master | None:
    """Return the dataset that a copy leads to, for the copy's page; None for what is no copy."""
    return duplicates.master(dataset)


#: How ckanext-harvest's validators begin what they say in English alone.
_TAKEN, _KIND, _OFTEN, _SETTINGS = (
    "There already is a Harvest Source",
    "Unknown harvester type",
    "Frequency ",
    "Error parsing the configuration options: ",
)


def harvest_source_mistake(message: str) -> str:
    """Say in the reader's language what a validator of ckanext-harvest says in English."""
    if message.startswith(_TAKEN):
        return tk._("There is already a source with this address and these settings.")
    if message.startswith(_KIND):
        return tk._("Choose a kind of portal from the list.")
    if message.startswith(_OFTEN):
        return tk._("Choose from the list how often.")
    if message.startswith(_SETTINGS):
        return tk._("The settings are not right: {mistakes}").format(mistakes=message.removeprefix(_SETTINGS))
    return message
