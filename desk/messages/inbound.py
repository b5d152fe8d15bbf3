"""Handle what a customer does: write, edit, delete, react, start, block."""

from collections.abc import Sequence
from dataclasses import replace

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import find_message as find_row
from db.queues.payloads import (
    CopyPayload,
    EditPayload,
    ReactionPayload,
)
from db.tables import (
    DeliveryState,
    Direction,
    MessageType,
    Side,
)
from desk.actors import customer
from desk.causes import NOTHING, Cause, Opening, get_effects
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.duplicates import ask_about_move
from desk.conversations.notices import notify_beside, notify_open_topic, notify_topic
from desk.conversations.threads import (
    change_address,
    ensure_thread,
    find_message,
    find_referenced_message,
    find_thread_by_address,
    remember_chat_topic,
)
from desk.lanes import notice_key
from desk.messages import from_blocked, marketing
from desk.messages.broadcast_context import show_unseen_broadcast
from desk.messages.context import add_context
from desk.messages.customer_limit import (
    check_limit,
    hold_back,
    is_message_hidden,
    is_over_customer_limit,
    is_over_limit,
    mark_over_limit,
)
from desk.messages.edits import (
    Change,
    apply_edit,
    complete_message,
    mark_deleted,
    record_early_edit,
)
from desk.messages.effects import (
    find_effects,
    is_ignored,
    is_shown,
    prepare_session,
    record_effects,
)
from desk.messages.ratings.answering import find_answer, record_answer
from desk.messages.reachability import note_reachable
from desk.messages.reactions import save_reaction
from desk.messages.staff_copies import show_message
from desk.unit_of_work import UnitOfWork


async def handle_start(
    uow: UnitOfWork,
    channel: ServedChannel,
    person: Person,
    said: IncomingMessage,
    *,
    has_words: bool = False,
) -> None:
    """Greet a customer who pressed Start, and open a session for them.

    `has_words`: they wrote something behind the command, or a link to the bot carried it.
    """
    thread = await ensure_thread(uow, channel, person)
    if is_ignored(uow, thread, Cause.START):
        return
    await remember_chat_topic(uow, thread, said)
    is_over = not has_words and await check_limit(uow, thread, Cause.START)
    await prepare_session(uow, thread, Cause.START, is_over_limit=is_over)
    if has_words:
        await _add_message(uow, channel, thread, said, Cause.MESSAGE)
        return
    if is_over:
        await hold_back(uow, thread)
    uow.open_topics(thread)
    _add_start_message(uow, thread, said)
    await record_effects(uow, thread, Cause.START, said)
    await note_reachable(uow, thread)


async def receive_message(
    uow: UnitOfWork,
    channel: ServedChannel,
    person: Person,
    said: IncomingMessage,
    cause: Cause,
) -> None:
    """Save a customer's message, and copy it into the conversation's topic.

    What nobody wrote is no message: it creates no customer, and is a notice in the topic at most.
    """
    effects = get_effects(cause, channel.kind)
    if effects == NOTHING:
        return
    if effects.opens is Opening.NONE:
        text = said.content.text or ""
        await report_event(uow, channel, (person.external_id, person.alias), cause, text)
        return
    thread = await ensure_thread(uow, channel, person)
    if from_blocked.is_kept(uow, thread, cause):
        from_blocked.keep_message(uow, thread, _with_thread_address(thread, said))
        return
    if is_ignored(uow, thread, cause):
        return
    said = _with_thread_address(thread, said)
    if await complete_message(uow, channel, thread, said):
        return
    if await _take_choice(uow, channel, thread, said):
        return
    if not await _take_rating(uow, channel, thread, said):
        await _add_message(uow, channel, thread, said, cause)


async def receive_choice(
    uow: UnitOfWork, channel: ServedChannel, person: Person, said: IncomingMessage
) -> None:
    """Save which choice below a message of ours a customer pressed.

    It has no place of its own in the chat, so nothing can refer to it there.
    """
    thread = await ensure_thread(uow, channel, person)
    if from_blocked.is_kept(uow, thread, Cause.BUTTON_PRESS):
        from_blocked.keep_message(uow, thread, said)
        return
    if not await _take_rating(uow, channel, thread, said):
        await _add_message(uow, channel, thread, said, Cause.BUTTON_PRESS)


