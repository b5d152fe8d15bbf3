"""Handle `/snooze`: put a session aside until a time."""

from datetime import UTC, datetime

from bot.commands.call import Answer, Call, build_button
from desk.conversations.actions import SessionActionError
from desk.conversations.snooze import MAX_SNOOZE, SnoozeTimeError, snooze, wake
from desk.conversations.snooze_times import list_choices, parse_snooze_time

# Before the seconds since 1970, in a button: it means the same time whenever it is pressed.
_AT = "@"
_OFF = "off"
_MAX_DIGITS = 11
_CHOICES = {
    "hour": "snooze_hour",
    "evening": "snooze_evening",
    "tomorrow": "snooze_tomorrow",
    "monday": "snooze_monday",
}


async def snooze_session(call: Call) -> Answer:
    """Put the held session aside: `/snooze 2h`, `/snooze 2026-12-01 09:00`, `/snooze off`."""
    if refusal := call.refuse_others():
        return refusal
    if call.thread.holder_id is None:
        return call.refuse("command.nobody_holds")
    if not call.argument:
        return _offer(call)
    if call.argument.lower() == _OFF:
        is_awake = await wake(call.uow, call.thread)
        return Answer(call.say("command.snooze_off" if is_awake else "command.snooze_none"))
    until = _read_time(call)
    if until is None:
        return call.refuse("command.snooze_usage")
    try:
        await snooze(call.uow, call.thread, until, by=call.by)
    except SnoozeTimeError:
        return call.refuse("command.snooze_past", most=MAX_SNOOZE.days)
    except SessionActionError:
        return call.refuse("command.changed_meanwhile")
    return Answer(call.say("command.snoozed", time=_show(call, until)), [[_build_off(call)]])


def _read_time(call: Call) -> datetime | None:
    if not call.argument.startswith(_AT):
        return parse_snooze_time(call.argument, call.uow.now, call.uow.zone)
    seconds = call.argument.removeprefix(_AT)
    if not (seconds.isdecimal() and len(seconds) <= _MAX_DIGITS):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def _offer(call: Call) -> Answer:
    choices = list_choices(call.uow.now, call.uow.zone)
    buttons = [
        [
            build_button(
                call.say(f"command.{_CHOICES[name]}", time=_show(call, at)),
                "snooze",
                f"{_AT}{int(at.timestamp())}",
            )
        ]
        for name, at in choices.items()
    ]
    if call.thread.snoozed_until is not None:
        buttons.append([_build_off(call)])
    return Answer(call.say("command.snooze_when"), buttons)


def _build_off(call: Call) -> dict[str, str]:
    return build_button(call.say("command.snooze_wake"), "snooze", _OFF)


def _show(call: Call, at: datetime) -> str:
    return f"{at.astimezone(call.uow.zone):%Y-%m-%d %H:%M}"
