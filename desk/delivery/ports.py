"""What delivery needs from a channel: one small interface, and optional capabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from db.ids import ChannelId
from db.queues.payloads import Buttons
from db.tables import MessageType, OutboxKind, Side
from desk.content import Content
from desk.errors import DeliveryError
from desk.media.ports import SupportsMedia
from desk.templates.ports import SupportsTemplates


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a delivery goes: a chat, and optionally one of its topics."""

    chat: str
    topic: str | None = None
    # The provider's id of the customer's last message, if the channel shows customers what was
    # read.
    last_inbound_id: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One action at a provider, with all ids already looked up."""

    row_id: int
    kind: OutboxKind
    side: Side
    destination: Destination
    # The channel of the conversation.
    channel_id: ChannelId | None = None
    content: Content = field(default_factory=Content)
    # The provider's id of the message that this one replies to.
    reply_to: str | None = None
    # The provider's ids of the copies to edit, react to or delete.
    targets: tuple[str, ...] = ()
    # There are copies, but none in this chat: staff saw the message elsewhere.
    is_elsewhere: bool = False
    buttons: Buttons = field(default_factory=list)
    # The person in a group who alone should see it; empty: everybody there.
    receiver: str = ""
    # The customer's name stands above its words, because the chat has no topics.
    is_labelled: bool = False
    # What opens the buttons where they are a list; empty: the desk's own word.
    choose_label: str = ""
    # An edit gives the copy another file.
    replaces_file: bool = False
    emoji: str = ""
    callback: str = ""
    alert: bool = False
    # It is about the topic itself: it is deleted with everything in it, or gets another name.
    # `content` has that name, or one for a topic that can only be closed.
    whole_topic: bool = False
    # The content's file on our own disk, if this provider does not have it already; or the reason
    # why it is not available (desk/delivery/file_transfer.py).
    file: Path | None = None
    file_error: DeliveryError | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider's ids of the messages that a delivery created."""

    provider_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a topic's pinned card: label and value, line by line."""

    title: str
    lines: tuple[tuple[str, str], ...]
    buttons: Buttons = field(default_factory=list)
    # What was said before the card was posted, below the lines.
    history: str | None = None


class ChannelSender(Protocol):
    """Sends messages to one channel; raises only the errors of desk/errors.py."""

    async def deliver(self, delivery: Delivery) -> SendResult: ...


@runtime_checkable
class SupportsAlbums(Protocol):
    async def deliver_album(self, deliveries: Sequence[Delivery]) -> list[SendResult]: ...


@runtime_checkable
class SupportsEdit(Protocol):
    async def edit(self, delivery: Delivery) -> SendResult: ...


@runtime_checkable
class SupportsFileReplacement(Protocol):
    """A channel where a sent message can get another file."""

    async def replace_file(self, delivery: Delivery) -> None: ...


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
    """A channel that shows customers that their messages were read."""

    async def mark_read(self, destination: Destination) -> None: ...


@runtime_checkable
class SupportsButtons(Protocol):
    async def answer_button(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsMenuButton(Protocol):
    """A channel whose private chats have a button that opens a page of ours."""

    async def set_menu_button(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsTopics(Protocol):
    """A channel whose group has a topic for each conversation."""

    async def open_topic(self, chat: str, name: str, icon: str = "") -> str: ...

    async def post_card(self, destination: Destination, card: Card) -> str: ...

    async def edit_card(self, destination: Destination, card_id: str, card: Card) -> None: ...

    async def pin(self, destination: Destination, provider_id: str) -> None: ...


@runtime_checkable
class SupportsTopicNames(Protocol):
    """A channel whose topics can get another name, and the icon of an emoji."""

    async def rename_topic(self, destination: Destination, name: str, icon: str = "") -> None: ...


@runtime_checkable
class SupportsErasure(Protocol):
    """A channel whose topics can be deleted for good."""

    async def delete_topic(self, destination: Destination, name: str) -> None: ...


class ChannelCapabilities:
    """Knows what the channel senders in use can do."""

    def __init__(self, senders: Mapping[ChannelId, ChannelSender]) -> None:
        self._senders = senders

    def can_edit(self, channel_id: ChannelId) -> bool:
        """Check whether messages sent through a channel can be edited there."""
        return isinstance(self._senders.get(channel_id), SupportsEdit)

    def can_delete(self, channel_id: ChannelId) -> bool:
        """Check whether messages sent through a channel can be deleted there."""
        return isinstance(self._senders.get(channel_id), SupportsDelete)

    def can_react(self, channel_id: ChannelId) -> bool:
        """Check whether customers see reactions there."""
        return isinstance(self._senders.get(channel_id), SupportsReactions)

    def shows_typing(self, channel_id: ChannelId) -> bool:
        """Check whether customers see there that an agent is typing."""
        return isinstance(self._senders.get(channel_id), SupportsTyping)

    def has_templates(self, channel_id: ChannelId) -> bool:
        """Check whether the channel's provider stores templates."""
        return isinstance(self._senders.get(channel_id), SupportsTemplates)

    def get_max_bytes(self, channel_id: ChannelId, kind: MessageType) -> int | None:
        """Return the size of the largest file of this type; None if it has no such messages."""
        sender = self._senders.get(channel_id)
        accepted = sender.get_media_constraints(kind) if isinstance(sender, SupportsMedia) else None
        return None if accepted is None else accepted.max_bytes
