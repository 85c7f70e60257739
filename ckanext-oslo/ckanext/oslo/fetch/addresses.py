"""Which addresses may be reached: the policy, as data, without any I/O.

A URL says little about where a request ends: names resolve to private addresses, to another address the second time,
and IPv6 can carry an IPv4 address inside. So what is judged here is the address a socket is about to connect to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the IPv4 address stands in the last 32 bits. An IPv6-only network reaches the whole of IPv4 through it."""

CHECKS = ("unspecified", "multicast", "loopback", "link_local", "reserved", "private")


@dataclass(frozen=True)
class Policy:
    """What may be fetched: schemes, and exceptions to "public addresses only".

    ``allow`` names exceptions as ``host:port``, ``127.0.0.1:8080``, ``[::1]:8080`` (this place only, the port
    included) or as a network, ``10.1.0.0/16`` (every port in it). Raises ValueError for an entry that is neither.
    """

    schemes: frozenset[str] = frozenset({"http", "https"})
    allow: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        _ = self._places, self._networks

    def refusal(self, host: str, port: int, address: str) -> str | None:
        """Give the address that must not be reached, when this resolved one of ``host:port`` leads there; else None."""
        found = embedded(ip_address(address.partition("%")[0]))
        if (comparable(host), port) in self._places or (str(found), port) in self._places:
            return None
        if any(found.version == network.version and found in network for network in self._networks):
            return None
        return None if kind_of(found) == "public" else str(found)

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(entry, strict=False) for entry in self.allow if "/" in entry)

    @cached_property
    def _places(self) -> frozenset[tuple[str, int]]:
        return frozenset(places(entry for entry in self.allow if "/" not in entry))


def embedded(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one leads to (IPv4-mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def kind_of(address: Address) -> str:
    """Name what an address is for: ``public``, or the reason it is not (``loopback``, ``private``…)."""
    for kind in CHECKS:
        if getattr(address, f"is_{kind}"):
            return kind.replace("_", "-")
    # Carrier-grade NAT (100.64.0.0/10) is neither private nor global; IPv6 outside 2000::/3 is nobody's public place.
    if not address.is_global or (isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST):
        return "not global"
    return "public"


def comparable(host: str) -> str:
    """Give the form in which host names are compared: lower case, no brackets, no final dot; numbers normalised."""
    name = host.lower().rstrip(".").strip("[]")
    try:
        return str(ip_address(name))
    except ValueError:
        return name


def places(entries: Iterable[str]) -> Iterable[tuple[str, int]]:
    """Split ``host:port`` entries. Raises ValueError, naming the entry that is none."""
    for entry in entries:
        host, _, port = entry.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"{entry!r} is neither host:port nor a network like 10.1.0.0/16")
        yield comparable(host), int(port)
