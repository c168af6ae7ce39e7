"""Which IP addresses are on the public internet, and which are inside a network. Pure arithmetic."""

from __future__ import annotations

import ipaddress

# global by their numbers, yet inside: cloud metadata (Oracle, Azure), the old 6to4 relays, documentation
_INSIDE = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2001:db8::/32", "3fff::/20")
]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Return whether a numeric address is public, and every IPv4 address that is embedded in an IPv6 one too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip in network for network in _INSIDE if network.version == ip.version):
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not ip.is_reserved
    if ip in _NAT64:
        return is_public(str(_last_four_bytes(ip)))
    # Pythons differ in whether 6to4 is global; what counts is where it leads
    is_global = ip.is_global or ip.sixtofour is not None
    return ip in _GLOBAL_UNICAST and is_global and all(is_public(str(inner)) for inner in _embedded(ip))


def _embedded(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return where a tunnel would lead: 6to4, Teredo (server and client), ISATAP.

    Mapped addresses, `::ffff:127.0.0.1`, are not global unicast.
    """
    inner = [ip.sixtofour] if ip.sixtofour else []
    inner += list(ip.teredo or ())
    if int(ip) >> 32 & 0xFFFFFFFF in _ISATAP:
        inner.append(_last_four_bytes(ip))
    return inner


def _last_four_bytes(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