async def _take_choice(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage
) -> bool:
    """Take a word that stops broadcasts or asks for them; return False for any other message."""
    is_wanted = marketing.read_choice(said)
    if is_wanted is None or channel.traits.has_commands:
        return False
    # In a session the word may be an answer to an agent, so staff sees it, too.
    cause = Cause.OPT_OUT if thread.session_id is None else Cause.MESSAGE
    await _add_message(uow, channel, thread, said, cause)
    if not is_over_customer_limit(uow, thread):
        await marketing.choose(uow, thread, is_wanted=is_wanted)
    return True


async def _take_rating(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage
) -> bool:
    """Save what answers our question how good a session was; return False if nothing does."""
    answer = await find_answer(uow, thread, said)
    if answer is None:
        return False
    await _add_message(uow, channel, thread, said, Cause.RATING)
    if not is_over_customer_limit(uow, thread):
        await record_answer(uow, thread, answer)
    return True


async def report_event(
    uow: UnitOfWork,
    channel: ServedChannel,
    names: Sequence[str | None],
    cause: Cause,
    text: str,
    *,
    dedup_key: str | None = None,
) -> bool:
    """Notify staff in the topic of a customer what happened; return False if nobody is known.

    `names` are the customer's ids at the provider. No topic is opened for it.
    """
    thread = await find_thread_by_address(uow, channel, *names)
    if thread is None:
        return False
    if text and is_shown(uow, thread, cause):
        key = notice_key(thread.conversation_id, dedup_key) if dedup_key else None
        notify_open_topic(uow, thread, text, dedup_key=key)
    return True


async def _add_message(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage, cause: Cause
) -> MessageId:
    await remember_chat_topic(uow, thread, said)
    is_over = await check_limit(uow, thread, cause)
    await prepare_session(uow, thread, cause)
    reply_to = await find_referenced_message(uow, thread, Side.CUSTOMER, said.chat, said.reply_to)
    message_id = uow.add_message(
        thread,
        mark_over_limit(said.content) if is_over else said.content,
        author=customer(thread.name),
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        reply_to=reply_to,
        may_fire_rules=not is_over and find_effects(uow, thread, cause).fires_rules,
    )
    if said.provider_id:
        uow.add_link(message_id, channel.id, Side.CUSTOMER, said)
    if is_over:
        await hold_back(uow, thread)
    elif is_shown(uow, thread, cause):
        await show_unseen_broadcast(uow, thread)
        show_message(uow, thread, message_id, said.content, reply_to)
    await record_effects(uow, thread, cause, said)
    await note_reachable(uow, thread)
    return message_id


def _with_thread_address(thread: Thread, said: IncomingMessage) -> IncomingMessage:
    """Set the chat to the thread's address: the provider may have used another id of it."""
    return said if said.chat == thread.external_id else replace(said, chat=thread.external_id)


async def receive_edit(
    uow: UnitOfWork, channel: ServedChannel, person: Person, said: IncomingMessage
) -> None:
    """Save the new text of a customer's message beside the old one, and show it to staff."""
    thread = await ensure_thread(uow, channel, person)
    said = _with_thread_address(thread, said)
    message_id = await find_message(uow, channel.id, said.chat, said.provider_id)
    if message_id is None:
        if from_blocked.is_kept(uow, thread, Cause.EARLY_EDIT):
            from_blocked.keep_message(uow, thread, said)
        elif not is_ignored(uow, thread, Cause.EARLY_EDIT):
            message_id = await _add_message(uow, channel, thread, said, Cause.EARLY_EDIT)
            await record_early_edit(uow, message_id, said.at)
        return
    at = said.at if channel.traits.has_unordered_edits else None
    change = await apply_edit(uow, message_id, said.content, at)
    if not is_shown(uow, thread, Cause.EDIT) or await is_message_hidden(uow, message_id):
        return
    if change is Change.TEXT:
        shown = add_context(
            await _with_kept_file(uow, message_id, said.content), uow.staff_language
        )
        edit = EditPayload(shown, message_id)
        uow.enqueue_for_staff(thread, edit, message_id=message_id)
    elif change is Change.FILE:
        shown = add_context(said.content, uow.staff_language)
        edit = EditPayload(shown, message_id, replaces_file=True)
        uow.enqueue_for_staff(thread, edit, message_id=message_id)
        notify_beside(uow, thread, message_id, "topic.customer_replaced_file")
    elif change is Change.PLACE_SHOWN:
        place = replace(said.content, source=None)
        uow.enqueue_for_staff(thread, CopyPayload(place, message_id), message_id=message_id)


