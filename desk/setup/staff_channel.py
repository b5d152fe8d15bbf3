"""The Telegram channel whose bot serves the staff groups of a channel without a bot."""

from db.ids import ChannelId
from db.queries.channels import channels as queries
from db.queries.conversations import staff_places
from db.tables import Channel
from desk.actors import Actor
from desk.audit import add_entry
from desk.setup.errors import InvalidValueError, NotPossibleError
from desk.unit_of_work import UnitOfWork

FIELD = "staff_channel_id"


def can_have_groups(uow: UnitOfWork, channel: Channel) -> bool:
    """Check whether a bot can serve staff groups of a channel: its own, or another one."""
    return channel.staff_channel_id is not None or _serves_staff(uow, channel)


def get_staff_channel_id(channel: Channel) -> ChannelId:
    """Return the channel whose bot serves a channel's staff groups: another one, or itself."""
    return channel.staff_channel_id or channel.id


async def choose_staff_channel(uow: UnitOfWork, wanted: ChannelId | None) -> Channel | None:
    """Find the wanted channel whose bot serves staff; otherwise the oldest active one, or any.

    Returns None if there is none. Raises InvalidValueError if the wanted one has no such bot.
    """
    if wanted is not None:
        found = await queries.find_channel(uow.tx, wanted)
        if found is None or not _serves_staff(uow, found):
            raise InvalidValueError(FIELD, "does not name a Telegram channel")
        return found
    bots = [each for each in await queries.list_all(uow.tx) if _serves_staff(uow, each)]
    return next((each for each in bots if each.is_active), bots[0] if bots else None)


async def change_staff_channel(
    uow: UnitOfWork, channel: Channel, wanted: ChannelId | None, *, by: Actor
) -> None:
    """Let another bot serve a channel's staff groups.

    Not possible once it has topics there: topics, cards and copies belong to the first bot. Raises
    InvalidValueError or NotPossibleError.
    """
    if _serves_staff(uow, channel):
        raise InvalidValueError(
            FIELD, "is only for channels without a bot: this channel has its own bot"
        )
    chosen = await choose_staff_channel(uow, wanted)
    if chosen is None or chosen.id == channel.staff_channel_id:
        return
    if await staff_places.has_any_topic(uow.tx, channel.id):
        raise NotPossibleError(
            "its staff groups have topics of conversations that belong to the current bot: another "
            "bot cannot take them over"
        )
    details = {FIELD: {"from": channel.staff_channel_id, "to": chosen.id}}
    channel.staff_channel_id = chosen.id
    await staff_places.change_staff_channel(uow.tx, channel.id, chosen.id)
    add_entry(uow, by, "channel.changed", f"channel:{channel.id}", details)


def _serves_staff(uow: UnitOfWork, channel: Channel) -> bool:
    return uow.channels.get_traits(channel.kind).serves_staff
