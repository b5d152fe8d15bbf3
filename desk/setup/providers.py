"""What setting a channel up asks of its provider: who the bot or number is, whether all is well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from db.ids import ChannelId
from db.tables import ChannelKind
from desk.setup.errors import NotPossibleError
from desk.setup.findings import CheckResult

Credentials = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """A bot or number as its provider knows it."""

    external_id: str
    title: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What was found of a channel, and of each of its staff groups."""

    channel: tuple[CheckResult, ...]
    groups: Mapping[str, CheckResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a provider calls us: at `path`, with the channel's id behind it.

    `secret` is the credential that a person enters at the provider beside the address; None: we
    tell the provider all of it ourselves.
    """

    path: str
    secret: str | None = None

    def path_of(self, channel_id: ChannelId) -> str:
        """Give the path of one channel."""
        return f"{self.path}/{channel_id}"


class Provider(Protocol):
    """One kind of channel's provider."""

    @property
    def webhook(self) -> Webhook | None:
        """Where it calls us; None: nobody needs to know."""

    def complete(self, credentials: Credentials) -> Credentials:
        """Fill in what we make ourselves and was not given: secrets of webhooks, names.

        What is there already stays as it is.
        """

    async def identify(self, credentials: Credentials) -> Identity:
        """Return whose these credentials are.

        Raises InvalidCredentialsError or ProviderUnavailableError.
        """

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        """Ask whether all is well; that the provider is away is a finding too.

        `groups` are the staff groups of a bot that serves them, of others there are none. `webhook`
        is the address at which the provider should call the channel; None: PUBLIC_URL is not set.
        """


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers of the kinds of channels that can be set up."""

    by_kind: Mapping[ChannelKind, Provider]

    def __getitem__(self, kind: ChannelKind) -> Provider:
        """Give a kind's provider; raises NotPossibleError where this desk has none."""
        try:
            return self.by_kind[kind]
        except KeyError:
            raise NotPossibleError(f"channels of the kind {kind} cannot be set up here") from None
