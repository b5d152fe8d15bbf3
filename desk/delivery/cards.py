"""Build the pinned card of a conversation's topic."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from db.queries.conversations.card_details import CardDetails
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons
from db.tables import AiTakeover, Priority
from desk.channels import ServedChannel
from desk.delivery.ports import Card
from desk.formatting.times import format_time
from desk.messages import window
from desk.texts import Translate, translate

_PRIORITIES: Mapping[Priority | None, str] = {
    Priority.LOW: "priority_low",
    Priority.HIGH: "priority_high",
    Priority.URGENT: "priority_urgent",
}
_MAX_NOTE = 200
_Line = tuple[str, str]
_Row = list[dict[str, str]]


def build_card(
    thread: Thread,
    channel: ServedChannel,
    language: str,
    now: datetime,
    zone: tzinfo = UTC,
    *,
    can_translate: bool = False,
    console: Buttons | None = None,
) -> Card:
    """Build the card that describes a conversation to the agents in its topic, as of `now`.

    Times are those of the desk's time zone. `can_translate`: there is a language model for it.
    `console`: the button that opens the conversation in the console.
    """

    def say(key: str, **values: object) -> str:
        return translate(language, f"card.{key}", **values)

    lines = [(say("customer"), thread.name)]
    if thread.username:
        lines.append((say("username"), f"@{thread.username}"))
    lines += [
        (say("channel"), channel.name),
        (say("language"), thread.language or "—"),
        (say("since"), format_time(thread.client_since, zone)),
        (say("session"), f"#{thread.session_number}" if thread.session_id else say("no_session")),
    ]
    if thread.session_id:
        lines += _describe_session(thread, say, zone)
    if window.has_window(channel):
        lines.append((say("window"), _format_window(thread, channel, say, now, zone)))
    if thread.is_blocked:
        lines.append(("⛔", say("blocked")))
    if thread.unreachable:
        lines.append(("⚠", f"{thread.unreachable}. {say('unreachable')}"))
    buttons = _build_buttons(thread, channel, language, can_translate=can_translate)
    return Card(thread.name, tuple(lines), [*buttons, *(console or [])])


def _describe_session(thread: Thread, say: Translate, zone: tzinfo) -> list[_Line]:
    """Describe the open session: its holder, how long it waits, what staff set on it."""
    lines, details = [(say("assigned"), thread.holder_name or say("nobody"))], thread.card_details
    if thread.holder_id is None and details.changed_at is not None:
        lines.append((say("waiting_since"), format_time(details.changed_at, zone)))
    if details.first_inbound_at is not None:
        asked, answered = details.first_inbound_at, details.first_answer_at
        if answered is None:
            said = say("unanswered", time=format_time(asked, zone))
        else:
            said = say("answered", duration=_format_duration(answered - asked))
        lines.append((say("first_answer"), said))
    if details.is_due_shown:
        lines.append(_describe_due(details, say, zone))
    if thread.priority in _PRIORITIES:
        lines.append((say("priority"), say(_PRIORITIES[thread.priority])))
    if details.tags:
        lines.append((say("tags"), " ".join(f"#{each}" for each in details.tags)))
    if thread.snoozed_until is not None:
        lines.append((say("snoozed"), format_time(thread.snoozed_until, zone)))
    if details.client_note is not None:
        lines.append((say("client_note"), _cut(details.client_note["text"])))
    return lines


def _cut(note: str) -> str:
    """Return the beginning of a note in one line; `/client` shows all of it."""
    words = " ".join(note.split())
    return words if len(words) <= _MAX_NOTE else f"{words[: _MAX_NOTE - 1]}…"


def _describe_due(details: CardDetails, say: Translate, zone: tzinfo) -> _Line:
    assert details.sla_due_at is not None  # noqa: S101 it is shown
    at = format_time(details.sla_due_at, zone)
    return say("answer_due"), say(f"due_{details.sla_state}", time=at)


def _format_window(
    thread: Thread, channel: ServedChannel, say: Translate, now: datetime, zone: tzinfo
) -> str:
    """Describe the reply window; it may be open for longer by the time this is read."""
    if thread.reply_until is None or not window.is_open(thread, channel, now):
        return say("window_closed")
    return say("window_open", time=format_time(thread.reply_until, zone))


def _format_duration(duration: timedelta) -> str:
    minutes, seconds = divmod(max(0, int(duration.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02} h"
    return f"{minutes}:{seconds:02} min"


def _build_buttons(
    thread: Thread, channel: ServedChannel, language: str, *, can_translate: bool
) -> list[_Row]:
    if thread.session_id is None:
        return []

    def button(key: str, data: str) -> dict[str, str]:
        return {"text": translate(language, key), "data": data}

    about = thread.conversation_id
    is_free = thread.holder_id is None or thread.is_held_by_ai
    row = [button("card.claim", f"claim:{about}")] if is_free else []
    row.append(button("card.end", f"end:{about}"))
    if channel.traits.receipt_timeout is not None:
        row.append(button("card.delivery_status", f"status:{about}"))
    if channel.ai_takeover is not AiTakeover.OFF and not thread.is_held_by_ai:
        row.append(button("ai.button_give", f"ai:give:{about}"))
    rows = [row]
    spoken = (thread.language or language)[:2].lower()
    if can_translate and spoken != language[:2]:
        rows.append([button("ai.button_translate", f"ai:translate:{about}")])
    commands = [
        button(f"card.{command}", f"do:{command}::{about}")
        for command in ("snooze", "transfer", "tag", "client")
    ]
    return [*rows, commands[:2], commands[2:]]
