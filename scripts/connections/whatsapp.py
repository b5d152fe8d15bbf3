"""The ways of one process to WhatsApp: numbers at the Cloud API, and those linked through WAHA."""

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
from scripts.connections.connections import Line, Lines


@dataclass(slots=True, eq=False, kw_only=True)
class CloudLine(Line):
    """How this process reaches one number at the Cloud API."""


@dataclass(slots=True, eq=False, kw_only=True)
class WahaLine(Line):
    """How this process reaches one number that is linked through WAHA."""

    client: WahaClient
    # Who looks after the link, in a process that works.
    keeper: SessionSupervisor | None = None


def cloud_maker(settings: Settings) -> Callable[[ServedChannel, Credentials], Line]:
    """Give a maker of lines to the Cloud API."""

    def make(channel: ServedChannel, credentials: Credentials) -> Line:
        token, number = credentials["access_token"], credentials["phone_number_id"]
        graph = GraphClient(settings.whatsapp_api_url, token, number, credentials.get("waba_id"))
        carrier = CloudSender(graph, settings.default_language)
        return CloudLine(
            channel=channel, credentials=credentials, carrier=carrier, close=carrier.close
        )

    return make


def waha_line(channel: ServedChannel, credentials: Credentials) -> Line:
    """Make a line to a WAHA server."""
    client = create_client(credentials)
    return WahaLine(
        channel=channel,
        credentials=credentials,
        carrier=WahaSender(channel.id, client),
        close=client.close,
        client=client,
    )


def hidden_ids(lines: Lines) -> LidResolver:
    """Ask the WAHA servers in use who is behind an id that hides a phone."""

    def client(channel_id: ChannelId) -> WahaClient | None:
        line = lines.get(channel_id)
        return line.client if isinstance(line, WahaLine) else None

    return LidResolver(client)


def link_changed(lines: Lines) -> Callable[[ChannelId], None]:
    """Have whoever looks after a number's link look at it now, if it is this process."""

    def wake(channel_id: ChannelId) -> None:
        line = lines.get(channel_id)
        if isinstance(line, WahaLine) and line.keeper is not None:
            line.keeper.signal.notify()

    return wake
