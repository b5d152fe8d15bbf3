"""The plug-in of numbers at Meta's Cloud API."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.intake.webhook import build_cloud_routes
from bridge.cloud.limits import CLOUD_LIMITS
from bridge.cloud.receiving.receiver import CloudReceiver
from bridge.cloud.sending.sender import CloudSender
from bridge.cloud.setup.provider import CloudProvider
from bridge.cloud.traits import CLOUD_TRAITS
from db.tables import ChannelKind
from desk.channels import ServedChannel
from desk.plugins.connection import ChannelServices, Connection, SupervisedTask
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugin
from desk.setup.providers import Credentials
from desk.templates.sync import TemplateFetcher, sync_forever


def build_cloud_plugin(
    api_url: str, language: str, *, has_limits: bool
) -> ChannelPlugin[web.RouteDef]:
    """Build the plug-in for numbers at the Graph API at `api_url`; `language` is the staff's."""

    def connect(channel: ServedChannel, credentials: Credentials) -> CloudConnection:
        token, number = credentials["access_token"], credentials["phone_number_id"]
        graph = GraphClient(api_url, token, number, credentials.get("waba_id"))
        sender = CloudSender(graph, language)
        return CloudConnection(
            channel=channel, credentials=credentials, sender=sender, close=sender.close
        )

    return ChannelPlugin(
        kind=ChannelKind.WHATSAPP_CLOUD,
        provider=CloudProvider(api_url),
        connect=connect,
        build_receiver=lambda _connections: CloudReceiver(),
        build_routes=_build_routes,
        traits=CLOUD_TRAITS,
        limits=CLOUD_LIMITS if has_limits else None,
    )


def _build_routes(connections: Connections, services: ChannelServices) -> list[web.RouteDef]:
    return build_cloud_routes(
        connections.credentials,
        services.intake,
        services.metrics,
        services.bodies,
        is_known=services.channels.is_known,
    )


@dataclass(slots=True, eq=False, kw_only=True)
class CloudConnection(Connection):
    """How this process reaches one number at the Cloud API."""

    def list_tasks(self, services: ChannelServices) -> Iterator[SupervisedTask]:
        """List what fetches the number's templates."""
        name = f"templates:{self.channel.id}"
        yield SupervisedTask(name, self, partial(self._sync_templates, services))

    async def _sync_templates(self, services: ChannelServices) -> None:
        await services.leader_lock(f"templates:{self.channel.id}").acquire()
        templates = TemplateFetcher({self.channel.id: self.sender})
        await sync_forever(services.database, templates, self.channel)
