"""The portal as its configuration and its organizations describe it."""

from __future__ import annotations

import pytest
from ckan.tests import factories

from ckanext.oslo.profiles.config import CKAN_GUIDE, portal_from_config

OPTIONS = "ckanext.oslo.catalogue."


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.ckan_config("ckanext.dcat.base_uri", "https://open.example/")
class TestPortal:
    @pytest.mark.ckan_config(f"{OPTIONS}title.nl", "Data")
    @pytest.mark.ckan_config(f"{OPTIONS}title.fr", "Données")
    @pytest.mark.ckan_config(f"{OPTIONS}title.en", "")
    @pytest.mark.ckan_config(f"{OPTIONS}contact.email", "data@open.example")
    @pytest.mark.ckan_config(f"{OPTIONS}contact.url", "")
    @pytest.mark.ckan_config(f"{OPTIONS}spatial", "http://a.example/1 http://a.example/2")
    def test_options_say_who_and_where(self) -> None:
        portal = portal_from_config(with_organizations=False)
        assert portal.site_url == "https://open.example"
        assert portal.titles == {"nl": "Data", "fr": "Données"}
        assert [iri.rsplit("/", 1)[-1] for iri in portal.languages] == ["NLD", "FRA"]
        assert (portal.contact.email, portal.contact.url) == ("data@open.example", "")
        assert portal.spatial == ("http://a.example/1", "http://a.example/2")

    @pytest.mark.ckan_config("ckan.site_title", "Somebody else’s CKAN")
    @pytest.mark.ckan_config("ckan.locale_default", "fr")
    def test_a_ckan_that_sets_nothing_has_a_catalogue_all_the_same(self, ckan_config: dict[str, str]) -> None:
        kept = {key: ckan_config[key] for key in list(ckan_config) if key.startswith(OPTIONS)}
        try:
            for key in kept:
                ckan_config[key] = ""
            portal = portal_from_config(with_organizations=False)
        finally:
            ckan_config.update(kept)
        assert portal.titles == portal.descriptions == portal.publisher.names == {"fr": "Somebody else’s CKAN"}
        assert portal.contact.url == portal.homepage == "https://open.example/"
        assert portal.api_documentation == CKAN_GUIDE
        assert portal.license.endswith("/CC0")

    @pytest.mark.usefixtures("clean_db", "clean_index")
    def test_organizations_come_with_their_names_and_numbers(self) -> None:
        made = factories.Organization(
            title_translated={"nl": "Stad Kortrijk", "fr": "Ville de Courtrai"},
            url="https://www.kortrijk.be/",
            identifier="0207494678",
        )
        plain = factories.Organization(title="Ath")
        found = portal_from_config().organizations
        assert found[made["id"]].names == {"nl": "Stad Kortrijk", "fr": "Ville de Courtrai"}
        assert found[made["id"]].url == "https://www.kortrijk.be/"
        assert found[made["id"]].identifier == "0207494678"
        assert set(found[plain["id"]].names.values()) == {"Ath"}
