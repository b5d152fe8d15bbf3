"""What templates need from a channel."""

from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ProviderTemplate:
    """A template in one language, as the provider stores it."""

    provider_id: str
    name: str
    language: str
    # The provider's own status: APPROVED, PENDING, REJECTED, PAUSED and others.
    status: str
    category: str = ""
    # Header, body, footer and buttons, as the provider describes them.
    components: list[dict[str, Any]] = field(default_factory=list)
    # Whether its variables have names; otherwise they are numbered from 1.
    is_named: bool = False
    # Why it was rejected.
    reason: str | None = None


@runtime_checkable
class SupportsTemplates(Protocol):
    """A channel whose provider stores templates; raises the errors of desk/errors.py."""

    async def fetch_templates(self) -> list[ProviderTemplate]: ...
