"""The sample accounts, clients and messages; the demo uses their ids too."""

from dataclasses import dataclass
from datetime import timedelta

from db.tables import Role
from desk.actors import ActorKind


@dataclass(frozen=True, slots=True)
class SampleAccount:
    email: str
    password: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SampleClient:
    """A customer; `telegram_id` is no real account's.

    Only Telegram's test servers give out such ids.
    """

    telegram_id: str
    name: str
    username: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class SampleMessage:
    author: ActorKind
    text: str
    ago: timedelta
    is_read: bool = True


SAMPLE_ACCOUNTS = (
    SampleAccount("admin@helpdesk.com", "admin123", "Admin", Role.ADMIN),
    SampleAccount("cs1@helpdesk.com", "cs123", "CS One", Role.CS),
    SampleAccount("cs2@helpdesk.com", "cs123", "CS Two", Role.CS),
    SampleAccount("cs3@helpdesk.com", "cs123", "CS Three", Role.CS),
)

SAMPLE_CLIENTS = (
    SampleClient("900000001", "John Doe", "johndoe"),
    SampleClient("900000002", "Jane Smith", "janesmith"),
    SampleClient("900000003", "Bob Wilson", "bobwilson"),
)
# Their open session: John Doe writes, the first CS account answers.
SAMPLE_CUSTOMER = SAMPLE_CLIENTS[0]
SAMPLE_AGENT = SAMPLE_ACCOUNTS[1]
SAMPLE_MESSAGES = (
    SampleMessage(
        ActorKind.CUSTOMER, "Hello, my order has not arrived yet.", timedelta(minutes=12)
    ),
    SampleMessage(
        ActorKind.HUMAN,
        "Hello John, I am sorry to hear that. Could you tell me the order number?",
        timedelta(minutes=10),
    ),
    SampleMessage(ActorKind.CUSTOMER, "It is #12345.", timedelta(minutes=9), is_read=False),
)
# Used where no Telegram channel exists yet; it is not served.
SAMPLE_CHANNEL_ID = "900000000"
