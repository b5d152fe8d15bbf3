"""What setting a channel up asks of its provider: who the bot or number is, whether all is well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from db.tables import ChannelKind
from desk.findings import Finding

Credentials = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """A bot or number as its provider knows it."""

    external_id: str
    title: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of a channel, and of each of its staff groups."""

    channel: tuple[Finding, ...]
    groups: Mapping[str, Finding] = field(default_factory=dict)


class Provider(Protocol):
    """One kind of channel's provider."""

    async def identify(self, credentials: Credentials) -> Identity:
        """Ask whose these credentials are; raises CredentialsRefusedError or ProviderAwayError."""

    async def examine(self, credentials: Credentials, groups: Sequence[str]) -> Examination:
        """Ask whether all is well; that the provider is away is a finding too."""


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers of the kinds of channels that can be set up."""

    by_kind: Mapping[ChannelKind, Provider]

    def __getitem__(self, kind: ChannelKind) -> Provider:
        return self.by_kind[kind]
