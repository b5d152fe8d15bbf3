"""Handle `/sla`: administrators see and change how soon customers of a channel are answered."""

from aiogram.types import Message

from bot.handlers.admin_commands import AdminCommand, split_number
from bot.handlers.command_parser import parse_command
from db.tables import Channel
from desk.actors import AgentActor
from desk.channels import (
    FIRST_ANSWER_MINUTES,
    NEXT_ANSWER_MINUTES,
    SLA_WARNING_PERCENT,
    ServedChannel,
)
from desk.setup.sla_orders import SlaOrderError, parse_order
from desk.setup.sla_targets import get_targets, set_targets
from desk.unit_of_work import UnitOfWork

COMMAND = "sla"


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show or change the targets of a channel, if an administrator asks."""
    desk = AdminCommand(uow, message, channel, COMMAND)
    if not desk.is_answered_here or (admin := await desk.find_admin()) is None:
        return
    number, order = split_number(parse_command(message)[1])
    row = await desk.lock_channel(number)
    if row is None or not await _change(desk, row, order, admin):
        return
    command = f"/{COMMAND}" if number is None else f"/{COMMAND} {number}"
    desk.reply(_describe(uow, row, command))


async def _change(desk: AdminCommand, row: Channel, order: str, admin: AgentActor) -> bool:
    """Change the targets; if that is not possible, reply why and return False."""
    uow = desk.uow
    try:
        await set_targets(uow, row, parse_order(order), by=admin)
    except SlaOrderError as error:
        reason = uow.text_for_staff(error.key, **error.values)
        desk.reply(uow.text_for_staff("targets.not_changed", reason=reason))
        return False
    return True


def _describe(uow: UnitOfWork, row: Channel, command: str) -> str:
    """Describe the targets of a channel, and how to change them."""
    targets = get_targets(row)
    percent = targets[SLA_WARNING_PERCENT]
    lines = [
        uow.text_for_staff("targets.title", channel=row.name),
        uow.text_for_staff("targets.first", time=_format(uow, targets[FIRST_ANSWER_MINUTES])),
        uow.text_for_staff("targets.next", time=_format(uow, targets[NEXT_ANSWER_MINUTES])),
        uow.text_for_staff("targets.warning", percent=percent)
        if percent
        else uow.text_for_staff("targets.no_warning"),
        "",
        uow.text_for_staff("targets.usage", command=command),
    ]
    return "\n".join(lines)


def _format(uow: UnitOfWork, minutes: int) -> str:
    if not minutes:
        return uow.text_for_staff("targets.no_target")
    return uow.text_for_staff("targets.minutes", minutes=minutes)
