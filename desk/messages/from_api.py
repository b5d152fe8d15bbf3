"""What agents do outside the topic, by the API: the same as there, and the topic is shown it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from db.ids import MessageId
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.content import Content
from desk.formatting.splitting import parts_of
from desk.messages.attribution import attributed
from desk.messages.outbound import answer, note_down
from desk.unit_of_work import Desk

# Marks a message whose copy in the topic is the bot's own, and not what the agent wrote there.
OUTSIDE = {"via": "api"}


def is_outside(attributes: Mapping[str, Any] | None) -> bool:
    """Tell whether a message that has these is marked like this."""
    return attributes is not None and attributes.items() >= OUTSIDE.items()


async def answered(
    desk: Desk,
    thread: Thread,
    agent: BoundAgent,
    content: Content,
    *,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId:
    """Keep an answer, have it sent to the customer, and show it in the topic."""
    said = replace(content, attributes={**(content.attributes or {}), **OUTSIDE})
    message_id = await answer(desk, thread, agent, said, reply_to, message_id=message_id)
    # A template's preview is all of it that is shown.
    shown = attributed(replace(said, attributes=OUTSIDE), agent.name)
    show(desk, thread, agent.name, message_id, shown, reply_to=reply_to)
    return message_id


async def noted(
    desk: Desk,
    thread: Thread,
    agent: BoundAgent,
    content: Content,
    *,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId:
    """Keep an internal note, and show it in the topic."""
    said = replace(content, attributes=OUTSIDE)
    kept = await note_down(
        desk, thread, agent, agent.name, said, reply_to=reply_to, message_id=message_id
    )
    assert kept is not None  # noqa: S101 an agent's note opens a session where none is
    shown = attributed(said, agent.name, is_note=True)
    show(desk, thread, agent.name, kept, shown, reply_to=reply_to)
    return kept


def show(
    desk: Desk,
    thread: Thread,
    author: str,
    message_id: MessageId,
    shown: Content,
    *,
    reply_to: MessageId | None,
) -> None:
    """Show in the topic what `author` said elsewhere, in as many parts as it needs."""
    for part in parts_of(shown):
        payload = {"content": part.to_json(), "reply_to": reply_to, "by": author}
        desk.to_staff(thread, OutboxKind.COPY, payload, message_id=message_id)
        reply_to = None
