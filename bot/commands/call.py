"""What a command is given, and what it answers, whether it was typed or pressed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons
from db.tables import Side
from desk.actors import Actor
from desk.conversations.rights import may_change_open
from desk.conversations.threads import find_referenced_message
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Call:
    """A command of an agent, or of an administrator who acts as the group, in a conversation."""

    uow: UnitOfWork
    thread: Thread
    by: Actor
    chat: str
    argument: str = ""
    # The provider's id of the message that the command replies to.
    reply_to: str | None = None

    def say(self, key: str, **values: object) -> str:
        """Return one of our texts in the staff's language."""
        return self.uow.text_for_staff(key, **values)

    def refuse(self, key: str, **values: object) -> "Answer":
        """Return the answer to a command that does nothing."""
        return Answer(self.say(key, **values), is_refusal=True)

    async def find_replied_message(self) -> MessageId | None:
        """Find the message that the command replies to; return None if there is none.

        Raises NotSettledYetError if it may be being sent right now.
        """
        return await find_referenced_message(
            self.uow, self.thread, Side.STAFF, self.chat, self.reply_to
        )

    def refuse_others(self) -> "Answer | None":
        """Return why this actor may not change the open session, or None if they may."""
        if self.thread.session_id is None:
            return self.refuse("topic.no_session")
        return self.refuse_non_holders()

    def refuse_non_holders(self) -> "Answer | None":
        """Return why this actor may not act here, or None; without a session every agent may."""
        if not may_change_open(self.by, self.thread):
            return self.refuse("command.not_yours", agent=self.thread.holder_name)
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person is told, with choices below it."""

    text: str
    buttons: Buttons = field(default_factory=list)
    # Nothing was done.
    is_refusal: bool = False
    # The topic was told already.
    is_told: bool = False


Command = Callable[[Call], Awaitable[Answer]]


def build_button(text: str, command: str, argument: str) -> dict[str, str]:
    """Build the button that runs a command with an argument, which has no colon."""
    return {"text": text, "data": f"do:{command}:{argument}"}
