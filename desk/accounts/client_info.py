"""Where something was asked from."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client's address, and what it calls itself."""

    address: str
    user_agent: str

    @property
    def fingerprint(self) -> str:
        """Give what is kept of a client to know it again."""
        return hashlib.sha256(f"{self.address}\n{self.user_agent}".encode()).hexdigest()

    def to_audit_details(self) -> dict[str, str]:
        """Give what the audit log says of it."""
        return {"address": self.address, "user_agent": self.user_agent}
