"""Build the pinned card of a conversation's topic."""

from datetime import datetime

from db.queries.conversations.threads import Thread
from db.tables import AiTakeover
from desk.channels import ServedChannel
from desk.delivery.ports import Card
from desk.messages import window
from desk.texts import translate


def build_card(thread: Thread, channel: ServedChannel, language: str, now: datetime) -> Card:
    """Build the card that describes a conversation to the agents in its topic, as of `now`."""

    def say(key: str) -> str:
        return translate(language, f"card.{key}")

    lines = [(say("customer"), thread.name)]
    if thread.username:
        lines.append((say("username"), f"@{thread.username}"))
    lines += [
        (say("channel"), channel.name),
        (say("language"), thread.language or "—"),
        (say("since"), f"{thread.client_since:%Y-%m-%d %H:%M} UTC"),
        (say("session"), f"#{thread.session_number}" if thread.session_id else say("no_session")),
    ]
    if thread.session_id:
        lines.append((say("assigned"), thread.holder_name or say("nobody")))
    if window.has_window(channel):
        lines.append((say("window"), _format_window(thread, channel, language, now)))
    if thread.is_blocked:
        lines.append(("⛔", say("blocked")))
    if thread.unreachable:
        lines.append(("⚠", thread.unreachable))
    buttons = _buttons(thread, say("claim"), say("end"))
    if buttons and channel.traits.receipt_timeout is not None:
        buttons[0].append(
            {"text": say("delivery_status"), "data": f"status:{thread.conversation_id}"}
        )
    if buttons and channel.ai_takeover is not AiTakeover.OFF and not thread.is_held_by_ai:
        give = translate(language, "ai.button_give")
        buttons[0].append({"text": give, "data": f"ai:give:{thread.conversation_id}"})
    return Card(thread.name, tuple(lines), buttons)


def _format_window(thread: Thread, channel: ServedChannel, language: str, now: datetime) -> str:
    """Describe the reply window; it may be open for longer by the time this is read."""
    if not window.is_open(thread, channel, now):
        return translate(language, "card.window_closed")
    time = f"{thread.reply_until:%Y-%m-%d %H:%M}"
    return translate(language, "card.window_open", time=time)


def _buttons(thread: Thread, claim: str, end: str) -> list[list[dict[str, str]]]:
    if thread.session_id is None:
        return []
    about = thread.conversation_id
    is_free = thread.holder_id is None or thread.is_held_by_ai
    row = [{"text": claim, "data": f"claim:{about}"}] if is_free else []
    return [[*row, {"text": end, "data": f"end:{about}"}]]
