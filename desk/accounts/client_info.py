"""Describe the client that a request came from."""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

# Sizes of the networks that one household, office or provider's customer has.
_IPV4_NETWORK, _IPV6_NETWORK = 24, 56


def network_of(address: str) -> str:
    """Return the network of an address: guesses from there count together."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    size = _IPV4_NETWORK if isinstance(found, IPv4Address) else _IPV6_NETWORK
    return str(ip_network(f"{found}/{size}", strict=False))


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client's address, and its user agent."""

    address: str
    user_agent: str

    @property
    def fingerprint(self) -> str:
        """Return a hash that recognizes the same client again."""
        return hashlib.sha256(f"{self.address}\n{self.user_agent}".encode()).hexdigest()

    @property
    def network(self) -> str:
        """Return the network that the client is in."""
        return network_of(self.address)

    def to_audit_details(self) -> dict[str, str]:
        """Return the details for the audit log."""
        return {"address": self.address, "user_agent": self.user_agent}
