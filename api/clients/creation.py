"""Create a client before they write."""

from api.access.caller import Caller
from api.clients.clients import build_detail, load_visible_client
from api.clients.models import ClientDetail, NewClient
from api.errors.problems import Conflict, ValidationFailed
from db.ids import ChannelId
from desk.channels import ServedChannel
from desk.clients.creation import AddressTakenError, create_client
from desk.phones import is_international, parse_typed
from desk.unit_of_work import UnitOfWork


async def create(uow: UnitOfWork, caller: Caller, body: NewClient) -> ClientDetail:
    """Create a client who has not written yet.

    With a WhatsApp channel they also get a contact and a conversation there, without a session.
    Their first message goes into it.
    """
    name = " ".join(body.name.split())
    if not name:
        raise ValidationFailed.field("name", "must not be blank", "blank")
    phone = parse_typed(body.phone, uow.default_region) if body.phone else None
    try:
        client_id = await create_client(
            uow,
            name,
            phone=phone,
            email=body.email,
            avatar_url=body.avatar_url,
            by=caller.actor,
            reached_on=None
            if body.channel_id is None
            else find_address(uow, body.channel_id, phone),
        )
    except AddressTakenError as error:
        raise Conflict(str(error)) from None
    return await build_detail(uow, caller, await load_visible_client(uow, caller, client_id))


def find_address(uow: UnitOfWork, channel_id: str, phone: str | None) -> tuple[ServedChannel, str]:
    """Return the channel and the client's address there; raise ValidationFailed."""
    if ChannelId(channel_id) not in uow.channels:
        raise ValidationFailed.field("channel_id", "is no channel in service", "unknown")
    channel = uow.channels[ChannelId(channel_id)]
    to_address = channel.traits.phone_address
    if to_address is None:
        reason = "customers of this channel must write first"
        raise ValidationFailed.field("channel_id", reason, "unsuitable")
    if phone is None:
        raise ValidationFailed.field("phone", "is required with channel_id", "missing")
    if not is_international(phone):
        raise ValidationFailed.field("phone", "needs its country code", "incomplete")
    return channel, to_address(phone)
