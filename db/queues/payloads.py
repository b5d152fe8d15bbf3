"""What the outbox asks for: one payload class for each `OutboxKind`, and their stored form.

A field with its default value is not stored, so that rows stay small.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, get_args

from db.content import Content
from db.ids import BroadcastId, ChannelId, MessageId, SessionId
from db.tables import OutboxKind

# Rows of buttons below a message; each button has a text, and the `data` that a press sends, or the
# address that it opens: a `url`, or a page inside the messenger (`web_app`, in private chats only).
Buttons = list[list[dict[str, str]]]


class _Payload:
    __slots__ = ()

    kind: ClassVar[OutboxKind]

    @property
    def refers_to(self) -> MessageId | None:
        """Return the message whose copies must be known before this is sent."""
        return None


@dataclass(frozen=True, slots=True)
class MessagePayload(_Payload):
    """Base of what becomes a new message in a conversation."""

    content: Content
    reply_to: MessageId | None = None

    @property
    def refers_to(self) -> MessageId | None:
        return self.reply_to


@dataclass(frozen=True, slots=True)
class AnswerPayload(MessagePayload):
    """Send the customer an agent's message."""

    kind: ClassVar = OutboxKind.ANSWER

    # One of several messages into which a long answer was split.
    is_part: bool = False
    # Choices below it; a press comes back as a message with the choice's data.
    buttons: Buttons = field(default_factory=list)
    # What opens the choices where they are a list; empty: the desk's own word.
    choose_label: str = ""
    # The broadcast that it belongs to.
    broadcast: BroadcastId | None = None


@dataclass(frozen=True, slots=True)
class NoticePayload(MessagePayload):
    """Send the customer a notice of the desk itself."""

    kind: ClassVar = OutboxKind.NOTICE

    buttons: Buttons = field(default_factory=list)
    # The waiting session whose place it says: where it stands is kept, to edit it there.
    place_of: SessionId | None = None


@dataclass(frozen=True, slots=True)
class CopyPayload(MessagePayload):
    """Show staff a message that was written elsewhere."""

    kind: ClassVar = OutboxKind.COPY

    # The agent who wrote it; None: the customer.
    by: str | None = None
    buttons: Buttons = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StaffNoticePayload(MessagePayload):
    """Send a notice to the conversation's topic."""

    kind: ClassVar = OutboxKind.STAFF_NOTICE

    buttons: Buttons = field(default_factory=list)
    # The provider's id of the message in the topic to reply to, instead of `reply_to`.
    reply_at: str | None = None


@dataclass(frozen=True, slots=True)
class EditPayload(_Payload):
    """Change the copies of a message, or what stands at one place."""

    kind: ClassVar = OutboxKind.EDIT

    content: Content
    message: MessageId | None = None
    # The provider's id of the message to change, if it is no copy of one of ours.
    at: str | None = None
    # Where it stands, outside any conversation.
    chat: str = ""
    topic: str | None = None
    buttons: Buttons = field(default_factory=list)
    # The agent who changed it; None: the customer.
    by: str | None = None
    # The file of the message is another one.
    replaces_file: bool = False
    # The topic itself gets another name, the text of `content`.
    whole_topic: bool = False

    @property
    def refers_to(self) -> MessageId | None:
        return self.message


@dataclass(frozen=True, slots=True)
class ReactionPayload(_Payload):
    """Set the reaction on the copies of a message; an empty `emoji` removes it."""

    kind: ClassVar = OutboxKind.REACTION

    message: MessageId
    emoji: str

    @property
    def refers_to(self) -> MessageId | None:
        return self.message


@dataclass(frozen=True, slots=True)
class DeletePayload(_Payload):
    """Delete the copies of a message, what stands at one place, or a whole topic."""

    kind: ClassVar = OutboxKind.DELETE

    message: MessageId | None = None
    # The provider's id of the message to delete, if it is no copy of one of ours.
    at: str | None = None
    # Where it stands, outside any conversation.
    chat: str = ""
    topic: str | None = None
    # The topic itself, with everything in it; `content` names a topic that can only be closed.
    whole_topic: bool = False
    content: Content | None = None

    @property
    def refers_to(self) -> MessageId | None:
        return self.message


