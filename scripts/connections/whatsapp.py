"""Connections to WhatsApp: numbers at the Cloud API, and numbers linked through WAHA."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.sending.sender import CloudSender
from bridge.waha.client.client import WahaClient
from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.sending.sender import WahaSender
from bridge.waha.session.supervisor import SessionSupervisor
from bridge.waha.setup.provider import create_client
from db.ids import ChannelId
from desk.channels import ServedChannel
from desk.setup.providers import Credentials
from scripts.configuration.settings import Settings
from scripts.connections.connections import Connection, Connections


@dataclass(slots=True, eq=False, kw_only=True)
class CloudConnection(Connection):
    """How this process reaches one number at the Cloud API."""


@dataclass(slots=True, eq=False, kw_only=True)
class WahaConnection(Connection):
    """How this process reaches one number that is linked through WAHA."""

    client: WahaClient
    # Supervises the link; set in a worker only.
    session_supervisor: SessionSupervisor | None = None


def build_cloud_factory(settings: Settings) -> Callable[[ServedChannel, Credentials], Connection]:
    """Return a factory for connections to the Cloud API."""

    def make(channel: ServedChannel, credentials: Credentials) -> Connection:
        token, number = credentials["access_token"], credentials["phone_number_id"]
        graph = GraphClient(settings.whatsapp_api_url, token, number, credentials.get("waba_id"))
        sender = CloudSender(graph, settings.default_language)
        return CloudConnection(
            channel=channel, credentials=credentials, sender=sender, close=sender.close
        )

    return make


def open_waha_connection(channel: ServedChannel, credentials: Credentials) -> Connection:
    """Open a connection to a WAHA server."""
    client = create_client(credentials)
    return WahaConnection(
        channel=channel,
        credentials=credentials,
        sender=WahaSender(channel.id, client),
        close=client.close,
        client=client,
    )


def build_lid_resolver(connections: Connections) -> LidResolver:
    """Return a resolver that asks the WAHA servers in use for the phone behind a hidden id."""

    def client(channel_id: ChannelId) -> WahaClient | None:
        connection = connections.get(channel_id)
        return connection.client if isinstance(connection, WahaConnection) else None

    return LidResolver(client)


def build_link_waker(connections: Connections) -> Callable[[ChannelId], None]:
    """Return a function that wakes the supervisor of a number's link, if it runs here."""

    def wake(channel_id: ChannelId) -> None:
        connection = connections.get(channel_id)
        if isinstance(connection, WahaConnection) and connection.session_supervisor is not None:
            connection.session_supervisor.signal.notify()

    return wake
