"""Describe the client that a request came from."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client's address, and its user agent."""

    address: str
    user_agent: str

    @property
    def fingerprint(self) -> str:
        """Return a hash that recognizes the same client again."""
        return hashlib.sha256(f"{self.address}\n{self.user_agent}".encode()).hexdigest()

    def to_audit_details(self) -> dict[str, str]:
        """Return the details for the audit log."""
        return {"address": self.address, "user_agent": self.user_agent}
