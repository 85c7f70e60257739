"""Which addresses the policy lets through."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from ckanext.oslo.fetch.addresses import Policy, embedded, kind_of

FORBIDDEN = {
    "0.0.0.0": "unspecified",  # noqa: S104
    "::": "unspecified",
    "127.0.0.1": "loopback",
    "127.8.9.10": "loopback",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "10.0.0.1": "private",
    "172.16.5.4": "private",
    "192.168.1.1": "private",
    "::ffff:192.168.1.1": "private",
    "fd00::1": "private",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "100.64.0.1": "not global",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "192.0.2.7": "private",
    "198.18.0.1": "private",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::": "link-local",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::10.0.0.1": "private",
    "fec0::1": "not global",
    "::7f00:1": "reserved",
    "2001:db8::1": "private",
}
PUBLIC = [
    "93.184.216.34",
    "2606:2800:220:1:248:1893:25c8:1946",
    "64:ff9b::93.184.216.34",
    "2002:5db8:d822::",
    "::ffff:93.184.216.34",
]


@pytest.mark.parametrize(("address", "kind"), FORBIDDEN.items())
def test_what_is_not_public_is_refused_whatever_form_it_has(address, kind):
    assert kind_of(embedded(ip_address(address))) == kind
    assert Policy().refusal("portal.example", 443, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address):
    assert Policy().refusal("portal.example", 443, address) is None


def test_a_scoped_address_is_judged_without_its_zone():
    assert Policy().refusal("portal.example", 443, "fe80::1%eth0")


def test_an_allowed_place_is_its_port_only():
    policy = Policy(allow=("127.0.0.1:8123",))
    assert policy.refusal("127.0.0.1", 8123, "127.0.0.1") is None
    assert policy.refusal("localhost", 8123, "127.0.0.1") is None
    assert policy.refusal("127.0.0.1", 5432, "127.0.0.1")
    assert policy.refusal("localhost", 8123, "127.0.0.2")


def test_an_allowed_name_may_live_in_the_own_network():
    policy = Policy(allow=("Replay.internal:8000", "[::1]:8001"))
    assert policy.refusal("replay.internal.", 8000, "172.18.0.4") is None
    assert policy.refusal("other.internal", 8000, "172.18.0.4")
    assert policy.refusal("::1", 8001, "::1") is None


def test_an_allowed_network_has_every_port():
    policy = Policy(allow=("10.1.0.0/16", "fd00:1::/32"))
    assert policy.refusal("geo.internal", 80, "10.1.200.3") is None
    assert policy.refusal("geo.internal", 8080, "fd00:1::5") is None
    assert policy.refusal("geo.internal", 80, "10.2.0.1")


@pytest.mark.parametrize("entry", ["localhost", "127.0.0.1", "host:http", ":80", "host:0", "10.0.0.0/99", "host:99999"])
def test_a_mistake_in_the_list_is_found_at_once(entry):
    with pytest.raises(ValueError, match=r"."):
        Policy(allow=(entry,))


@given(ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_inside_ipv6(address: IPv4Address):
    alone = Policy().refusal("portal.example", 80, str(address))
    number = int(address)
    for inside in (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::"):
        assert Policy().refusal("portal.example", 80, inside) == alone
