"""Staff groups: one that became a supergroup is followed to its new id."""

from sqlalchemy import select, update

from db.dialect import table_of
from db.tables import Channel, Conversation, Lane, Outbox, OutboxState
from desk.desk import Desk
from desk.lanes import chat_lane, group_gate

channels = table_of(Channel)
conversations = table_of(Conversation)
lanes = table_of(Lane)
outbox = table_of(Outbox)


async def follow_group(desk: Desk, old: str, new: str) -> None:
    """Move everything that names a staff group to its new id; topics are opened there anew."""
    if old == new:
        return
    rows = await desk.tx.execute(
        select(channels.c.id, channels.c.moved_groups, channels.c.staff_groups)
    )
    for row in rows.all():
        if old in row.staff_groups:
            moved = {**row.moved_groups, old: new}
            await desk.tx.execute(
                update(channels).where(channels.c.id == row.id).values(moved_groups=moved)
            )
        gates = update(lanes).where(lanes.c.gate == group_gate(row.id, old))
        await desk.tx.execute(gates.values(gate=group_gate(row.id, new)))
        await _redirect(desk, chat_lane(row.id, old), new)
    await desk.tx.execute(
        update(conversations)
        .where(conversations.c.staff_chat == old)
        .values(staff_chat=new, staff_topic=None, staff_card=None)
    )
    desk.channels.move_group(old, new)


async def _redirect(desk: Desk, lane: str, new: str) -> None:
    """Send what was to be said in the old group, outside any conversation, to the new one."""
    waits = outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING])
    rows = await desk.tx.execute(
        select(outbox.c.id, outbox.c.payload).where(outbox.c.lane == lane, waits)
    )
    for row in rows.all():
        payload = {**row.payload, "chat": new, "topic": None}
        await desk.tx.execute(update(outbox).where(outbox.c.id == row.id).values(payload=payload))
