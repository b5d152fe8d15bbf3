"""Connections of this process to providers: one for each channel that is served."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channels import ServedChannel
from desk.delivery.ports import ChannelSender
from desk.plugins.connection import Check, Connection
from desk.setup.providers import Credentials

log = structlog.get_logger(__name__)

# Longer than any call takes, so that calls under way end well when a channel is switched off.
_CLOSE_AFTER = 60.0

OpenConnection = Callable[[ServedChannel, Credentials], Connection]


@dataclass(frozen=True, slots=True)
class _Retired:
    connection: Connection
    until: float


@dataclass(slots=True)
class Connections:
    """The connections in use, each opened by the plug-in of its kind.

    `opened` and `senders` also keep those just retired, until no call can be under way there;
    `credentials` hold only what is served.
    """

    by_kind: Mapping[ChannelKind, OpenConnection]
    opened: dict[ChannelId, Connection] = field(default_factory=dict)
    senders: dict[ChannelId, ChannelSender] = field(default_factory=dict)
    credentials: dict[ChannelId, Credentials] = field(default_factory=dict)
    _connections: dict[ChannelId, Connection] = field(default_factory=dict)
    _retired: list[_Retired] = field(default_factory=list)

    def all(self) -> list[Connection]:
        """List the connections in use."""
        return list(self._connections.values())

    def get(self, channel_id: ChannelId) -> Connection | None:
        """Return a channel's connection, or None if the channel is not served now."""
        return self._connections.get(channel_id)

    def can_serve(self, kind: ChannelKind) -> bool:
        """Check whether this program serves a kind of channel."""
        return kind in self.by_kind

    def replace(self, wanted: Iterable[tuple[ServedChannel, Credentials]]) -> bool:
        """Keep exactly one connection for each of these channels with its credentials.

        Returns whether any connection is new.
        """
        connections = {
            channel.id: connection
            for channel, credentials in wanted
            if (connection := self._get_or_open(channel, credentials)) is not None
        }
        for gone in [
            each
            for each in self._connections.values()
            if connections.get(each.channel.id) is not each
        ]:
            self._retired.append(_Retired(gone, time.monotonic() + _CLOSE_AFTER))
            self.credentials.pop(gone.channel.id, None)
        new = [
            connection
            for channel_id, connection in connections.items()
            if self._connections.get(channel_id) is not connection
        ]
        for connection in new:
            self._activate(connection)
        self._connections = connections
        return bool(new)

    def _activate(self, connection: Connection) -> None:
        channel_id = connection.channel.id
        self.opened[channel_id] = connection
        self.senders[channel_id] = connection.sender
        self.credentials[channel_id] = connection.credentials

    def _get_or_open(self, channel: ServedChannel, credentials: Credentials) -> Connection | None:
        known = self._connections.get(channel.id)
        if known is not None and known.credentials == credentials:
            known.channel = channel
            return known
        try:
            return self.by_kind[channel.kind](channel, credentials)
        except (KeyError, ValueError) as error:
            log.error(
                "channel.not_served", channel=channel.id, reason=f"the credentials have no {error}"
            )
            return None

    async def close_retired(self) -> None:
        """Close the connections that were retired long enough ago."""
        now = time.monotonic()
        due = [each.connection for each in self._retired if each.until <= now]
        self._retired = [each for each in self._retired if each.until > now]
        for connection in due:
            channel_id = connection.channel.id
            if self.opened.get(channel_id) is connection:
                del self.opened[channel_id], self.senders[channel_id]
            await connection.close()

    async def close(self) -> None:
        """Close every connection."""
        for connection in (
            *self._connections.values(),
            *(each.connection for each in self._retired),
        ):
            await connection.close()

    def checks(self) -> dict[str, Check]:
        """List every connection's checks for `/readyz`, by their names in the answer."""
        return {
            name: check
            for connection in self._connections.values()
            for name, check in connection.checks.items()
        }
