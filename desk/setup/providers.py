"""What channel setup needs from a provider: the identity of the bot or number, and its health."""

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
    """The check results of a channel and of each of its staff groups."""

    channel: tuple[CheckResult, ...]
    groups: Mapping[str, CheckResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a provider calls us: at `path`, followed by the channel's id.

    `secret` is the credential that a person enters at the provider together with the address; None
    if we register the webhook at the provider ourselves.
    """

    path: str
    secret: str | None = None

    def path_of(self, channel_id: ChannelId) -> str:
        """Return the webhook path of one channel."""
        return f"{self.path}/{channel_id}"


class Provider(Protocol):
    """The provider of one kind of channel."""

    @property
    def webhook(self) -> Webhook | None:
        """Return where the provider calls us; None if it does not call."""

    def complete(self, credentials: Credentials) -> Credentials:
        """Fill in what is missing and what we generate ourselves: webhook secrets, names.

        Existing values stay as they are.
        """

    async def identify(self, credentials: Credentials) -> Identity:
        """Return the identity that these credentials belong to.

        Raises InvalidCredentialsError or ProviderUnavailableError.
        """

    async def disconnect(self, credentials: Credentials) -> None:
        """End what the provider does for a channel that is deleted: sessions, calls to us.

        What is gone already is no error. Raises SetupError.
        """

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        """Check the health of a channel; an unreachable provider is a check result, too.

        `groups` are the staff groups of a bot that serves them; other kinds have none. `webhook` is
        the address that the provider should call; None if PUBLIC_URL is not set.
        """


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers of the kinds of channels that can be set up."""

    by_kind: Mapping[ChannelKind, Provider]

    def __getitem__(self, kind: ChannelKind) -> Provider:
        """Return the provider of a kind; raise NotPossibleError if there is none here."""
        try:
            return self.by_kind[kind]
        except KeyError:
            raise NotPossibleError(f"channels of the kind {kind} cannot be set up here") from None
