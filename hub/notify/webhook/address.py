"""Which addresses a webhook may reach: decided on the resolved address, which is then the one that is connected to."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]
"""From a host name and a port to addresses as text. Raises OSError."""

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_V6 = IPv6Network("2000::/3")
"""All that is given out for the internet so far. Outside are also the forms that some network turns into IPv4 by itself."""
_SPECIAL_V6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Inside it, and no host of the internet: protocol assignments with Teredo, documentation, 6to4, documentation."""


class Pinned(NamedTuple):
    """The address to connect to."""

    address: str


class NotAllowed(NamedTuple):
    """Why a host may not be reached, for people."""

    reason: str


def judge(address: Ip, allowed: Sequence[Network]) -> str:
    """Empty where `address` may be reached, else a name of what is wrong with it: `private`, `loopback`, `link_local`…"""
    inner = _inner(address)
    if any(each in network for each in (address, inner) for network in allowed if each.version == network.version):
        return ""
    tests = (
        ("loopback", inner.is_loopback),
        ("link_local", inner.is_link_local),
        ("multicast", inner.is_multicast),
        ("unspecified", inner.is_unspecified),
        ("private", not _is_public(inner)),
    )
    return next((name for name, hit in tests if hit), "")


def pin(host: str, port: int, resolve: Resolve, allowed: Sequence[Network]) -> Pinned | NotAllowed:
    """Resolve once and check every address: one that is not allowed condemns the host, so that no answer can hide another.
    Raises OSError where the name cannot be resolved."""
    found = resolve(host, port)
    if not found:
        raise OSError(f"{host} has no address")
    for text in found:
        wrong = judge(ip_address(text.partition("%")[0]), allowed)
        if wrong:
            return NotAllowed(f"{host} is at a {wrong} address: allow its network under webhook.allow_private in the policy")
    return Pinned(found[0])


def _is_public(address: Ip) -> bool:
    """Whether it is a host's address in the internet."""
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_V6 and not any(address in network for network in _SPECIAL_V6) and address.is_global
    return address.is_global


def _inner(address: Ip) -> Ip:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is None and address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        return inside or address
    return address