async def _with_kept_file(uow: UnitOfWork, message_id: MessageId, content: Content) -> Content:
    """Return an edited text as the caption of the file that the message has, if it has one."""
    if content.file is not None:
        return content
    kept = await find_row(uow.tx, message_id)
    if kept is None or kept.file is None:
        return content
    return replace(content, type=kept.message_type, file=kept.file)


async def receive_unreadable_edit(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> None:
    """Notify staff that a customer edited a message, and that the new words cannot be read."""
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None:
        return
    message_id = await find_message(uow, channel.id, thread.external_id, provider_id)
    if message_id is None or not is_shown(uow, thread, Cause.EDIT):
        return
    if not await is_message_hidden(uow, message_id):
        notify_beside(uow, thread, message_id, "topic.edited_unreadably")


async def receive_reaction(
    uow: UnitOfWork,
    channel: ServedChannel,
    external_id: str,
    provider_id: str,
    emoji: str,
    *,
    described: str | None = None,
) -> None:
    """Show a customer's reaction on the staff's copy; an empty `emoji` removes it.

    `described` has the reactions in words if the emoji alone does not say all.
    """
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None:
        return
    chat = thread.external_id
    message_id = await find_referenced_message(uow, thread, Side.CUSTOMER, chat, provider_id)
    if message_id is not None and is_shown(uow, thread, Cause.REACTION):
        uow.enqueue_for_staff(thread, ReactionPayload(message_id, emoji))
        await save_reaction(uow, message_id, Side.CUSTOMER, emoji)
        if described:
            notify_beside(uow, thread, message_id, "topic.reacted_with", emoji=described)


async def receive_deletion(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> None:
    """Notify staff that a customer deleted a message, and keep its text.

    What the customer removes of our messages from their own phone is passed over.
    """
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None:
        return
    message_id = await find_message(uow, channel.id, thread.external_id, provider_id)
    if message_id is None:
        return
    await uow.flush_messages()
    row = await find_row(uow.tx, message_id)
    if row is None or row.direction is not Direction.INBOUND:
        return
    if not await mark_deleted(uow, message_id):
        return
    if is_shown(uow, thread, Cause.DELETION) and not is_over_limit(row.attributes):
        notify_beside(uow, thread, message_id, "topic.customer_took_back")


async def receive_address_change(
    uow: UnitOfWork, channel: ServedChannel, old: str, person: Person
) -> None:
    """Move a customer's conversation to a new id at the provider.

    If somebody has written from the new id before, that conversation stays separate.
    """
    thread = await find_thread_by_address(uow, channel, old)
    if thread is None or person.external_id in {thread.external_id, thread.alias}:
        return
    there = await find_thread_by_address(uow, channel, person.external_id)
    if there is not None:
        ask_about_move(uow, thread, there)
        return
    await change_address(uow, thread, person)
    if is_shown(uow, thread, Cause.NUMBER_CHANGE):
        notify_topic(uow, thread, "topic.moved", id=person.external_id)


def _add_start_message(uow: UnitOfWork, thread: Thread, said: IncomingMessage) -> None:
    """Save /start in the history without a copy: the agents see the card, a copy adds nothing."""
    message_id = uow.add_message(
        thread,
        Content(type=MessageType.TEXT, text=said.content.text),
        author=customer(thread.name),
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
    )
    uow.add_link(message_id, thread.channel_id, Side.CUSTOMER, said)
