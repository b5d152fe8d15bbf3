"""How the API behaves towards the network."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How the API behaves towards the network, from the operator's settings."""

    # Web pages of these origins may call the API.
    cors_origins: frozenset[str] = frozenset()
    # Only these proxies are trusted about the client's address.
    trusted_proxies: tuple[Network, ...] = ()
    # Where browsers reach the desk, if the operator said so.
    public_url: str | None = None
