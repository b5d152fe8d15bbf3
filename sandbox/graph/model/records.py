"""The records of the world: apps, business accounts, numbers, customers, chats, messages."""

from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.graph.model.settings import STATUS_RANK

CUSTOMER = "customer"
BUSINESS = "business"
VALID = "valid"
EXPIRED = "expired"
REVOKED = "revoked"
FORBIDDEN = "forbidden"
TOKEN_STATES = frozenset({VALID, EXPIRED, REVOKED, FORBIDDEN})
CONNECTED = "CONNECTED"


@dataclass(slots=True)
class App:
    """An app of the business; its secret signs the webhooks."""

    id: str
    name: str
    secret: str


@dataclass(slots=True)
class Hook:
    """The address of webhooks."""

    url: str
    verify_token: str


@dataclass(slots=True)
class Template:
    """One language of a message template."""

    id: str
    name: str
    language: str
    category: str
    status: str
    components: list[Json]
    parameter_format: str = "POSITIONAL"
    rejected_reason: str = "NONE"


@dataclass(slots=True)
class Account:
    """A WhatsApp Business Account with its templates by id; its app gets the webhooks."""

    id: str
    name: str
    app: App
    templates: dict[str, Template] = field(default_factory=dict)
    subscribed: bool = True
    hook: Hook | None = None


@dataclass(slots=True)
class Number:
    """A business's phone number; `phone` is its digits."""

    id: str
    account: Account
    phone: str
    name: str
    hook: Hook | None = None
    quality: str = "GREEN"
    tier: str = "TIER_1K"
    status: str = CONNECTED

    @property
    def target(self) -> Hook | None:
        """The address of this number's webhooks, if it has one."""
        return (self.hook or self.account.hook) if self.account.subscribed else None


@dataclass(slots=True)
class Token:
    """An access token and the business accounts that it opens."""

    text: str
    accounts: set[str]
    state: str = VALID


@dataclass(slots=True)
class Customer:
    """A WhatsApp user, known by a phone, by a business-scoped id, or by both."""

    id: str
    name: str
    phone: str
    user_id: str
    username: str = ""
    wa_id: str = ""
    online: bool = True
    reachable: bool = True
    blocked: set[str] = field(default_factory=set)
    # The names under which the world finds the customer.
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Message:
    """A message as the chat shows it; `content` is the value of the field named by its kind."""

    id: str
    outgoing: bool
    kind: str
    content: Json | list[Json]
    at: float
    more: Json = field(default_factory=dict)
    reply_to: str = ""
    callback_data: str | None = None
    steps: list[Json] = field(default_factory=list)
    reactions: dict[str, str] = field(default_factory=dict)
    edits: list[Json] = field(default_factory=list)
    read: bool = False
    deleted: bool = False

    @property
    def status(self) -> str:
        """The furthest status that was sent, or nothing."""
        return max(
            (str(step["status"]) for step in self.steps), key=STATUS_RANK.__getitem__, default=""
        )


@dataclass(slots=True)
class Chat:
    """The messages between a customer and a number."""

    number: Number
    customer: Customer
    messages: OrderedDict[str, Message] = field(default_factory=OrderedDict)
    last_inbound: float = 0.0
    typing_until: float = 0.0
    conversation: str = ""

    @property
    def key(self) -> str:
        return f"{self.number.id}/{self.customer.id}"


@dataclass(slots=True)
class Media:
    """A file under an id; `expires` is the moment from which the id is unknown."""

    id: str
    mime: str
    data: bytes
    sha256: str
    expires: float
    number_id: str = ""
    filename: str = ""
