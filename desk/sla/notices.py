"""Notices to staff that an answer is nearly or already late, once each."""

from db.ids import SessionId
from db.queries.conversations.answer_waits import AnswerWait
from db.queries.conversations.threads import Thread
from db.tables import SlaState, SlaTarget
from desk.conversations.notices import notify_open_topic
from desk.lanes import notice_key
from desk.unit_of_work import UnitOfWork

_TEXTS = {
    (SlaState.WARNED, SlaTarget.FIRST): "sla.warned_first",
    (SlaState.WARNED, SlaTarget.NEXT): "sla.warned_next",
    (SlaState.BREACHED, SlaTarget.FIRST): "sla.breached_first",
    (SlaState.BREACHED, SlaTarget.NEXT): "sla.breached_next",
}


def tell_staff(uow: UnitOfWork, thread: Thread, session_id: SessionId, wait: AnswerWait) -> None:
    """Send the notice to where staff sees the conversation, or else to the staff group."""
    text = uow.text_for_staff(
        _TEXTS[wait.state, wait.target],
        due=wait.due_at,
        agent=thread.holder_name or uow.text_for_staff("card.nobody"),
    )
    which = f"sla:{session_id}:{wait.since:%Y%m%d%H%M%S}:{wait.state.value}"
    if thread.visible_places:
        notify_open_topic(uow, thread, text, dedup_key=which)
        return
    channel = uow.channel_of(thread)
    group = next(iter(channel.staff_groups), None)
    if group is not None:
        # It names the customer: erasing the customer finds it by this key.
        dedup_key = notice_key(thread.conversation_id, which)
        said = f"{thread.name}: {text}"
        bot = channel.staff_channel_id
        uow.enqueue_for_chat(bot, group, said, group=True, dedup_key=dedup_key)
