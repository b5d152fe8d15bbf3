"""Check server URLs that an administrator enters: any address but the cloud's metadata service.

WAHA usually runs beside us, so private addresses are allowed. The metadata addresses give the
machine's keys to any client, and no server of the operator's can be there.
"""

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

_METADATA = (
    IPv4Network("169.254.0.0/16"),
    IPv4Network("100.100.100.200/32"),
    IPv4Network("192.0.0.192/32"),
    IPv6Network("fe80::/10"),
    IPv6Network("fd00:ec2::/32"),
    IPv6Network("fd20:ce::/32"),
)
_METADATA_HOSTS = {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
_NAT64 = IPv6Network("64:ff9b::/96")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
# Numbers that some resolvers read as an address: 2852039166, 0xa9.0xfe.43518, 010.0.0.1.
_ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}")
_PORTS = {"http": 80, "https": 443}


class InvalidServerUrlError(ValueError):
    """The server URL cannot be used; the text says why."""


class MetadataAddressError(OSError):
    """A name leads to an address of the cloud's metadata service."""

    def __init__(self) -> None:
        super().__init__("an address of a cloud's metadata service: not connected")


def normalize_server_url(url: str) -> str:
    """Return a server URL in its stored form: lower case, no default port, no trailing slash.

    Raises InvalidServerUrlError if it is no http(s) URL, contains a user, or leads to the cloud's
    metadata service. A name is not resolved: see `open_checked_socket`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidServerUrlError("is not a server URL") from None
    if parts.scheme not in _PORTS:
        raise InvalidServerUrlError("must begin with http:// or https://")
    if "@" in parts.netloc:
        raise InvalidServerUrlError("contains a user name: use the API key instead")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise InvalidServerUrlError("contains more than a server and a path")
    if port == 0:
        raise InvalidServerUrlError("is not a server URL")
    path = parts.path.rstrip("/")
    if not _PATH.fullmatch(path) or "/.." in f"{path}/" or "/./" in f"{path}/":
        raise InvalidServerUrlError("contains an invalid path")
    host = _normalize_host(parts.hostname or "")
    where = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    return f"{parts.scheme}://{where}{path}"


def is_metadata_address(address: str) -> bool:
    """Check whether an IP address belongs to a cloud's metadata service."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and (embedded := _embedded_ipv4(found)) is not None:
        return is_metadata_address(str(embedded))
    return any(found.version == each.version and found in each for each in _METADATA)


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if any."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def open_checked_socket(info: Any) -> socket.socket:
    """Open a socket for one address of a connection; raise MetadataAddressError.

    For aiohttp's `socket_factory`: the address is checked, whatever name led to it.
    """
    family, kind, protocol, _, place = info
    if is_metadata_address(str(place[0])):
        raise MetadataAddressError
    return socket.socket(family=family, type=kind, proto=protocol)


def _normalize_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if "%" in host:  # an address with a network interface
        raise InvalidServerUrlError("is not a server URL")
    if ":" in host:
        return f"[{_normalize_ip(host)}]"
    if _ODD_NUMBER.fullmatch(host):
        return _normalize_ip(host)
    if len(host) > 253 or not _HOST.fullmatch(host):  # noqa: PLR2004 what DNS allows
        raise InvalidServerUrlError("is not a server URL")
    if host in _METADATA_HOSTS:
        raise InvalidServerUrlError("is an address of a cloud's metadata service")
    return host


def _normalize_ip(host: str) -> str:
    try:
        found = ip_address(host)
    except ValueError:
        raise InvalidServerUrlError("is not a server URL: write the address as 192.0.2.1") from None
    if is_metadata_address(str(found)):
        raise InvalidServerUrlError("is an address of a cloud's metadata service")
    return str(found)
