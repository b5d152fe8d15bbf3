"""Hand a session over from an AI agent to a human, in one transaction."""

from db.queries.conversations.threads import Thread
from db.tables import AiSession
from desk.ai.config import AiConfig
from desk.ai.turns.reasons import Reason
from desk.content import Content
from desk.conversations.holders import HandedOver, change_holder, reserve_agent
from desk.conversations.notices import notify_agent, notify_topic
from desk.conversations.queue_notices import build_queue_notice, note_place
from desk.formatting.merging import join_lines
from desk.unit_of_work import UnitOfWork


async def hand_over(
    uow: UnitOfWork,
    thread: Thread,
    config: AiConfig,
    state: AiSession,
    reason: Reason,
    *,
    summary: str = "",
    notice: Content | None = None,
) -> None:
    """Give the session to a human or to the queue; tell the customer, staff and the human once.

    `notice` is what the customer is told before who goes on. Does nothing if the AI agent does not
    hold the session: then a human has it already.
    """
    if not thread.is_held_by_ai:
        return
    heir, why = await reserve_agent(uow, thread.channel_id), reason.say(uow)
    if not await change_holder(uow, thread, heir, HandedOver(why), by=config.actor):
        return
    state.handed_over_at = uow.now
    told = [notice] if notice else []
    if heir is None:
        told.append(uow.content_for_customer(thread, "ai.handed_to_nobody"))
        told.append(build_queue_notice(uow, thread, *await note_place(uow, thread)))
    else:
        told.append(uow.content_for_customer(thread, "ai.handed_to", agent=heir.name))
    uow.enqueue_customer_notice(thread, join_lines(told))
    more = f"{uow.text_for_staff('ai.summary')}\n{summary}" if summary else None
    names = {"agent": config.name, "reason": why}
    notify_topic(uow, thread, "ai.hands_over", more=more, **names)
    await notify_agent(
        uow,
        thread,
        heir.agent_id if heir else None,
        "agent.session_given",
        by=config.actor,
        number=thread.session_number,
        more=why,
    )
