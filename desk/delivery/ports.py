"""What delivery needs of a channel: one small interface, and optional capabilities beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from db.ids import ChannelId
from db.tables import OutboxKind, Side
from desk.content import Content
from desk.errors import DeliveryError
from desk.unit_of_work import Buttons


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something goes: a chat, and a topic of it."""

    chat: str
    topic: str | None = None
    # The provider's id of what the customer said last, where reading it is shown to them.
    last_inbound_id: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be done at a provider, with every id already looked up."""

    row_id: int
    kind: OutboxKind
    side: Side
    destination: Destination
    content: Content = field(default_factory=Content)
    # The provider's id of the message that this one answers.
    reply_to: str | None = None
    # The provider's ids of the copies that an edit, a reaction or a delete is about.
    targets: tuple[str, ...] = ()
    buttons: Buttons = field(default_factory=list)
    emoji: str = ""
    callback: str = ""
    alert: bool = False
    # What is to be deleted is the topic itself, with all that is in it; `content` is a name for
    # one that can only be closed.
    whole_topic: bool = False
    # The channel of the conversation that it belongs to.
    channel_id: ChannelId | None = None
    # The content's file on our own disk, where it does not stand at this provider already; or why
    # it could not be had (desk/delivery/file_transfer.py).
    file: Path | None = None
    file_error: DeliveryError | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider's ids of what a delivery became."""

    provider_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What the pinned card of a topic shows: label and value, line by line."""

    title: str
    lines: tuple[tuple[str, str], ...]
    buttons: Buttons = field(default_factory=list)


class ChannelSender(Protocol):
    """Brings messages to one channel; raises what desk/errors.py draws, and nothing else."""

    async def deliver(self, delivery: Delivery) -> SendResult: ...


@runtime_checkable
class SupportsAlbums(Protocol):
    async def deliver_album(self, deliveries: Sequence[Delivery]) -> list[SendResult]: ...


@runtime_checkable
class SupportsEdit(Protocol):
    async def edit(self, delivery: Delivery) -> SendResult: ...


@runtime_checkable
class SupportsDelete(Protocol):
    async def delete(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsReactions(Protocol):
    async def react(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsTyping(Protocol):
    async def show_typing(self, destination: Destination) -> None: ...


@runtime_checkable
class SupportsReadMarks(Protocol):
    """A channel that shows customers that what they said was read."""

    async def mark_read(self, destination: Destination) -> None: ...


@runtime_checkable
class SupportsButtons(Protocol):
    async def answer_button(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsTopics(Protocol):
    """A channel whose group has a topic for each conversation."""

    async def open_topic(self, chat: str, title: str) -> str: ...

    async def post_card(self, destination: Destination, card: Card) -> str: ...

    async def edit_card(self, destination: Destination, card_id: str, card: Card) -> None: ...

    async def pin(self, destination: Destination, provider_id: str) -> None: ...


@runtime_checkable
class SupportsErasure(Protocol):
    """A channel whose topics can be taken away for good."""

    async def delete_topic(self, destination: Destination, name: str) -> None: ...


class ChannelCapabilities:
    """Tells what the carriers in use can do."""

    def __init__(self, senders: Mapping[ChannelId, ChannelSender]) -> None:
        self._senders = senders

    def can_edit(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be changed there."""
        return isinstance(self._senders.get(channel_id), SupportsEdit)

    def can_delete(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be deleted there."""
        return isinstance(self._senders.get(channel_id), SupportsDelete)
