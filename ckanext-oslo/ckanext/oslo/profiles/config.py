"""The portal as CKAN's configuration and database describe it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select

from ckanext.oslo.profiles.portal import CC0, Body, Portal
from ckanext.oslo.vocabularies import LANGUAGES

PREFIX = "ckanext.oslo.catalogue."
CKAN_GUIDE = "https://docs.ckan.org/en/2.12/api/"
_LANGUAGE_IRI = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGE_CODES = {"nl": "NLD", "fr": "FRA", "en": "ENG"}


def portal_from_config(*, with_organizations: bool = True) -> Portal:
    """Describe the portal by the options ``ckanext.oslo.catalogue.*``, and its organizations by the database.

    Without organizations no question goes to the database: enough where the dataset has its own beside it.
    IRIs begin with ``ckanext.dcat.base_uri``, as ckanext-dcat's do, else with ``ckan.site_url``.
    """
    from ckan.plugins import toolkit  # The only import of CKAN among the profiles, with that of the model below.

    config = toolkit.config
    site_url = str(config.get("ckanext.dcat.base_uri") or config.get("ckan.site_url") or "").rstrip("/")
    default = str(config.get("ckan.locale_default") or LANGUAGES[0]).split("_")[0]
    titles = _texts(config, "title") or {default: str(config.get("ckan.site_title") or site_url)}
    described = str(config.get("ckan.site_description") or "")
    site = f"{site_url}/"
    email, page = _option(config, "contact.email"), _option(config, "contact.url")
    return Portal(
        site_url=site_url,
        titles=titles,
        descriptions=_texts(config, "description") or ({default: described} if described else titles),
        publisher=Body(
            names=_texts(config, "publisher.name") or titles,
            uri=_option(config, "publisher.uri"),
            url=_option(config, "publisher.url") or site,
            identifier=_option(config, "publisher.identifier"),
        ),
        contact=Body(
            names=_texts(config, "publisher.name") or titles, email=email, url=page or ("" if email else site)
        ),
        homepage=site,
        api_documentation=_option(config, "api_documentation") or CKAN_GUIDE,
        license=_option(config, "license") or CC0,
        languages=tuple(_LANGUAGE_IRI + _LANGUAGE_CODES[tag] for tag in titles if tag in _LANGUAGE_CODES),
        spatial=tuple(toolkit.aslist(config.get(f"{PREFIX}spatial"))),
        issued=_option(config, "issued"),
        organizations=_organizations(default) if with_organizations else {},
    )


def _option(config: Mapping[str, object], name: str) -> str:
    return str(config.get(PREFIX + name) or "").strip()


def _texts(config: Mapping[str, object], name: str) -> dict[str, str]:
    return {language: text for language in LANGUAGES if (text := _option(config, f"{name}.{language}"))}


def _organizations(default_language: str) -> dict[str, Body]:
    """Give what is known of every organization, by id: one question to the database, however many there are."""
    from ckan import model
    from ckan.model.group import group_table

    kept = group_table.c
    rows = model.Session.execute(select(kept.id, kept.title, kept.name, kept.extras).where(kept.is_organization))
    return {group: _body({default_language: title or name}, extras or {}) for group, title, name, extras in rows}


def _body(titles: dict[str, str], extras: Mapping[str, str]) -> Body:
    try:
        translated = json.loads(extras.get("title_translated") or "{}")
    except ValueError:
        translated = {}
    return Body(
        names=translated if isinstance(translated, dict) and translated else titles,
        **{name: extras.get(name, "") for name in ("uri", "url", "email", "identifier")},
    )
