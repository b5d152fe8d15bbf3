"""What every handler of an event needs: the transaction, the channel, whom the event is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from bridge.waha.client.lenient import parse_leniently
from bridge.waha.client.models import Event, Message
from bridge.waha.convert.from_waha import to_person
from bridge.waha.identifiers import chat_ids
from bridge.waha.identifiers.event_chat import EventChat, find_event_chat
from db.queries.channels import whatsapp_sessions
from db.queries.conversations.threads import Thread
from db.queues.inbox import InboxRow
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.threads import find_thread_by_address
from desk.messages.inbound import report_event
from desk.unit_of_work import UnitOfWork

M = TypeVar("M", bound=BaseModel)


class UnreadableEventError(Exception):
    """What came is no event of WAHA's."""


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """An event, and the person whom it is about."""

    event: Event
    about: EventChat

    @property
    def chat(self) -> str | None:
        """Return the id by which the person is known here, or None if it is about nobody."""
        return self.event.resolved or self.about.phone_chat or self.about.chat


def parse_event(row: InboxRow) -> ParsedEvent | Exception:
    """Parse a stored event; return an error if it is none."""
    try:
        data = from_json(row.payload)
        event = parse_leniently(Event, data)
    except ValidationError as error:
        return UnreadableEventError(f"not an event of WAHA's: {_format_errors(error)}")
    except ValueError as error:
        return UnreadableEventError(f"not an event of WAHA's: {error}")
    return ParsedEvent(event, find_event_chat(data))


def _format_errors(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    lines = (f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in errors[:5])
    return "; ".join(lines)


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event that is being handled, about a person's chat."""

    uow: UnitOfWork
    channel: ServedChannel
    parsed: ParsedEvent
    # The person's id as the event names it, and as it is known here.
    named_chat: str
    chat: str

    @property
    def event(self) -> Event:
        return self.parsed.event

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.event.payload

    def parse(self, model: type[M]) -> M:
        """Return the payload without the parts that cannot be read."""
        return parse_leniently(model, self.payload)

    def translate(self, key: str, **values: object) -> str:
        return self.uow.text_for_staff(key, **values)

    async def find_thread(self) -> Thread | None:
        """Find the person's conversation by any of their ids."""
        about = self.parsed.about
        return await find_thread_by_address(self.uow, self.channel, self.chat, about.lid)

    def to_person(self, name: str | None) -> Person:
        """Return the person, with the name that the event gives."""
        phone_chat = self.event.resolved or self.parsed.about.phone_chat
        return to_person(self.named_chat, phone_chat, self.parsed.about.lid, name)

    async def tell_in_topic(self, cause: Cause, key: str, **values: object) -> None:
        """Notify staff in the person's topic what happened."""
        names, text = (self.chat, self.parsed.about.lid), self.translate(key, **values)
        await report_event(self.uow, self.channel, names, cause, text)

    async def is_own_account(self, message: Message) -> bool:
        """Check whether staff wrote to the number itself, which an event without `me` hides."""
        if self.event.me is not None or not message.from_me:
            return False
        link = await whatsapp_sessions.find_link(self.uow.tx, self.channel.id)
        phone = link.phone if link is not None else None
        return bool(phone) and chat_ids.to_phone(self.chat) == phone
