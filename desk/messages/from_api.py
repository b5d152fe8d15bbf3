"""Replies and notes that agents send through the API; the topic shows them too."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons, CopyPayload
from desk.actors import AgentActor
from desk.causes import Cause
from desk.content import Content
from desk.formatting.splitting import split_content
from desk.messages.attribution import add_author
from desk.messages.effects import is_shown
from desk.messages.outbound import add_note
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork

# Marks a message whose copy in the topic is the bot's own, not the agent's.
FROM_API = {"via": "api"}
FROM_AI = {"via": "ai"}
# Keeps the key that the sender's program chose, by which it knows the message again.
CLIENT_KEY = "client_key"


def keep_client_key(content: Content, key: str | None) -> Content:
    """Return the content with the key of the request that sends it."""
    if key is None:
        return content
    return replace(content, attributes={**(content.attributes or {}), CLIENT_KEY: key})


def has_bot_copy(attributes: Mapping[str, Any] | None) -> bool:
    """Check whether the bot itself posted a message's copy in the topic: it can edit that copy."""
    return attributes is not None and attributes.get("via") in {"api", "ai"}


async def reply_from_api(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    content: Content,
    *,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId:
    """Save a reply, send it to the customer, and show it in the topic."""
    said = replace(content, attributes={**(content.attributes or {}), **FROM_API})
    cause = Cause.API_ANSWER
    message_id = await reply(uow, thread, agent, said, reply_to, cause=cause, message_id=message_id)
    # The topic shows only the preview of a template.
    shown = add_author(replace(said, attributes=FROM_API), agent.name)
    show_in_topic(uow, thread, agent.name, message_id, shown, cause=cause, reply_to=reply_to)
    return message_id


async def add_note_from_api(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    content: Content,
    *,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId:
    """Save an internal note, and show it in the topic."""
    said = replace(content, attributes={**(content.attributes or {}), **FROM_API})
    kept = await add_note(
        uow,
        thread,
        agent,
        said,
        cause=Cause.API_NOTE,
        reply_to=reply_to,
        message_id=message_id,
    )
    assert kept is not None  # noqa: S101 an agent's note opens a session where none is
    shown = add_author(replace(said, attributes=FROM_API), agent.name, is_note=True)
    show_in_topic(uow, thread, agent.name, kept, shown, cause=Cause.API_NOTE, reply_to=reply_to)
    return kept


def show_in_topic(
    uow: UnitOfWork,
    thread: Thread,
    author: str,
    message_id: MessageId,
    shown: Content,
    *,
    cause: Cause,
    reply_to: MessageId | None,
    buttons: Buttons | None = None,
) -> None:
    """Show in the topic what `author` wrote elsewhere, in as many parts as it needs.

    `buttons` stand below the last part.
    """
    parts = split_content(shown) if is_shown(uow, thread, cause) else []
    for number, part in enumerate(parts, 1):
        below = (buttons or []) if number == len(parts) else []
        copy = CopyPayload(part, reply_to, author, below)
        uow.enqueue_for_staff(thread, copy, message_id=message_id)
        reply_to = None
