"""The records of the world: people with phones, linked sessions, chats, messages, files."""

import asyncio
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json

STOPPED = "STOPPED"
STARTING = "STARTING"
SCAN_QR_CODE = "SCAN_QR_CODE"
PASSKEY_REQUIRED = "PASSKEY_REQUIRED"
PASSKEY_CONFIRMATION_REQUIRED = "PASSKEY_CONFIRMATION_REQUIRED"
WORKING = "WORKING"
FAILED = "FAILED"
STATUSES = (
    STOPPED,
    STARTING,
    SCAN_QR_CODE,
    PASSKEY_REQUIRED,
    PASSKEY_CONFIRMATION_REQUIRED,
    WORKING,
    FAILED,
)
# Names of the acks, by their number from -1 on.
ACKS = {-1: "ERROR", 0: "PENDING", 1: "SERVER", 2: "DEVICE", 3: "READ", 4: "PLAYED"}
ERROR, PENDING, SERVER, DEVICE, READ, PLAYED = ACKS
DESK = "desk"
CUSTOMER = "customer"
API = "api"
APP = "app"


@dataclass(slots=True)
class Person:
    """A customer's account; with `by_lid` chats use its hidden id."""

    phone: str
    name: str
    lid: str
    by_lid: bool = False
    # Sessions that this customer has blocked: their messages stay at WhatsApp's server.
    blocked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.lid}@lid" if self.by_lid else f"{self.phone}@c.us"


@dataclass(slots=True)
class StoredFile:
    """A file as it was received."""

    id: str
    session: str
    mimetype: str
    filename: str | None
    data: bytes


@dataclass(slots=True)
class Message:
    """One message of a chat between a customer and the linked number; `tail` is its own id."""

    tail: str
    chat_id: str
    from_desk: bool
    source: str
    at: float
    kind: str = "text"
    body: str = ""
    file: str | None = None
    location: Json | None = None
    vcards: list[str] = field(default_factory=list)
    reply_to: str | None = None
    ack: int = SERVER
    # The emoji of each side ("desk", "customer").
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    revoked: bool = False
    seen: bool = False

    @property
    def id(self) -> str:
        return f"{str(self.from_desk).lower()}_{self.chat_id}_{self.tail}"


@dataclass(slots=True)
class Chat:
    """The messages between a customer and a session."""

    session: str
    phone: str
    messages: dict[str, Message] = field(default_factory=dict)
    typing: bool = False


@dataclass(slots=True)
class Session:
    """A number that is, or is to be, linked; `me` is the account once a phone has scanned."""

    name: str
    config: Json = field(default_factory=dict)
    status: str = STOPPED
    # All statuses so far, oldest first, with times in milliseconds.
    statuses: list[Json] = field(default_factory=list)
    me: Json | None = None
    # The number of QR codes since the start, and the current one.
    qr_count: int = 0
    qr: str | None = None
    code: str | None = None
    # Events that WhatsApp keeps while the linked number is not connected.
    backlog: list[tuple[str, Json, str]] = field(default_factory=list)
    ladder: "asyncio.Future[None] | None" = None
    # Set to show the next QR code at once.
    turn: asyncio.Event = field(default_factory=asyncio.Event)
