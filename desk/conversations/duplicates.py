"""Ask staff whether two customers with the same phone number are one person.

Nothing is merged automatically: a number can belong to a family, or to a shop.
"""

from db.ids import ClientId
from db.queries.clients import merging
from db.queries.conversations import threads
from db.queries.conversations.threads import Thread
from desk.lanes import notice_key
from desk.phones import is_international
from desk.unit_of_work import UnitOfWork

# A number that more customers share is a switchboard's, not one person's.
_MAX_OTHERS = 3


async def ask_about_same_phone(uow: UnitOfWork, thread: Thread) -> None:
    """Ask in the topics of all customers with this number, once, whether they are one person.

    Call this when the number has just become known.
    """
    if thread.phone is None or not is_international(thread.phone) or thread.is_blocked:
        return
    others = await merging.list_clients_by_phone(
        uow.tx, thread.phone, besides=thread.client_id, most=_MAX_OTHERS
    )
    for other in others:
        theirs = await _find_newest_thread(uow, other)
        if theirs is not None and not theirs.is_blocked:
            _ask(uow, thread, theirs)
            _ask(uow, theirs, thread)


def ask_about_move(uow: UnitOfWork, thread: Thread, there: Thread) -> None:
    """Report a customer's move to an id that wrote before, and ask if both are one person."""
    text = uow.text_for_staff("topic.moved_to_known", id=there.external_id)
    is_one = thread.client_id == there.client_id
    dedup_key = notice_key(there.conversation_id, f"moved:{thread.conversation_id}")
    buttons = [] if is_one else [[_button(uow, thread, there)]]
    uow.enqueue_staff_notice(thread, text, buttons=buttons, dedup_key=dedup_key)


async def _find_newest_thread(uow: UnitOfWork, client_id: ClientId) -> Thread | None:
    """Return the client's newest conversation, without a lock: nothing in it changes."""
    ids = await merging.list_conversations(uow.tx, [client_id])
    known = uow.threads.get(("conversation", ids[-1])) if ids else None
    if known is not None or not ids:
        return known
    return next(iter(await threads.read_by_ids(uow.tx, ids[-1:])), None)


def _ask(uow: UnitOfWork, thread: Thread, other: Thread) -> None:
    if not thread.places:  # nobody to ask; the channel may be one that this process does not serve
        return
    channel = uow.channel_of(other).name
    text = uow.text_for_staff("topic.same_phone", name=other.name, channel=channel)
    # The key keeps the question from being repeated. It begins with the other conversation's name,
    # so that erasing the other customer finds this notice.
    dedup_key = notice_key(other.conversation_id, f"same:{thread.conversation_id}")
    buttons = [[_button(uow, thread, other)]]
    uow.enqueue_staff_notice(thread, text, buttons=buttons, dedup_key=dedup_key)


def _button(uow: UnitOfWork, thread: Thread, other: Thread) -> dict[str, str]:
    # Keep the client who wrote first, because theirs is the longer history.
    kept, joined = sorted((thread.client_id, other.client_id))
    return {"text": uow.text_for_staff("topic.same_person"), "data": f"join:{kept}:{joined}"}
