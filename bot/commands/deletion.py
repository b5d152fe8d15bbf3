"""Handle `/delete` as a reply: take an answer back from the customer, or delete a note."""

from bot.commands.call import Answer, Call
from db.queries.messages.message_rows import read_message
from db.tables import DeliveryState, Direction
from desk.actors import AgentActor
from desk.messages import drafts, outbound, revisions
from desk.messages.revisions import RevisionError


async def delete(call: Call) -> Answer:
    """Delete the answer or note that the command replies to; its text stays in the history."""
    if not isinstance(call.by, AgentActor):
        return call.refuse("agent.not_agent")
    uow, thread = call.uow, call.thread
    message_id = await call.find_replied_message()
    if message_id is None:
        return call.refuse("command.delete_usage")
    await uow.flush_messages()
    row = await read_message(uow.tx, message_id)
    if row.direction is Direction.INBOUND or row.conversation_id != thread.conversation_id:
        return call.refuse("command.delete_customers")
    if not await outbound.may_decide(uow, thread, call.by, message_id):
        return call.refuse("button.not_your_reply")
    if row.deleted_at is not None:
        return call.refuse("command.deleted_already")
    if row.delivery_state is DeliveryState.UNCERTAIN:
        return call.refuse("command.delete_uncertain")
    if drafts.is_draft(row.delivery_state, row.delivery_error, row.deleted_at):
        await drafts.discard(uow, thread, call.by, message_id)
        return Answer(call.say("topic.draft_discarded", agent=call.by.name))
    try:
        await revisions.delete_message(uow, thread, call.by, row)
    except RevisionError as error:
        return Answer(uow.reason_for_staff(error), is_refusal=True)
    return Answer(call.say("command.deleted"), is_told=True)
