"""Create, change, switch on and switch off channels while the desk runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from db.ids import AgentId, ChannelId, new_id
from db.queries.channels import channels as queries
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.actors import Actor
from desk.audit import add_entry
from desk.channels import ASKS_FOR_RATING, OFFLINE_MINUTES, REOPEN_MINUTES, TELLS_WHO_ANSWERS
from desk.cluster.notify import Notifier
from desk.conversations.assignment import assign_waiting
from desk.events import ChannelChanged
from desk.messages.window import DEFAULT_WARNING_MINUTES, WARNING_SETTING
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.setup.providers import Credentials, Identity
from desk.unit_of_work import UnitOfWork
from desk.unserved_channels import wake_lanes

# Fields of any channel that can be set without further effects.
PLAIN_FIELDS = {
    "name",
    "language",
    "icon_url",
    "offline_policy",
    "staff_mode",
    "ai_takeover",
    "ai_takeover_minutes",
    "ai_reply_limit",
}

# Settings of a channel that are on or off.
SWITCHES = (ASKS_FOR_RATING, TELLS_WHO_ANSWERS)

# Settings of a channel in minutes, which are zero if nobody has set them.
DURATIONS = (OFFLINE_MINUTES, REOPEN_MINUTES)


async def lock_channel(uow: UnitOfWork, channel_id: ChannelId) -> Channel:
    """Lock a channel for a change; raise NotFoundError."""
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
    by: Actor,
    channel_id: ChannelId | None = None,
    staff_channel_id: ChannelId | None = None,
) -> Channel:
    """Create a channel of this bot or number, with encrypted credentials; raise NotPossibleError.

    `staff_channel_id` is the channel whose bot serves its staff groups; None means its own.
    `channel_id` is an id that was used before, because its provider needed it.
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
    _record(uow, by, "channel.created", channel, details)
    return channel


def change_channel(
    uow: UnitOfWork, channel: Channel, values: Mapping[str, Any], *, by: Actor
) -> None:
    """Set some of `PLAIN_FIELDS`; unchanged values are not audited."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        assert name in PLAIN_FIELDS  # noqa: S101 callers name fields, not users
        was = getattr(channel, name)
        if was != value:
            changed[name] = {"from": was, "to": value}
            setattr(channel, name, value)
    if changed:
        _record(uow, by, "channel.changed", channel, changed)


def set_window_warning(uow: UnitOfWork, channel: Channel, minutes: int, *, by: Actor) -> None:
    """Set how long before the reply window closes an agent is warned; 0 means never."""
    was = channel.settings.get(WARNING_SETTING, DEFAULT_WARNING_MINUTES)
    change_setting(uow, channel, WARNING_SETTING, was, minutes, by=by)


def set_duration(uow: UnitOfWork, channel: Channel, name: str, minutes: int, *, by: Actor) -> None:
    """Set one of `DURATIONS`."""
    assert name in DURATIONS  # noqa: S101 callers name settings, not users
    change_setting(uow, channel, name, channel.settings.get(name, 0), minutes, by=by)


def switch_setting(uow: UnitOfWork, channel: Channel, name: str, *, on: bool, by: Actor) -> None:
    """Switch one of `SWITCHES` on or off."""
    assert name in SWITCHES  # noqa: S101 callers name settings, not users
    change_setting(uow, channel, name, bool(channel.settings.get(name)), on, by=by)


def change_setting(
    uow: UnitOfWork, channel: Channel, name: str, was: object, value: object, *, by: Actor
) -> None:
    """Change a setting from what it was, or is if nobody has set it; audit it if it changes."""
    if was == value:
        return
    channel.settings = {**channel.settings, name: value}
    details = {name: {"from": was, "to": value}}
    _record(uow, by, "channel.changed", channel, details)


async def set_active(uow: UnitOfWork, channel: Channel, *, on: bool, by: Actor) -> None:
    """Switch a channel on or off; what waits for it stays, and continues when it is on again.

    Raises NotPossibleError if there are no credentials to switch it on with.
    """
    if channel.is_active is on:
        return
    if on and channel.credentials is None:
        raise NotPossibleError("this channel has no credentials yet: enter them first")
    channel.is_active = on
    _record(uow, by, f"channel.switched_{'on' if on else 'off'}", channel)
    await uow.tx.flush()
    if on:
        await wake_lanes(uow.tx, channel.id, uow.now)
        uow.channels = uow.channels.with_active(channel.id)
        await assign_waiting(uow)


async def set_agents(
    uow: UnitOfWork, channel: Channel, agent_ids: Collection[AgentId], *, by: Actor
) -> None:
    """Set the agents that serve a channel (empty: all), and assign the sessions that wait there.

    Raises InvalidValueError if one of them does not exist.
    """
    if unknown := set(agent_ids) - await queries.find_existing_agents(uow.tx, agent_ids):
        raise InvalidValueError("agent_ids", f"names an agent that does not exist: {min(unknown)}")
    was = await queries.list_agents_by_channel(uow.tx, [channel.id])
    if set(was[channel.id]) == set(agent_ids):
        return
    await queries.set_agents(uow.tx, channel.id, agent_ids)
    details = {"agents": {"from": sorted(was[channel.id]), "to": sorted(set(agent_ids))}}
    _record(uow, by, "channel.changed", channel, details)
    await assign_waiting(uow)


async def replace_credentials(
    uow: UnitOfWork, channel: Channel, identity: Identity, credentials: str, *, by: Actor
) -> None:
    """Replace a channel's credentials, for the same bot or number; raise NotPossibleError."""
    if identity.external_id != channel.external_id:
        await _move_server(uow, channel, identity.external_id)
    channel.credentials = credentials
    _record(uow, by, "channel.credentials_changed", channel)


