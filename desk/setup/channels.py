"""Channels: made, changed, switched off and on again while the desk runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from db.ids import AgentId, ChannelId, new_id
from db.queries.accounts.accounts import BoundAgent
from db.queries.channels import channels as queries
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.audit import add_entry
from desk.cluster.notify import Notifier
from desk.conversations.assignment import assign_waiting
from desk.messages.window import DEFAULT_WARNING_MINUTES, WARNING_SETTING
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.setup.providers import Credentials, Identity
from desk.unit_of_work import UnitOfWork
from desk.unserved_channels import wake_lanes

# What anybody may set on any channel, and nothing follows but what it says.
PLAIN_FIELDS = {
    "name",
    "language",
    "offline_policy",
    "ai_takeover",
    "ai_takeover_minutes",
    "ai_reply_limit",
}


async def lock_channel(uow: UnitOfWork, channel_id: ChannelId) -> Channel:
    """Read a channel for a change that no other overtakes; raises GoneError."""
    channel = await queries.find_channel(uow.tx, channel_id, lock=True)
    if channel is None:
        raise NotFoundError
    return channel


async def create_channel(
    uow: UnitOfWork,
    kind: ChannelKind,
    identity: Identity,
    credentials: str,
    *,
    name: str | None,
    by: BoundAgent,
    channel_id: ChannelId | None = None,
    staff_channel_id: ChannelId | None = None,
) -> Channel:
    """Make a channel of this bot or number, with sealed credentials; raises NotPossibleError.

    `staff_channel_id`: whose bot serves its staff groups, None: its own. `channel_id`: an id that
    was given out before, because its provider had to be told of it.
    """
    there = await queries.find_by_external_id(uow.tx, kind, identity.external_id)
    if there is not None:
        raise NotPossibleError(f"this bot or number already has a channel: {there.id}")
    channel = Channel(
        id=channel_id or ChannelId(new_id()),
        kind=kind,
        external_id=identity.external_id,
        name=name or identity.title,
        credentials=credentials,
        staff_channel_id=staff_channel_id,
        settings={"title": identity.title, "username": identity.username},
        created_at=uow.now,
    )
    uow.tx.add(channel)
    await uow.tx.flush()
    details = {"kind": kind.value, "external_id": identity.external_id, "name": channel.name}
    add_entry(uow, by, "channel.created", _subject(channel), details)
    return channel


def change_channel(
    uow: UnitOfWork, channel: Channel, values: Mapping[str, Any], *, by: BoundAgent
) -> None:
    """Set some of `PLAIN`; what is as it was is not written down."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        assert name in PLAIN_FIELDS  # noqa: S101 callers name fields, not users
        was = getattr(channel, name)
        if was != value:
            changed[name] = {"from": was, "to": value}
            setattr(channel, name, value)
    if changed:
        add_entry(uow, by, "channel.changed", _subject(channel), changed)


def set_window_warning(uow: UnitOfWork, channel: Channel, minutes: int, *, by: BoundAgent) -> None:
    """Set how long before the window for free answers closes an agent is told; 0: not at all."""
    was = channel.settings.get(WARNING_SETTING, DEFAULT_WARNING_MINUTES)
    if was == minutes:
        return
    channel.settings = {**channel.settings, WARNING_SETTING: minutes}
    add_entry(
        uow,
        by,
        "channel.changed",
        _subject(channel),
        {WARNING_SETTING: {"from": was, "to": minutes}},
    )


async def set_active(uow: UnitOfWork, channel: Channel, *, on: bool, by: BoundAgent) -> None:
    """Switch a channel on or off; what waits for it stays, and goes on when it is on again.

    Raises NotPossibleError where there are no credentials to switch on with.
    """
    if channel.is_active is on:
        return
    if on and channel.credentials is None:
        raise NotPossibleError("this channel has no credentials yet: enter them first")
    channel.is_active = on
    add_entry(uow, by, f"channel.switched_{'on' if on else 'off'}", _subject(channel))
    await uow.tx.flush()
    if on:
        await wake_lanes(uow.tx, channel.id, uow.now)
        uow.channels = uow.channels.with_active(channel.id)
        await assign_waiting(uow)


async def set_agents(
    uow: UnitOfWork, channel: Channel, agent_ids: Collection[AgentId], *, by: BoundAgent
) -> None:
    """Have these agents serve a channel, empty: all of them; what waits there is given out.

    Raises InvalidValueError where one of them is nobody.
    """
    if unknown := set(agent_ids) - await queries.find_existing_agents(uow.tx, agent_ids):
        raise InvalidValueError("agent_ids", f"names an agent that does not exist: {min(unknown)}")
    was = await queries.list_agents_by_channel(uow.tx, [channel.id])
    if set(was[channel.id]) == set(agent_ids):
        return
    await queries.set_agents(uow.tx, channel.id, agent_ids)
    details = {"agents": {"from": sorted(was[channel.id]), "to": sorted(set(agent_ids))}}
    add_entry(uow, by, "channel.changed", _subject(channel), details)
    await assign_waiting(uow)


async def replace_credentials(
    uow: UnitOfWork, channel: Channel, identity: Identity, credentials: str, *, by: BoundAgent
) -> None:
    """Give a channel other credentials of the same bot or number; raises NotPossibleError."""
    if identity.external_id != channel.external_id:
        await _move_server(uow, channel, identity.external_id)
    channel.credentials = credentials
    add_entry(uow, by, "channel.credentials_changed", _subject(channel))


async def _move_server(uow: UnitOfWork, channel: Channel, external_id: str) -> None:
    """Have a linked number's channel follow its WAHA to another place; raises NotPossibleError.

    Which number is linked there is decided by who scans the code, not by where the server is.
    """
    if channel.kind is not ChannelKind.WHATSAPP_WAHA:
        raise NotPossibleError(
            "these are the credentials of another bot or number: create a separate channel for it"
        )
    there = await queries.find_by_external_id(uow.tx, channel.kind, external_id)
    if there is not None:
        raise NotPossibleError(f"this session already has a channel: {there.id}")
    channel.external_id = external_id


def save_webhook_secret(
    uow: UnitOfWork, channel: Channel, credentials: str, *, by: BoundAgent
) -> None:
    """Keep sealed credentials with another secret of the webhook in them."""
    channel.credentials = credentials
    add_entry(uow, by, "channel.webhook_secret_changed", _subject(channel))


def decrypt_credentials(channel: Channel, encryptor: Encryptor) -> Credentials:
    """Open a channel's credentials; raises NotPossibleError where there are none."""
    if channel.credentials is None:
        raise NotPossibleError("this channel has no credentials yet: enter them first")
    return encryptor.decrypt(channel.credentials)


def set_hours(
    uow: UnitOfWork, channel: Channel, hours: dict[str, Any] | None, *, by: BoundAgent
) -> None:
    """Set a channel's opening hours, read and found sound before; None: always open."""
    if channel.opening_hours == hours:
        return
    details = {"from": channel.opening_hours, "to": hours}
    channel.opening_hours = hours
    add_entry(uow, by, "channel.hours_changed", _subject(channel), details)


def _subject(channel: Channel) -> str:
    return f"channel:{channel.id}"


@dataclass(frozen=True, slots=True)
class ChannelChangeNotifier:
    """The bell that has channels read again."""

    notifier: Notifier

    def notify(self) -> None:
        """Ring; to be done when the change is committed."""
        self.notifier.notify()
