"""Handle `/broadcast` and its buttons: administrators see, create, start and stop broadcasts."""

from collections.abc import Mapping

from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from bot.convert.from_telegram import to_content
from bot.handlers.admin_commands import AdminCommand
from bot.handlers.command_parser import parse_command
from bot.handlers.staff_location import edit_here
from db.ids import BroadcastId, ChannelId, TagId
from db.queries.broadcasts import broadcasts
from db.queries.broadcasts.audience import Audience
from db.queries.tags import find_tags
from db.queues.payloads import Buttons
from db.tables import Broadcast, BroadcastState, RecipientState
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.broadcasts import lifecycle
from desk.broadcasts.content import VARIABLES
from desk.broadcasts.lifecycle import BroadcastPlan
from desk.broadcasts.trial import Preview, preview, send_to_oneself
from desk.channels import ServedChannel
from desk.formatting.variables import render
from desk.setup.customer_texts import keep_markup
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.texts import LANGUAGES
from desk.texts.customer_texts import OwnText
from desk.unit_of_work import UnitOfWork

COMMAND = "broadcast"
BUTTON_VERB = "cast"
_MOST_LISTED = 5
_MAX_NAME = 60
_ACTIONS: Mapping[BroadcastState, tuple[str, ...]] = {
    BroadcastState.DRAFT: ("start", "test", "cancel"),
    BroadcastState.SCHEDULED: ("start", "cancel"),
    BroadcastState.RUNNING: ("pause", "cancel"),
    BroadcastState.PAUSED: ("resume", "cancel"),
}
_NOT_SENT = (RecipientState.WAITING, RecipientState.QUEUED)


class _OrderError(Exception):
    """The words behind the command cannot be understood; the text says what to do."""


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """List the broadcasts, or make one of the text that the command replies to."""
    desk = AdminCommand(uow, message, channel, COMMAND)
    if not desk.is_answered_here or (admin := await desk.find_admin()) is None:
        return
    if (text := _find_text(message)) is not None:
        await _create(desk, text, admin)
    elif parse_command(message)[1]:
        desk.reply(_say_usage(uow))
    else:
        await _list(desk)


def _find_text(message: Message) -> Message | None:
    """Return the message that the command replies to; in a topic, its root is none."""
    above = message.reply_to_message
    if above is None or not message.is_topic_message:
        return above
    return None if above.message_id == message.message_thread_id else above


async def _list(desk: AdminCommand) -> None:
    uow = desk.uow
    found = await broadcasts.list_broadcasts(uow.tx, start=None, limit=_MOST_LISTED)
    if not found:
        desk.reply(uow.text_for_staff("broadcasting.none", command=f"/{COMMAND}"))
    for each in reversed(found[:_MOST_LISTED]):
        text, buttons = await _describe(uow, each)
        desk.reply(text, buttons=buttons)


async def _create(desk: AdminCommand, text: Message, admin: AgentActor) -> None:
    """Create a draft, and show who would get it, with a button that starts it."""
    uow, content = desk.uow, to_content(text)
    if not content.is_text or not content.text:
        desk.reply(uow.text_for_staff("broadcasting.no_text"))
        return
    plain = render(content.text, dict.fromkeys(VARIABLES, "…"))
    name = " ".join(plain.split())[:_MAX_NAME] or COMMAND
    wording = OwnText(content.text, keep_markup(content.entities))
    try:
        audience = await _read_audience(desk)
        made = await lifecycle.create(uow, BroadcastPlan(name, audience, wording), by=admin)
    except _OrderError as error:
        desk.reply(str(error))
        return
    except InvalidValueError as error:
        desk.reply(uow.text_for_staff("broadcasting.refused", reason=uow.reason_for_staff(error)))
        return
    described, buttons = await _describe(uow, made)
    desk.reply((await preview(uow, made)).example)
    desk.reply(described, buttons=buttons)


async def _read_audience(desk: AdminCommand) -> Audience:
    """Read channel, languages and tags behind the command; raise _OrderError."""
    here = await desk.list_channels()
    chosen: list[ChannelId] = []
    languages: list[str] = []
    tags: list[TagId] = []
    for word in parse_command(desk.message)[1].lower().split():
        if word.isdecimal() and 0 < int(word[:4]) <= len(here):
            chosen.append(here[int(word[:4]) - 1].id)
        elif word in LANGUAGES:
            languages.append(word)
        elif word.startswith("#"):
            tags.append(await _find_tag(desk.uow, word[1:]))
        else:
            raise _OrderError(_say_usage(desk.uow))
    return Audience(chosen or [each.id for each in here], tags, languages)


async def _find_tag(uow: UnitOfWork, name: str) -> TagId:
    found = next(iter((await find_tags(uow.tx, [name])).values()), None)
    if found is None:
        reason = uow.text_for_staff("broadcasting.unknown_tag", tag=f"#{name[:_MAX_NAME]}")
        raise _OrderError(uow.text_for_staff("broadcasting.refused", reason=reason))
    return found.id


