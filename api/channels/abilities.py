"""What each channel can do, for everyone who answers customers there."""

from datetime import timedelta

from pydantic import Field

from api.schemas.base import ResponseModel, Ulid
from db.ids import ChannelId
from db.tables import ChannelKind, MessageType
from desk.channels import ServedChannel
from desk.delivery.ports import ChannelCapabilities
from desk.media.limits import MAX_UPLOAD_BYTES
from desk.unit_of_work import UnitOfWork

_HOUR = timedelta(hours=1)
_FILE_TYPES = (
    MessageType.IMAGE,
    MessageType.VIDEO,
    MessageType.AUDIO,
    MessageType.VOICE,
    MessageType.FILE,
)


class ChannelAbilities(ResponseModel):
    """A channel's name, and what can be done in its conversations."""

    id: Ulid
    kind: ChannelKind
    name: str
    language: str = Field(description="the language of customers whose language is not known")
    can_edit: bool = Field(description="sent answers can be changed")
    can_delete: bool = Field(description="sent answers can be deleted in the customer's chat")
    can_react: bool = Field(description="customers see agents' reactions")
    shows_typing: bool = Field(description="customers see that an agent is typing")
    marks_read: bool = Field(description="customers see that their messages were read")
    has_buttons: bool = Field(description="buttons below a message are pressed there")
    has_templates: bool = Field(description="approved templates can be sent")
    can_write_first: bool = Field(
        description="a customer who has never written can be written to, by phone number"
    )
    reply_window_hours: float | None = Field(
        description="for how long after the customer's last message free answers are possible;"
        " null: always"
    )
    max_file_bytes: dict[MessageType, int] = Field(
        description="the largest file of each type; a type that is missing is sent as `file`"
    )


class ChannelAbilitiesList(ResponseModel):
    """The channels that are switched on, by name."""

    items: list[ChannelAbilities]


async def list_abilities(
    uow: UnitOfWork, capabilities: ChannelCapabilities
) -> ChannelAbilitiesList:
    """List the channels in service and what each of them can do."""
    served = [each for each in uow.channels if not each.is_staff_bot]
    served.sort(key=lambda each: (each.name.casefold(), each.id))
    return ChannelAbilitiesList(items=[_to_schema(each, capabilities) for each in served])


def _to_schema(channel: ServedChannel, capabilities: ChannelCapabilities) -> ChannelAbilities:
    traits, window = channel.traits, channel.traits.reply_window
    return ChannelAbilities(
        id=channel.id,
        kind=channel.kind,
        name=channel.name,
        language=channel.language,
        can_edit=capabilities.can_edit(channel.id),
        can_delete=capabilities.can_delete(channel.id),
        can_react=capabilities.can_react(channel.id),
        shows_typing=capabilities.shows_typing(channel.id),
        marks_read=traits.marks_read,
        has_buttons=traits.has_buttons,
        has_templates=capabilities.has_templates(channel.id),
        can_write_first=traits.phone_address is not None,
        reply_window_hours=None if window is None else window / _HOUR,
        max_file_bytes=_max_file_bytes(channel.id, capabilities),
    )


def _max_file_bytes(
    channel_id: ChannelId, capabilities: ChannelCapabilities
) -> dict[MessageType, int]:
    limits = {kind: capabilities.get_max_bytes(channel_id, kind) for kind in _FILE_TYPES}
    return {kind: min(most, MAX_UPLOAD_BYTES) for kind, most in limits.items() if most}
