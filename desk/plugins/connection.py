"""A connection to one bot or number: what a channel's room gives, and what it is given to work."""

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from db.database import Database
from desk.channels import Channels, ServedChannel
from desk.cluster.leader import LeaderLock
from desk.cluster.notify import Notifier
from desk.delivery.ports import ChannelSender
from desk.limits.body_reader import BodyReader
from desk.receiving.intake import Intake
from desk.setup.providers import Credentials
from desk.telemetry.metrics import Metrics
from desk.unit_of_work_factory import UnitOfWorkFactory
from desk.urls.private import is_loopback

# Raises an error if something that `/readyz` reports on does not work.
Check = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SupervisedTask:
    """A task that runs as long as it is wanted, and restarts when `depends_on` changes."""

    name: str
    depends_on: Hashable
    start: Callable[[], Coroutine[Any, Any, None]]
    # Whether it is an error when it ends by itself.
    runs_forever: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelServices:
    """What a process offers to the webhook routes and background tasks of its channels."""

    database: Database
    channels: Channels
    uow_factory: UnitOfWorkFactory
    intake: Intake
    metrics: Metrics
    # Reads the bodies of webhooks.
    bodies: BodyReader
    inbox_notifier: Notifier
    outbox_notifier: Notifier
    # Returns the lock for work that only one process may do, by its name.
    leader_lock: Callable[[str], LeaderLock]
    # SECRET_KEY, and the one before it while the key is changed.
    secret_keys: tuple[str, str | None]
    public_url: str | None
    # Returns where this process serves HTTP; empty when it does not.
    get_address: Callable[[], str]

    def find_base_url(self, server: str) -> str | None:
        """Return the base URL at which a provider's server reaches us; None if there is none.

        A server on this machine needs no public address.
        """
        base = self.public_url
        if base is None and is_loopback(server):
            base = self.get_address()
        return base.rstrip("/") if base else None


@dataclass(slots=True, eq=False, kw_only=True)
class Connection:
    """How this process reaches one bot or number."""

    channel: ServedChannel
    credentials: Credentials
    sender: ChannelSender
    close: Callable[[], Awaitable[None]]

    @property
    def checks(self) -> Mapping[str, Check]:
        """List this connection's checks for `/readyz`, by their names in the answer."""
        return {}

    def list_tasks(self, services: ChannelServices) -> Iterator[SupervisedTask]:
        """List what a worker runs for this connection while it is in use."""
        _ = services
        return iter(())
