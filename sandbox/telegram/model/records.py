"""The records of the world: people, bots, rooms, topics and files."""

from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.update_queue import UpdateQueue

GENERAL_THREAD = 1
# The icons that topics may have: custom emoji, by their id. Telegram offers more.
TOPIC_ICONS = {
    "5377316857231450742": "❓",
    "5417915203100613993": "💬",
    "5237699328843200968": "✅",
    "5433614043006903194": "📆",
    "5309832892262654231": "🤖",
    "5379748062124056162": "❗️",
    "5420216386448270341": "‼️",
    "5434144690511290129": "📰",
}
# The prefixes of the keys of changed records; a room's key is its `key`.
BOT = "bot"
PERSON = "person"
FILE = "file "
UPDATES = "updates "
RESET = "reset"
ADMINISTRATOR = "administrator"
CREATOR = "creator"
MEMBER = "member"
RESTRICTED = "restricted"
LEFT = "left"
KICKED = "kicked"


@dataclass(slots=True)
class Person:
    """A human account; `blocked` holds the ids of the bots it has blocked."""

    user: Json
    blocked: set[int] = field(default_factory=set)
    deactivated: bool = False


@dataclass(slots=True)
class Bot:
    """A bot account with its queue of updates and its webhook."""

    user: Json
    token: str
    queue: UpdateQueue
    last_message_id: int = 0
    webhook: Json = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    # Threaded mode: private chats with the bot have topics.
    has_topics_enabled: bool = False

    @property
    def id(self) -> int:
        return int(self.user["id"])


@dataclass(slots=True)
class Member:
    """A user's status in a group; `rights` are those that differ from the status's defaults."""

    status: str
    rights: Json = field(default_factory=dict)

    @property
    def is_inside(self) -> bool:
        return self.status not in {LEFT, KICKED}

    @property
    def is_admin(self) -> bool:
        return self.status in {ADMINISTRATOR, CREATOR}


@dataclass(slots=True)
class Topic:
    """A forum topic; its thread id is the id of the service message that opened it."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False
    hidden: bool = False
    deleted: bool = False
    root: Json | None = None


@dataclass(slots=True)
class Room:
    """A private chat with one bot, or a group; messages are never changed, only replaced."""

    chat: Json
    bot_id: int = 0
    messages: OrderedDict[int, Json] = field(default_factory=OrderedDict)
    last_message_id: int = 0
    topics: dict[int, Topic] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, dict[int, str]] = field(default_factory=dict)
    migrated_to: int = 0

    @property
    def id(self) -> int:
        return int(self.chat["id"])

    @property
    def is_private(self) -> bool:
        return self.bot_id > 0

    @property
    def is_supergroup(self) -> bool:
        return bool(self.chat["type"] == "supergroup")

    @property
    def is_forum(self) -> bool:
        return "is_forum" in self.chat

    @property
    def key(self) -> str:
        return f"{self.bot_id}:{self.id}"


def split_key(key: str) -> tuple[int, int]:
    """Return the (chat id, bot id) of a room's key."""
    bot_id, _, chat_id = key.partition(":")
    return int(chat_id), int(bot_id)


@dataclass(slots=True)
class StoredFile:
    """A file's bytes and message fields; `size` may be larger than the bytes."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    mime: str
    size: int
    data: bytes
    # The bots that may use this id: a file id belongs to one bot, or to those that saw the message.
    bots: list[int]
    fields: Json = field(default_factory=dict)


@dataclass(slots=True)
class Callback:
    """A pressed button that waits for its answer until `expires`."""

    id: str
    bot_id: int
    expires: float
    answer: Json | None = None
