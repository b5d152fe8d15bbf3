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
from desk.unit_of_work import Desk


async def opened(desk: Desk, thread: Thread) -> None:
    """Note that the customer wrote while the window was closed."""
    channel = desk.channel_of(thread)
    if thread.reply_until is None or not window.is_open(thread, channel, desk.now):
        return  # what they wrote reached us too late
    await set_timer(desk, thread, Timer.WINDOW, window.warn_at(channel, thread.reply_until))
    desk.refresh_card(thread)
    await offer_drafts(desk, thread)


async def on_time(desk: Desk, thread: Thread) -> None:
    """See how the window stands: not yet to be told of, about to close, or closed."""
    channel, closes = desk.channel_of(thread), thread.reply_until
    if closes is None or not window.has_window(channel):
        return
    if closes <= desk.now:
        desk.refresh_card(thread)
        return
    warning = window.warn_at(channel, closes)
    if warning > desk.now:  # the customer wrote since
        await set_timer(desk, thread, Timer.WINDOW, warning)
        return
    _warn(desk, thread)
    await set_timer(desk, thread, Timer.WINDOW, closes)


def _warn(desk: Desk, thread: Thread) -> None:
    """Tell whoever holds the session that the window is about to close, once."""
    if thread.session_id is None or thread.reply_until is None:
        return
    key = "topic.window_closing" if thread.cs_name else "topic.window_closing_for_nobody"
    text = desk.for_staff(key, agent=thread.cs_name, time=f"{thread.reply_until:%Y-%m-%d %H:%M}")
    once = f"window:{thread.conversation_id}:{thread.reply_until:%Y%m%d%H%M%S}"
    payload = {"content": Content(text=text).to_json()}
    desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)
    desk.events.window_closing(thread.session_id)
