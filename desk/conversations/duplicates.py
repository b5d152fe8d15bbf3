"""Notices that two customers share a telephone: staff is asked whether they are one person.

Nothing is joined by itself: a number can be a family's, or a shop's.
"""

from db.ids import ClientId
from db.queries.clients import merging
from db.queries.conversations import threads
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.content import Content
from desk.lanes import told_about
from desk.phones import is_international
from desk.unit_of_work import Desk

# Of those who share a number: more of them are no person, but a switchboard.
_MOST = 3


async def ask_about_phone(desk: Desk, thread: Thread) -> None:
    """Ask in the topics of those who have this customer's number whether they are one, once.

    To be called when the number has just become known.
    """
    if thread.phone is None or not is_international(thread.phone) or thread.is_blocked:
        return
    others = await merging.list_clients_by_phone(
        desk.tx, thread.phone, besides=thread.client_id, most=_MOST
    )
    for other in others:
        theirs = await _newest(desk, other)
        if theirs is not None and not theirs.is_blocked:
            _ask(desk, thread, theirs)
            _ask(desk, theirs, thread)


def ask_about_move(desk: Desk, thread: Thread, there: Thread) -> None:
    """Tell that a customer goes on under an id that wrote to us before, and ask if they are one."""
    text = desk.for_staff("topic.moved_to_known", id=there.external_id)
    is_one = thread.client_id == there.client_id
    once = told_about(there.conversation_id, f"moved:{thread.conversation_id}")
    _put(desk, thread, text, [] if is_one else [_button(desk, thread, there)], once)


async def _newest(desk: Desk, client_id: ClientId) -> Thread | None:
    """Read the conversation that a client began last, without a lock: nothing of it changes."""
    ids = await merging.list_conversations(desk.tx, [client_id])
    known = desk.threads.get(("conversation", ids[-1])) if ids else None
    if known is not None or not ids:
        return known
    return next(iter(await threads.read_by_ids(desk.tx, ids[-1:])), None)


def _ask(desk: Desk, thread: Thread, other: Thread) -> None:
    if thread.staff_chat is None:
        return
    channel = desk.channel_of(other).name
    text = desk.for_staff("topic.same_phone", name=other.name, channel=channel)
    # Said once; and by the other's name it is found when they are to be forgotten.
    once = told_about(other.conversation_id, f"same:{thread.conversation_id}")
    _put(desk, thread, text, [_button(desk, thread, other)], once)


def _button(desk: Desk, thread: Thread, other: Thread) -> dict[str, str]:
    # Whoever wrote first is kept: theirs is the longer history.
    kept, joined = sorted((thread.client_id, other.client_id))
    return {"text": desk.for_staff("topic.same_person"), "data": f"join:{kept}:{joined}"}


def _put(desk: Desk, thread: Thread, text: str, buttons: list[dict[str, str]], once: str) -> None:
    payload = {"content": Content(text=text).to_json(), "buttons": [buttons] if buttons else []}
    desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)