async def _move_server(uow: UnitOfWork, channel: Channel, external_id: str) -> None:
    """Let a channel follow its server to another address; raise NotPossibleError."""
    if not uow.channels.get_traits(channel.kind).follows_server:
        raise NotPossibleError(
            "these are the credentials of another bot or number: create a separate channel for it"
        )
    there = await queries.find_by_external_id(uow.tx, channel.kind, external_id)
    if there is not None:
        raise NotPossibleError(f"this session already has a channel: {there.id}")
    channel.external_id = external_id


def save_webhook_secret(uow: UnitOfWork, channel: Channel, credentials: str, *, by: Actor) -> None:
    """Store encrypted credentials that have a new webhook secret."""
    channel.credentials = credentials
    _record(uow, by, "channel.webhook_secret_changed", channel)


def decrypt_credentials(channel: Channel, encryptor: Encryptor) -> Credentials:
    """Return a channel's decrypted credentials; raise NotPossibleError if it has none."""
    if channel.credentials is None:
        raise NotPossibleError("this channel has no credentials yet: enter them first")
    return encryptor.decrypt(channel.credentials)


def set_hours(
    uow: UnitOfWork, channel: Channel, hours: dict[str, Any] | None, *, by: Actor
) -> None:
    """Set a channel's opening hours, which are already validated; None means always open."""
    if channel.opening_hours == hours:
        return
    details = {"from": channel.opening_hours, "to": hours}
    channel.opening_hours = hours
    _record(uow, by, "channel.hours_changed", channel, details)


def _record(
    uow: UnitOfWork, by: Actor, action: str, channel: Channel, details: dict[str, Any] | None = None
) -> None:
    """Record a change in the audit log, and announce it."""
    add_entry(uow, by, action, f"channel:{channel.id}", details)
    uow.events.add(ChannelChanged(channel.id))


@dataclass(frozen=True, slots=True)
class ChannelChangeNotifier:
    """Notifies the processes to load the channels again."""

    notifier: Notifier

    def notify(self) -> None:
        """Notify; call it after the change is committed."""
        self.notifier.notify()
