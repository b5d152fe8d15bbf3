"""Convert channels to schemas."""

from collections.abc import Sequence
from datetime import datetime

from api.channels.models import ChannelOut, ChannelWebhookOut, CheckResultOut, StaffGroupOut
from api.errors.problems import NotFound
from db.ids import ChannelId
from db.queries.channels import channels as queries
from db.queries.channels.whatsapp_sessions import list_link_statuses
from db.tables import Channel, LinkStatus
from desk.business_hours import is_open, load_hours
from desk.channels import ASKS_FOR_RATING, OFFLINE_MINUTES, REOPEN_MINUTES, TELLS_WHO_ANSWERS
from desk.messages.window import DEFAULT_WARNING_MINUTES, WARNING_SETTING
from desk.setup import check_results
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Credentials, Providers, Webhook
from desk.setup.sla_targets import get_targets
from desk.setup.staff_groups import get_groups
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


async def load_channel(uow: UnitOfWork, channel_id: ChannelId) -> Channel:
    """Load a channel; raises NotFound."""
    row = await queries.find_channel(uow.tx, channel_id)
    if row is None:
        raise NotFound
    return row


async def to_schema(
    uow: UnitOfWork,
    row: Channel,
    own: EnvironmentChannel,
    providers: Providers,
    public: PublicAddress,
) -> ChannelOut:
    """Convert one channel to its schema, with the agents that serve it and its link."""
    agents = await queries.list_agents_by_channel(uow.tx, [row.id])
    links = await list_link_statuses(uow.tx, [row.id])
    link = links.get(row.id)
    return build_schema(row, agents[row.id], link, own, providers, public, uow.now)


def webhook_to_schema(
    webhook: Webhook | None,
    channel_id: ChannelId,
    public: PublicAddress,
    credentials: Credentials | None = None,
) -> ChannelWebhookOut | None:
    """Describe a channel's webhook; with `credentials`, include the secret that was just made."""
    if webhook is None:
        return None
    path, secret = webhook.path_of(channel_id), webhook.secret
    shown_once = credentials[secret] if credentials is not None and secret is not None else None
    return ChannelWebhookOut(url=public.url_for(path), path=path, verify_token=shown_once)


def build_schema(
    row: Channel,
    agent_ids: Sequence[str],
    link_status: LinkStatus | None,
    own: EnvironmentChannel,
    providers: Providers,
    public: PublicAddress,
    now: datetime,
) -> ChannelOut:
    """Build the schema of a channel from its row."""
    provider = providers.by_kind.get(row.kind)
    hours = load_hours(row.opening_hours) if row.opening_hours else None
    return ChannelOut(
        id=row.id,
        kind=row.kind,
        external_id=row.external_id,
        name=row.name,
        username=row.settings.get("username"),
        icon_url=row.icon_url,
        is_active=row.is_active,
        from_environment=own.matches(row),
        has_credentials=row.credentials is not None,
        language=row.language or None,
        offline_policy=row.offline_policy,
        staff_mode=row.staff_mode,
        is_staff_bot=row.is_staff_bot,
        link_status=link_status,
        agent_ids=list(agent_ids),
        window_warning_minutes=row.settings.get(WARNING_SETTING, DEFAULT_WARNING_MINUTES),
        offline_minutes=row.settings.get(OFFLINE_MINUTES, 0),
        reopen_minutes=row.settings.get(REOPEN_MINUTES, 0),
        **get_targets(row),
        asks_for_rating=bool(row.settings.get(ASKS_FOR_RATING)),
        tells_who_answers=bool(row.settings.get(TELLS_WHO_ANSWERS)),
        ai_takeover=row.ai_takeover,
        ai_takeover_minutes=row.ai_takeover_minutes,
        ai_reply_limit=row.ai_reply_limit,
        staff_channel_id=row.staff_channel_id,
        staff_groups=staff_groups_to_schema(row),
        webhook=webhook_to_schema(provider.webhook, row.id, public) if provider else None,
        has_opening_hours=row.opening_hours is not None,
        is_open=hours is None or is_open(hours, now),
        last_check=[
            CheckResultOut.from_stored(each) for each in check_results.load_channel_checks(row)
        ],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def staff_groups_to_schema(row: Channel) -> list[StaffGroupOut]:
    """Convert a channel's staff groups to schemas, with the result of the last check of each."""
    results = check_results.load_group_checks(row)
    return [
        StaffGroupOut(
            id=each,
            last_check=CheckResultOut.from_stored(results[each]) if each in results else None,
        )
        for each in get_groups(row)
    ]
