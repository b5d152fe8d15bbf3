"""What follows from the window's opening and closing: the card shows it, the agent is told before.

One timer goes with an open window. It is set when the window opens; whatever the customer writes
after that costs nothing, because the timer looks by itself how long the window is open by then.
"""

from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.content import Content
from desk.messages import window
from desk.messages.drafts import offer_drafts
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


async def handle_window_opened(uow: UnitOfWork, thread: Thread) -> None:
    """Note that the customer wrote while the window was closed."""
    channel = uow.channel_of(thread)
    if thread.reply_until is None or not window.is_open(thread, channel, uow.now):
        return  # what they wrote reached us too late
    await set_timer(uow, thread, Timer.WINDOW, window.warning_time(channel, thread.reply_until))
    uow.refresh_card(thread)
    await offer_drafts(uow, thread)


async def handle_window_timer(uow: UnitOfWork, thread: Thread) -> None:
    """See how the window stands: not yet to be told of, about to close, or closed."""
    channel, closes = uow.channel_of(thread), thread.reply_until
    if closes is None or not window.has_window(channel):
        return
    if closes <= uow.now:
        uow.refresh_card(thread)
        return
    warning = window.warning_time(channel, closes)
    if warning > uow.now:  # the customer wrote since
        await set_timer(uow, thread, Timer.WINDOW, warning)
        return
    _warn(uow, thread)
    await set_timer(uow, thread, Timer.WINDOW, closes)


def _warn(uow: UnitOfWork, thread: Thread) -> None:
    """Tell whoever holds the session that the window is about to close, once."""
    if thread.session_id is None or thread.reply_until is None:
        return
    key = "topic.window_closing" if thread.cs_name else "topic.window_closing_for_nobody"
    text = uow.text_for_staff(
        key, agent=thread.cs_name, time=f"{thread.reply_until:%Y-%m-%d %H:%M}"
    )
    dedup_key = f"window:{thread.conversation_id}:{thread.reply_until:%Y%m%d%H%M%S}"
    payload = {"content": Content(text=text).to_json()}
    uow.enqueue_for_staff(thread, OutboxKind.STAFF_NOTICE, payload, dedup_key=dedup_key)
    uow.events.add_window_closing(thread.session_id)
