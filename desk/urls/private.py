"""Keeps what users have us call away from our own network.

The address is looked at when the connection is made, so it does not matter what name led to it, or
what that name meant a moment ago.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

# IPv6 addresses that carry an IPv4 one, which is where they lead: NAT64.
_NAT64 = IPv6Network("64:ff9b::/96")
_LOW = 0xFFFFFFFF


class PrivateAddressError(OSError):
    """The name leads to an address that is nobody's business outside."""

    def __init__(self) -> None:
        super().__init__("a private address")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open Internet."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(found)


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address) and (carried := _embedded_ipv4(found)) is not None:
        return _is_public(carried)
    closed = (
        found.is_private,
        found.is_loopback,
        found.is_link_local,
        found.is_multicast,
        found.is_reserved,
        found.is_unspecified,
        isinstance(found, IPv6Address) and found.is_site_local,
    )
    return found.is_global and not any(closed)


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 one stands for."""
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def open_public_socket(info: Any) -> socket.socket:
    """Open a socket for one address of a connection; raises PrivateAddressError."""
    family, kind, protocol, _, place = info
    if not is_public(str(place[0])):
        raise PrivateAddressError
    return socket.socket(family=family, type=kind, proto=protocol)
