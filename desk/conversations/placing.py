"""Show each open session where it is answered: in a staff group, or in its holder's own chat.

Where agents have desks of their own, a session is shown to its holder alone, and to nobody while it
waits: the group's queue board lists it then.
"""

from datetime import datetime

from db.ids import AgentId, ChannelId, ConversationId
from db.queries.accounts import agents
from db.queries.conversations import staff_messages, staff_places, threads
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.payloads import DeletePayload, EditPayload
from desk.actors import ActorKind, AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.boards import refresh_choice
from desk.conversations.staff_groups import find_staff_group
from desk.outbox_items import build_for_topic, build_for_topic_name
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


async def place_session(uow: UnitOfWork, thread: Thread, *, is_new: bool = False) -> None:
    """Show a conversation where its session is answered now, and nowhere else.

    A place that ended with its session stays until its topic is deleted, or somebody else answers.
    A new session tries a topic again where the chat had none.
    """
    bot = uow.channels.find_desk_bot(thread.channel_id)
    if thread.session_id is None:
        await _end_own_place(uow, thread)
    elif bot is not None:
        await _place_at_desk(uow, thread, bot)
    elif thread.own_place is not None:
        await _place_in_group(uow, thread)
    elif is_new and (place := thread.group_place) is not None and not place.in_topic:
        await _begin_anew(uow, thread, place)
        await reload_places(uow, thread)


async def has_desk(uow: UnitOfWork, channel_id: ChannelId, agent: AgentActor) -> bool:
    """Check whether the channel's sessions can be shown to an agent.

    Where agents have desks of their own, they must have started the staff bot. An AI needs none.
    """
    is_free = agent.kind is ActorKind.AI or uow.channels.find_desk_bot(channel_id) is None
    return is_free or await agents.find_own_chat(uow.tx, agent.agent_id) is not None


async def _end_own_place(uow: UnitOfWork, thread: Thread) -> None:
    place = thread.own_place
    if place is None or place.left_at is not None:
        return
    await staff_places.set_left_at(uow.tx, thread.conversation_id, place.id, uow.now)
    _rename(uow, place, uow.text_for_staff("own_chat.topic_ended", customer=thread.name))
    await _delete_later(uow, thread)
    await reload_places(uow, thread)
    _refresh_choice(uow, place)


