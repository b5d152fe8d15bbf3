"""The plug-in of a kind of channel, and the plug-ins that a process has."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.channels import Channels, UnknownChannelError
from desk.limits.rate_limiter import NO_LIMITS, Limits, PerOwnerLimits
from desk.linking.ports import Linker, Linkers
from desk.plugins.connection import ChannelServices
from desk.plugins.connections import Connections, OpenConnection
from desk.receiving.ports import Receiver
from desk.setup.providers import Provider, Providers

# A route of the web server, which the desk does not know: the wiring says what it is.
RouteT = TypeVar("RouteT")


def _build_no_routes(_connections: Connections, _services: ChannelServices) -> Sequence[RouteT]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlugin(Generic[RouteT]):
    """Everything that a process needs to serve one kind of channel; the kind's room builds it."""

    kind: ChannelKind
    # Identifies bots or numbers and checks their health when they are set up.
    provider: Provider
    # Opens a connection, which has the sender, the background tasks and the readiness checks.
    # Raises KeyError or ValueError if the credentials are incomplete.
    connect: OpenConnection
    # Builds what handles the kind's inbox rows.
    build_receiver: Callable[[Connections], Receiver]
    # Builds the webhook routes; a kind that fetches its updates has none.
    build_routes: Callable[[Connections, ChannelServices], Sequence[RouteT]] = _build_no_routes
    traits: ChannelTraits = DEFAULT_TRAITS
    # None: its sends are not counted.
    limits: Limits | None = None
    # Links its numbers to a phone, if its traits say that they are linked.
    linker: Linker | None = None
    # What the operator calls its credentials.
    credentials_name: str = "credentials"


class ChannelPlugins(Generic[RouteT]):
    """The plug-ins of the kinds of channels that this program serves."""

    def __init__(self, plugins: Iterable[ChannelPlugin[RouteT]]) -> None:
        """Raise ValueError if two plug-ins are of the same kind."""
        listed = list(plugins)
        self._by_kind = {each.kind: each for each in listed}
        if len(self._by_kind) < len(listed):
            raise ValueError("two plug-ins are of the same kind of channel")
        self.traits = {each.kind: each.traits for each in listed}
        self.limited_kinds = {each.kind for each in listed if each.limits is not None}

    def __iter__(self) -> Iterator[ChannelPlugin[RouteT]]:
        return iter(self._by_kind.values())

    def find(self, kind: ChannelKind) -> ChannelPlugin[RouteT] | None:
        """Return the plug-in of a kind, or None if this program does not serve it."""
        return self._by_kind.get(kind)

    def build_connections(self) -> Connections:
        """Build the connections of a process; there are none yet."""
        return Connections({each.kind: each.connect for each in self})

    def build_receivers(self, connections: Connections) -> dict[ChannelKind, Receiver]:
        """Build the receiver of each kind."""
        return {each.kind: each.build_receiver(connections) for each in self}

    def build_routes(self, connections: Connections, services: ChannelServices) -> list[RouteT]:
        """Build the webhook routes of all kinds."""
        return [route for each in self for route in each.build_routes(connections, services)]

    def build_providers(self) -> Providers:
        """Return the provider of each kind."""
        return Providers({each.kind: each.provider for each in self})

    def build_linkers(self) -> Linkers:
        """Return the linker of each kind whose numbers are linked to a phone."""
        return Linkers({each.kind: each.linker for each in self if each.linker is not None})

    def build_limits(self, channels: Channels) -> PerOwnerLimits | None:
        """Return the rate limits that each bot's or number's provider sets, or None if all are off.

        Nothing is sent through an unknown channel, so it has no limits.
        """
        if not self.limited_kinds:
            return None

        def choose(owner: str) -> Limits:
            try:
                plugin = self.find(channels[ChannelId(owner)].kind)
            except UnknownChannelError:
                return NO_LIMITS
            return (plugin and plugin.limits) or NO_LIMITS

        return PerOwnerLimits(choose)
