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
class Place:
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
    place: Place
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
    lack: DeliveryError | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's ids of what a delivery became."""

    provider_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What the pinned card of a topic shows: label and value, line by line."""

    title: str
    lines: tuple[tuple[str, str], ...]
    buttons: Buttons = field(default_factory=list)


class Carrier(Protocol):
    """Brings messages to one channel; raises what desk/errors.py draws, and nothing else."""

    async def deliver(self, delivery: Delivery) -> Receipt: ...


@runtime_checkable
class SupportsAlbums(Protocol):
    async def deliver_album(self, deliveries: Sequence[Delivery]) -> list[Receipt]: ...


@runtime_checkable
class SupportsEdit(Protocol):
    async def edit(self, delivery: Delivery) -> Receipt: ...


@runtime_checkable
class SupportsDelete(Protocol):
    async def delete(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsReactions(Protocol):
    async def react(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsTyping(Protocol):
    async def show_typing(self, place: Place) -> None: ...


@runtime_checkable
class SupportsReadMarks(Protocol):
    """A channel that shows customers that what they said was read."""

    async def mark_read(self, place: Place) -> None: ...


@runtime_checkable
class SupportsButtons(Protocol):
    async def answer_button(self, delivery: Delivery) -> None: ...


@runtime_checkable
class SupportsTopics(Protocol):
    """A channel whose group has a topic for each conversation."""

    async def open_topic(self, chat: str, title: str) -> str: ...

    async def post_card(self, place: Place, card: Card) -> str: ...

    async def edit_card(self, place: Place, card_id: str, card: Card) -> None: ...

    async def pin(self, place: Place, provider_id: str) -> None: ...


@runtime_checkable
class SupportsErasure(Protocol):
    """A channel whose topics can be taken away for good."""

    async def delete_topic(self, place: Place, name: str) -> None: ...


class Abilities:
    """Tells what the carriers in use can do."""

    def __init__(self, carriers: Mapping[ChannelId, Carrier]) -> None:
        self._carriers = carriers

    def edits(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be changed there."""
        return isinstance(self._carriers.get(channel_id), SupportsEdit)

    def deletes(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be deleted there."""
        return isinstance(self._carriers.get(channel_id), SupportsDelete)
