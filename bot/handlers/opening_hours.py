"""Handle `/hours`: administrators see and change when a channel is open, where they ask."""

from aiogram.types import Message

from bot.handlers.admin_commands import AdminCommand, split_number
from bot.handlers.command_parser import parse_command
from bot.handlers.hours_words import REMOVE, describe_week
from db.tables import Channel
from desk.actors import AgentActor
from desk.business_hours import find_next_opening, is_open, load_hours
from desk.channels import ServedChannel
from desk.setup.channels import set_hours
from desk.setup.hours_orders import HoursOrderError, apply_order
from desk.unit_of_work import UnitOfWork

COMMAND = "hours"


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show or change the opening hours of a channel, if an administrator asks."""
    desk = AdminCommand(uow, message, channel, COMMAND)
    if not desk.is_answered_here or (admin := await desk.find_admin()) is None:
        return
    number, order = split_number(parse_command(message)[1])
    row = await desk.lock_channel(number)
    if row is None:
        return
    if order and not _change(desk, row, order, admin):
        return
    command = f"/{COMMAND}" if number is None else f"/{COMMAND} {number}"
    desk.reply(_describe(uow, row, command))


def _change(desk: AdminCommand, row: Channel, order: str, admin: AgentActor) -> bool:
    """Change the hours; if that is not possible, reply why and return False."""
    uow = desk.uow
    if order.lower() in REMOVE:
        set_hours(uow, row, None, by=admin)
        return True
    try:
        set_hours(uow, row, apply_order(order, row.opening_hours), by=admin)
    except HoursOrderError as error:
        reason = uow.text_for_staff(error.key, **error.values)
        desk.reply(uow.text_for_staff("hours.not_changed", reason=reason))
        return False
    return True


def _describe(uow: UnitOfWork, row: Channel, command: str) -> str:
    """Describe when a channel is open, and how to change that."""
    lines = [*_describe_hours(uow, row), "", uow.text_for_staff("hours.usage", command=command)]
    return "\n".join(lines)


def _describe_hours(uow: UnitOfWork, row: Channel) -> list[str]:
    kept, hours = row.opening_hours, load_hours(row.opening_hours) if row.opening_hours else None
    if kept is None or hours is None:
        return [uow.text_for_staff("hours.none", channel=row.name)]
    lines = [uow.text_for_staff("hours.title", channel=row.name, zone=kept["time_zone"])]
    lines += describe_week(uow, kept, hours)
    if is_open(hours, uow.now):
        lines.append(uow.text_for_staff("hours.open_now"))
    elif opening := find_next_opening(hours, uow.now):
        at = f"{opening.astimezone(hours.zone):%Y-%m-%d %H:%M}"
        lines.append(uow.text_for_staff("hours.closed_now", at=at))
    else:
        lines.append(uow.text_for_staff("hours.never_open"))
    return lines