@dataclass(frozen=True, slots=True)
class CardPayload(_Payload):
    """Show the conversation's card, a board or a topic's title, with its state when it is sent."""

    kind: ClassVar = OutboxKind.CARD

    # The staff group whose queue board it is, instead of a conversation's card.
    board: str = ""
    # It is the title of the conversation's topic, instead of the card.
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class PinPayload(_Payload):
    """Pin the conversation's card."""

    kind: ClassVar = OutboxKind.PIN


@dataclass(frozen=True, slots=True)
class GeneralPayload(_Payload):
    """Send a message to a chat, outside any conversation."""

    kind: ClassVar = OutboxKind.GENERAL

    content: Content
    chat: str
    topic: str | None = None
    # The channel whose QR code the picture shows.
    shows: ChannelId | None = None
    # The provider's id of the message there that it answers.
    reply_to: str | None = None
    buttons: Buttons = field(default_factory=list)
    # The person in a group who alone should see it, where the provider can do that; empty: all.
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class ButtonReplyPayload(_Payload):
    """Answer a press of a button; an `alert` must be closed by who pressed it."""

    kind: ClassVar = OutboxKind.BUTTON_REPLY

    callback: str
    text: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class SeenPayload(_Payload):
    """Show the customer that their messages were read."""

    kind: ClassVar = OutboxKind.SEEN


@dataclass(frozen=True, slots=True)
class MenuButtonPayload(_Payload):
    """Set the button beside the input field of a person's chat; without `address` it is removed."""

    kind: ClassVar = OutboxKind.MENU_BUTTON

    chat: str
    text: str = ""
    # The page that it opens.
    address: str = ""


CustomerPayload = AnswerPayload | NoticePayload | EditPayload | ReactionPayload | DeletePayload
StaffPayload = (
    CopyPayload | StaffNoticePayload | EditPayload | ReactionPayload | CardPayload | DeletePayload
)
# What may name its chat itself.
ChatPayload = GeneralPayload | EditPayload | DeletePayload
OutboxPayload = (
    CustomerPayload
    | StaffPayload
    | ChatPayload
    | PinPayload
    | ButtonReplyPayload
    | SeenPayload
    | MenuButtonPayload
)


@dataclass(frozen=True, slots=True)
class UnreadablePayload:
    """Stands for a stored payload that lacks a required part, or has one of another form.

    Its row is read like any other, so that it stops neither its lane nor other lanes, and is given
    up with the reason.
    """

    kind: OutboxKind
    stored: object
    reason: str

    @property
    def refers_to(self) -> MessageId | None:
        return None


StoredPayload = OutboxPayload | UnreadablePayload

# What erasing a client leaves of a payload. Such rows are settled: nobody decodes them.
NO_PAYLOAD: Mapping[str, Any] = {}

_CLASSES: dict[OutboxKind, type[OutboxPayload]] = {
    each.kind: each for each in get_args(OutboxPayload)
}


def _list_fields(payload_class: type[OutboxPayload]) -> tuple[tuple[str, object], ...]:
    """Return the names of a payload's fields, each with its default or MISSING."""
    return tuple(
        (
            each.name,
            each.default if each.default_factory is MISSING else each.default_factory(),
        )
        for each in fields(payload_class)
    )


_FIELDS = {kind: _list_fields(each) for kind, each in _CLASSES.items()}


def encode(payload: StoredPayload) -> dict[str, Any]:
    """Return the stored form of a payload."""
    if isinstance(payload, UnreadablePayload):
        return dict(payload.stored) if isinstance(payload.stored, Mapping) else {}
    stored = {
        name: value
        for name, default in _FIELDS[payload.kind]
        if (value := getattr(payload, name)) != default
    }
    if isinstance(content := stored.get("content"), Content):
        stored["content"] = content.to_json()
    return stored


def decode(kind: OutboxKind, stored: object) -> StoredPayload:
    """Return the payload that was stored for a row of this kind."""
    try:
        if not isinstance(stored, Mapping):
            raise TypeError("it is no object")
        return _decode(kind, stored)
    # Whatever a row contains must not stop the reading of all others.
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return UnreadablePayload(kind, stored, f"{type(error).__name__}: {error}")


def _decode(kind: OutboxKind, stored: Mapping[str, Any]) -> OutboxPayload:
    values = {name: stored[name] for name, _ in _FIELDS[kind] if name in stored}
    if values.get("content") is not None:
        values["content"] = Content.from_json(values["content"])
    elif ("content", MISSING) in _FIELDS[kind]:
        raise LookupError("content is missing")
    return _CLASSES[kind](**values)
