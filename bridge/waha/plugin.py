"""The plug-in of numbers that are linked to a phone through a WAHA server."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bridge.waha.client.client import WahaClient
from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.intake.webhook import PATH, build_waha_routes
from bridge.waha.limits import WAHA_LIMITS
from bridge.waha.receiving.receiver import WahaReceiver
from bridge.waha.sending.sender import WahaSender
from bridge.waha.session.session_config import WebhookConfig
from bridge.waha.session.supervisor import SessionSupervisor
from bridge.waha.setup.linker import WahaLinker
from bridge.waha.setup.provider import WahaProvider, create_client
from bridge.waha.traits import WAHA_TRAITS
from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channels import ServedChannel
from desk.plugins.connection import ChannelServices, Connection, SupervisedTask
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugin
from desk.setup.providers import Credentials


def build_waha_plugin(*, has_limits: bool) -> ChannelPlugin[web.RouteDef]:
    """Build the plug-in; each channel's credentials name its server."""
    return ChannelPlugin(
        kind=ChannelKind.WHATSAPP_WAHA,
        provider=WahaProvider(),
        connect=_connect,
        build_receiver=lambda _connections: WahaReceiver(),
        build_routes=_build_routes,
        traits=WAHA_TRAITS,
        limits=WAHA_LIMITS if has_limits else None,
        linker=WahaLinker(),
    )


@dataclass(slots=True, eq=False, kw_only=True)
class WahaConnection(Connection):
    """How this process reaches one number that is linked through WAHA."""

    client: WahaClient
    # Supervises the link; set in a worker only.
    session_supervisor: SessionSupervisor | None = None

    def list_tasks(self, services: ChannelServices) -> Iterator[SupervisedTask]:
        """List what keeps the number linked."""
        name = f"link:{self.channel.id}"
        if self.session_supervisor is None:
            self.session_supervisor = self._build_supervisor(services, name)
        yield SupervisedTask(name, self, self.session_supervisor.run)

    def _build_supervisor(self, services: ChannelServices, name: str) -> SessionSupervisor:
        return SessionSupervisor(
            self.channel.id,
            self.client,
            services.database,
            self._build_hook(services),
            services.leader_lock(name),
            make_uow=services.uow_factory.create,
            outbox_notifier=services.outbox_notifier,
        )

    def _build_hook(self, services: ChannelServices) -> WebhookConfig | None:
        """Return where WAHA calls us; a WAHA on this machine needs no public address."""
        base = services.find_base_url(self.client.host.partition(":")[0])
        if base is None:
            return None
        return WebhookConfig(f"{base}{PATH}/{self.channel.id}", self.credentials["hmac_key"])


def _connect(channel: ServedChannel, credentials: Credentials) -> WahaConnection:
    client = create_client(credentials)
    return WahaConnection(
        channel=channel,
        credentials=credentials,
        sender=WahaSender(channel.id, client),
        close=client.close,
        client=client,
    )


def _build_routes(connections: Connections, services: ChannelServices) -> list[web.RouteDef]:
    def find(channel_id: ChannelId) -> WahaConnection | None:
        connection = connections.get(channel_id)
        return connection if isinstance(connection, WahaConnection) else None

    def find_client(channel_id: ChannelId) -> WahaClient | None:
        connection = find(channel_id)
        return None if connection is None else connection.client

    def wake_supervisor(channel_id: ChannelId) -> None:
        connection = find(channel_id)
        if connection is not None and connection.session_supervisor is not None:
            connection.session_supervisor.signal.notify()

    return build_waha_routes(
        connections.credentials,
        services.intake,
        services.metrics,
        services.bodies,
        lids=LidResolver(find_client),
        on_status=wake_supervisor,
    )