async def _begin_anew(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Let a place without a topic have one if the chat has topics now, or else a new card."""
    if not place.in_topic:
        await staff_places.try_topic_again(uow.tx, thread.conversation_id, place.id)
        await staff_messages.forget_staff_messages(uow.tx, [thread.conversation_id])


async def _place_at_desk(uow: UnitOfWork, thread: Thread, bot: ServedChannel) -> None:
    chat = await agents.find_own_chat(uow.tx, thread.holder_id) if thread.holder_id else None
    stays: Place | None = None
    former = thread.places
    for place in former:
        if place.agent_id == thread.holder_id and place.has(bot.id, chat or ""):
            stays = place
        else:
            await _leave(uow, thread, place)
    if stays is not None and stays.left_at is not None:
        await staff_places.set_left_at(uow.tx, thread.conversation_id, stays.id, None)
        await _begin_anew(uow, thread, stays)
        _rename(uow, stays, thread.name)
    if stays is None and chat is not None:
        await _open(uow, thread, bot.id, chat, thread.holder_id)
    elif former:
        await reload_places(uow, thread)


async def _place_in_group(uow: UnitOfWork, thread: Thread) -> None:
    for place in thread.places:
        if place.agent_id is not None:
            await _leave(uow, thread, place)
    group = await find_staff_group(uow, uow.channel_of(thread))
    if thread.group_place is None and group is not None:
        await _open(uow, thread, group.bot, group.chat, None)
    else:
        await reload_places(uow, thread)


async def _open(
    uow: UnitOfWork,
    thread: Thread,
    bot: ChannelId,
    chat: str,
    agent_id: AgentId | None,
) -> None:
    """Show the conversation in a chat, with what was said before and what nobody has seen."""
    missed = await uow.openings.find(uow, thread)
    await staff_places.add_place(
        uow.tx,
        thread.conversation_id,
        channel_id=bot,
        chat=chat,
        agent_id=agent_id,
        opening=missed.history,
    )
    await reload_places(uow, thread)
    place = thread.find_place_in(chat)
    if place is not None:
        await uow.openings.show(uow, thread, place, missed)
        # A topic is opened by the first message in it, which may come with this session.
        if missed.history and not missed.messages:
            uow.open_topics(thread)


async def _leave(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Stop showing a conversation in a place; an own chat's topic says where it went."""
    left_at = uow.now if place.agent_id is not None else None
    await staff_places.close_place(uow.tx, thread.conversation_id, place.id, left_at=left_at)
    _refresh_choice(uow, place)
    if place.agent_id is None or place.topic is None:
        return
    _rename(uow, place, describe_move(uow, thread))
    await _delete_later(uow, thread)


def describe_move(uow: UnitOfWork, thread: Thread) -> str:
    """Return the name of a topic whose conversation went on elsewhere: to whom it went."""
    if thread.holder_name is None:
        return uow.text_for_staff("own_chat.topic_waiting", customer=thread.name)
    return uow.text_for_staff(
        "own_chat.topic_moved", agent=thread.holder_name, customer=thread.name
    )


async def leave_late_topic(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Rename a topic that was opened in an own chat after the conversation had left it."""
    if place.agent_id is not None:
        _rename(uow, place, describe_move(uow, thread))
        await _delete_later(uow, thread)


def _refresh_choice(uow: UnitOfWork, place: Place) -> None:
    if place.agent_id is not None and not place.in_topic:
        refresh_choice(uow, place.channel_id, place.chat)


def _rename(uow: UnitOfWork, place: Place, name: str) -> None:
    if place.topic is not None and place.in_topic:
        payload = EditPayload(
            Content(text=name), chat=place.chat, topic=place.topic, whole_topic=True
        )
        uow.outbox_items.append(build_for_topic_name(place, payload, uow.now))


def delete_topic(uow: UnitOfWork, place: Place) -> None:
    """Delete the topic of a place, with everything in it."""
    if place.topic is not None:
        payload = DeletePayload(chat=place.chat, topic=place.topic, whole_topic=True)
        uow.outbox_items.append(build_for_topic(place, payload, uow.now))


async def _delete_later(uow: UnitOfWork, thread: Thread) -> None:
    keep = uow.session_times.keep_topics
    if keep is not None:
        await set_timer(uow, thread, Timer.PLACES, uow.now + keep)


async def handle_places_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Handle the timer: show the session where it belongs, and delete topics that were left."""
    await place_session(uow, thread)
    keep = uow.session_times.keep_topics
    if keep is None:
        return
    for place in await staff_places.list_places(uow.tx, [thread.conversation_id]):
        if place.left_at is not None and place.left_at <= uow.now - keep:
            delete_topic(uow, place)
            await staff_places.delete_place(uow.tx, thread.conversation_id, place.id)
    await reload_places(uow, thread)


async def reload_places(uow: UnitOfWork, thread: Thread) -> None:
    """Read a thread's places again, after they changed."""
    (changed,) = await threads.read_by_ids(uow.tx, [thread.conversation_id])
    stay = {each.id for each in changed.places}
    thread.left_places += tuple(each for each in thread.places if each.id not in stay)
    thread.places = changed.places
    uow.add_thread(thread)


async def move_open_sessions(uow: UnitOfWork) -> None:
    """Have each open session that is not shown where it belongs moved there, soon.

    Each is moved in a transaction of its own, by a timer.
    """
    for each in await staff_places.list_open_sessions(uow.tx):
        is_personal = uow.channels.find_desk_bot(each.channel_id) is not None
        is_elsewhere = each.place_id is not None and (each.agent_id is not None) is not is_personal
        if is_elsewhere and each.channel_id in uow.channels:
            await _look_at(uow, each.conversation_id, uow.now)


async def look_at_open_sessions(uow: UnitOfWork, channel_id: ChannelId, at: datetime) -> None:
    """Look then where each open session of a channel is shown, and move those that must move."""
    for each in await staff_places.list_open_sessions(uow.tx, channel_id):
        await _look_at(uow, each.conversation_id, at)


async def _look_at(uow: UnitOfWork, conversation_id: ConversationId, at: datetime) -> None:
    for thread in await threads.read_by_ids(uow.tx, [conversation_id]):
        await set_timer(uow, thread, Timer.PLACES, at)
