"""Where a request came from: whom to believe about the client's address."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from aiohttp import web

from api.routing.context import Network
from desk.accounts.client_info import ClientInfo

_MAX_USER_AGENT = 200


def read_client_info(request: web.Request, trusted: Sequence[Network]) -> ClientInfo:
    """Tell where a request came from.

    A trusted proxy is believed about whom it speaks for; what further proxies say, only as long as
    each of them is trusted: anybody can send an X-Forwarded-For.
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
    """Give an address in its one form; empty if it is none."""
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        # Without a zone: it means something on one machine alone, and may be as long as one likes.
        return str(found.ipv4_mapped or IPv6Address(int(found)))
    return str(found)


def _is_in_networks(address: str, networks: Sequence[Network]) -> bool:
    return bool(address) and any(ip_address(address) in network for network in networks)
