"""Update the card and warn the agent when a reply window opens, is about to close, or closes.

An open window has one timer, set when it opens. Later messages of the customer need no new timer,
because the timer checks how long the window is open when it fires.
"""

from db.queries.conversations.threads import Thread
from desk.events import WindowClosing
from desk.messages import window
from desk.messages.drafts import offer_drafts
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


async def handle_window_opened(uow: UnitOfWork, thread: Thread) -> None:
    """Set the timer and offer drafts after a customer wrote while the window was closed."""
    channel = uow.channel_of(thread)
    if thread.reply_until is None or not window.is_open(thread, channel, uow.now):
        return  # the message reached us too late
    await set_timer(uow, thread, Timer.WINDOW, window.warning_time(channel, thread.reply_until))
    uow.refresh_card(thread)
    await offer_drafts(uow, thread)


async def handle_window_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Handle the timer: wait longer, warn, or show on the card that the window is closed."""
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
    """Warn the holder of the session once that the window is about to close."""
    if thread.session_id is None or thread.reply_until is None:
        return
    key = "topic.window_closing" if thread.holder_name else "topic.window_closing_for_nobody"
    text = uow.text_for_staff(key, agent=thread.holder_name, time=thread.reply_until)
    dedup_key = f"window:{thread.conversation_id}:{thread.reply_until:%Y%m%d%H%M%S}"
    uow.enqueue_staff_notice(thread, text, dedup_key=dedup_key)
    uow.events.add(WindowClosing(thread.session_id))