def _say_usage(uow: UnitOfWork) -> str:
    known = ", ".join(f"{{{{{each}}}}}" for each in VARIABLES)
    return uow.text_for_staff("broadcasting.usage", command=f"/{COMMAND}", variables=known)


async def on_button(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Do what a button below a broadcast says, if an administrator pressed it."""
    agent = await find_bound_agent(uow, str(query.from_user.id))
    _, action, broadcast_id = [*(query.data or "").split(":"), "", ""][:3]
    text, is_alert = uow.text_for_staff("broadcasting.admins_only"), True
    if agent is not None and agent.is_admin:
        text, is_alert = await _press(uow, action, BroadcastId(broadcast_id), agent)
        await _refresh(query, uow, channel, BroadcastId(broadcast_id))
    uow.answer_button(channel.id, query.id, text, alert=is_alert)


async def _press(
    uow: UnitOfWork, action: str, broadcast_id: BroadcastId, admin: AgentActor
) -> tuple[str, bool]:
    """Do one action; return the text to show, and whether it must be confirmed."""
    try:
        match action:
            case "start":
                await lifecycle.start(uow, broadcast_id, None, by=admin)
                return uow.text_for_staff("broadcasting.started"), False
            case "pause":
                state = (await lifecycle.pause(uow, broadcast_id, by=admin)).state
            case "resume":
                state = (await lifecycle.resume(uow, broadcast_id, by=admin)).state
            case "cancel":
                state = (await lifecycle.cancel(uow, broadcast_id, by=admin)).state
            case _:
                return await _test(uow, broadcast_id, admin)
    except NotPossibleError:
        found = await broadcasts.find_broadcast(uow.tx, broadcast_id)
        state = found.state if found else BroadcastState.CANCELED
        shown = uow.text_for_staff(f"broadcasting.{state}")
        return uow.text_for_staff("broadcasting.gone", state=shown), True
    except NotFoundError:
        return uow.text_for_staff("button.out_of_date"), True
    return uow.text_for_staff(f"broadcasting.{state}"), False


async def _test(uow: UnitOfWork, broadcast_id: BroadcastId, admin: AgentActor) -> tuple[str, bool]:
    found = await broadcasts.find_broadcast(uow.tx, broadcast_id)
    if found is None:
        return uow.text_for_staff("button.out_of_date"), True
    try:
        await send_to_oneself(uow, found, by=admin)
    except NotPossibleError:
        return uow.text_for_staff("broadcasting.no_account"), True
    return uow.text_for_staff("broadcasting.tested"), False


async def _refresh(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, broadcast_id: BroadcastId
) -> None:
    """Show the broadcast as it is now, in the message whose button was pressed."""
    message, found = query.message, await broadcasts.find_broadcast(uow.tx, broadcast_id)
    if message is None or isinstance(message, InaccessibleMessage) or found is None:
        return
    text, buttons = await _describe(uow, found)
    edit_here(message, uow, channel, text, buttons=buttons)


async def _describe(uow: UnitOfWork, broadcast: Broadcast) -> tuple[str, Buttons]:
    """Return how far a broadcast is, and the buttons for what can be done with it."""
    shown = uow.text_for_staff(f"broadcasting.{broadcast.state}")
    lines = [uow.text_for_staff("broadcasting.title", name=broadcast.name, state=shown)]
    if broadcast.state is BroadcastState.DRAFT:
        lines += _describe_preview(uow, await preview(uow, broadcast))
    else:
        lines += await _describe_progress(uow, broadcast)
    actions = _ACTIONS.get(broadcast.state, ())
    row = [
        {
            "text": uow.text_for_staff(f"broadcasting.{each}"),
            "data": f"{BUTTON_VERB}:{each}:{broadcast.id}",
        }
        for each in actions
    ]
    return "\n".join(lines), [row] if row else []


def _describe_preview(uow: UnitOfWork, found: Preview) -> list[str]:
    lines = [uow.text_for_staff("broadcasting.preview", people=found.people)]
    for channel_id, people in found.by_channel.items():
        name = uow.channels[channel_id].name if uow.channels.is_known(channel_id) else channel_id
        lines.append(
            uow.text_for_staff("broadcasting.preview_channel", channel=name, people=people)
        )
    if found.skipped:
        reasons = "; ".join(
            uow.text_for_staff(f"broadcasting.{reason}", people=people)
            for reason, people in found.skipped.items()
        )
        lines.append(uow.text_for_staff("broadcasting.preview_skipped", reasons=reasons))
    return lines


async def _describe_progress(uow: UnitOfWork, broadcast: Broadcast) -> list[str]:
    lines = []
    if broadcast.state is BroadcastState.SCHEDULED and broadcast.starts_at is not None:
        lines.append(uow.text_for_staff("broadcasting.at", at=broadcast.starts_at))
    counts = await broadcasts.count_recipients_of(uow.tx, broadcast.id)
    waiting = sum(counts.get(each, 0) for each in _NOT_SENT)
    others = {each.value: counts.get(each, 0) for each in RecipientState if each not in _NOT_SENT}
    lines.append(uow.text_for_staff("broadcasting.counts", waiting=waiting, **others))
    return lines
