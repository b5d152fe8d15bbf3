"""One call of the API, as the operations see it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.waha.engine.payloads import find_address, read_tail
from sandbox.waha.model.errors import no_session, refusal, wrong_status
from sandbox.waha.model.records import Chat, Message, Person, Session
from sandbox.waha.state.world import WahaWorld

DEFAULT = "default"


@dataclass(slots=True)
class Call:
    """One call, with the world and the request's parts."""

    world: WahaWorld
    body: Json
    path: Mapping[str, str]
    query: Mapping[str, str]
    accept: str = ""

    @property
    def session_name(self) -> str:
        return str(self.path.get("session") or self.body.get("session") or DEFAULT)

    def session(self) -> Session:
        """Return the session that the call names, in any status."""
        session = self.world.sessions.get(self.session_name)
        if session is None:
            raise no_session()
        return session

    def in_status(self, *expected: str) -> Session:
        """Return the session that the call names, if it has one of these statuses."""
        session = self.session()
        if session.status not in expected:
            raise wrong_status(session.name, session.status, *expected)
        return session

    def person(self) -> Person:
        """Return the customer whose chat the call names."""
        chat_id = str(self.path.get("chatId") or self.body.get("chatId"))
        person = find_address(self.world, chat_id)
        if person is None:
            raise refusal(400, f"chatId {chat_id!r} is neither <digits>@c.us nor a known lid")
        return person

    def chat(self) -> Chat:
        """Return the chat that the call names."""
        return self.world.chat(self.session_name, self.person().phone)

    def message(self, chat: Chat, message_id: str) -> Message:
        """Return a message of a chat, by its full id or its tail."""
        message = chat.messages.get(read_tail(message_id))
        if message is None:
            raise refusal(404, f"Message {message_id!r} not found")
        return message


Handler = Callable[[Call], Any | Awaitable[Any]]
