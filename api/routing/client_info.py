"""Find out where a request came from, and which proxies to trust about it."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from aiohttp import web

from api.http.policy import Network
from desk.accounts.client_info import ClientInfo

_MAX_USER_AGENT = 200


def read_client_info(request: web.Request, trusted: Sequence[Network]) -> ClientInfo:
    """Return the client's address and user agent.

    X-Forwarded-For is read from right to left for as long as the sender is a trusted proxy, because
    anyone can send that header.
    """
    address = _normalize_address(request.remote or "")
    named = [
        name.strip()
        for line in request.headers.getall("X-Forwarded-For", ())
        for name in line.split(",")
    ]
    while named and _is_in_networks(address, trusted):
        before = _normalize_address(named.pop())
        if not before:
            break
        address = before
    agent = request.headers.get("User-Agent", "")[:_MAX_USER_AGENT]
    return ClientInfo(address or "unknown", agent.encode(errors="replace").decode())


def _normalize_address(text: str) -> str:
    """Return an address in its canonical form; empty when it is not an address."""
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        # Drop the zone: it has a meaning on one machine only, and it may be of any length.
        return str(found.ipv4_mapped or IPv6Address(int(found)))
    return str(found)


def _is_in_networks(address: str, networks: Sequence[Network]) -> bool:
    return bool(address) and any(ip_address(address) in network for network in networks)
