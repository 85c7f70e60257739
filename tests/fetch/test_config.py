"""The client as CKAN's configuration wants it."""

import pytest

from ckanext.oslo.fetch import Refused, from_config

OPTIONS = {
    "ckanext.oslo.fetch.allow": "127.0.0.1:8123 10.1.0.0/16",
    "ckanext.oslo.fetch.timeout": "7",
    "ckanext.oslo.fetch.max_bytes": "12345",
    "ckanext.oslo.fetch.user_agent": "example-portal",
}


@pytest.fixture
def configured(ckan_config, monkeypatch):
    """Set options for one test."""

    def configure(**options: str) -> None:
        for name, value in options.items():
            monkeypatch.setitem(ckan_config, name, value)

    return configure


def test_the_options_are_kept_to(configured):
    configured(**OPTIONS)
    with from_config() as client:
        assert client.policy.allow == ("127.0.0.1:8123", "10.1.0.0/16")
        assert (client.budget.seconds, client.budget.bytes) == (7.0, 12345)
        assert client.user_agent == "example-portal"


def test_without_options_nothing_private_is_reached_and_the_portal_says_who_it_is(configured):
    configured(**dict.fromkeys(OPTIONS, ""), **{"ckan.site_url": "https://data.example.eu"})
    with from_config() as client:
        assert client.budget.seconds == 120
        assert "https://data.example.eu" in client.user_agent
        with pytest.raises(Refused):
            client.get("http://127.0.0.1:8123/")


def test_a_mistake_in_the_list_is_told_with_the_entry(configured):
    configured(**{"ckanext.oslo.fetch.allow": "localhost"})
    with pytest.raises(ValueError, match="'localhost' is neither"):
        from_config()
