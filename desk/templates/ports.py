"""What templates need of a channel."""

from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ProviderTemplate:
    """A template in one language, as the provider keeps it."""

    provider_id: str
    name: str
    language: str
    # In the provider's own word: APPROVED, PENDING, REJECTED, PAUSED and others.
    status: str
    category: str = ""
    # Header, body, footer, buttons, as the provider describes them.
    components: list[dict[str, Any]] = field(default_factory=list)
    # Its variables have names; otherwise they are numbered from 1.
    is_named: bool = False
    # Why it was rejected.
    reason: str | None = None


@runtime_checkable
class SupportsTemplates(Protocol):
    """A channel whose provider keeps templates; raises what desk/errors.py draws."""

    async def fetch_templates(self) -> list[ProviderTemplate]: ...
