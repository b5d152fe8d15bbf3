"""Keep requests to URLs of users away from our own network.

The address is checked when the connection is made, so it does not matter which name led to it, or
what that name resolved to before.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

# IPv6 addresses (NAT64) that stand for an IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_MASK = 0xFFFFFFFF


class PrivateAddressError(OSError):
    """The name leads to an address that is not public."""

    def __init__(self) -> None:
        super().__init__("a private address")


def is_loopback(name: str) -> bool:
    """Check whether a host name or address is a loopback address."""
    if name == "localhost":
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Check whether an IP address is public."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(found)


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address) and (embedded := _embedded_ipv4(found)) is not None:
        return _is_public(embedded)
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
    """Return the IPv4 address that an IPv6 address stands for, if any."""
    if address in _NAT64:
        return IPv4Address(int(address) & _IPV4_MASK)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def open_public_socket(info: Any) -> socket.socket:
    """Open a socket for one address of a connection; raise PrivateAddressError."""
    family, kind, protocol, _, place = info
    if not is_public(str(place[0])):
        raise PrivateAddressError
    return socket.socket(family=family, type=kind, proto=protocol)
