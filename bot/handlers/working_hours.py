"""Handle `/schedule`: agents see and change when they work and so are online by themselves."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from aiogram.types import Message

from bot.handlers import agents
from bot.handlers.command_parser import parse_command
from bot.handlers.hours_words import REMOVE, describe_week
from bot.handlers.staff_location import send_here
from db.queries.accounts.presence import read_working_hours
from desk.actors import AgentActor
from desk.business_hours import load_hours
from desk.channels import ServedChannel
from desk.conversations.agents import set_working_hours
from desk.setup.hours_orders import HoursOrderError, apply_order
from desk.unit_of_work import UnitOfWork

COMMAND = "schedule"


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show or change the working hours of the agent who asks."""
    agent = await agents.find_author(message, uow, channel)
    if agent is None:
        send_here(message, uow, channel, uow.text_for_staff("agent.not_agent"))
        return
    send_here(message, uow, channel, await _run(uow, agent, parse_command(message)[1].strip()))


async def _run(uow: UnitOfWork, agent: AgentActor, order: str) -> str:
    """Do what the agent orders, and return what to tell them."""
    kept = await read_working_hours(uow.tx, agent.agent_id)
    if order.lower() in REMOVE:
        await set_working_hours(uow, agent.agent_id, None, by=agent)
        return await _describe(uow, agent)
    if order:
        # Nobody has to name the desk's own time zone.
        start = kept or {"time_zone": _get_name(uow.zone), "week": {}, "holidays": []}
        try:
            await set_working_hours(uow, agent.agent_id, apply_order(order, start), by=agent)
        except HoursOrderError as error:
            reason = uow.text_for_staff(error.key, **error.values)
            return uow.text_for_staff("hours.not_changed", reason=reason)
    return await _describe(uow, agent)


def _get_name(zone: tzinfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


async def _describe(uow: UnitOfWork, agent: AgentActor) -> str:
    kept = await read_working_hours(uow.tx, agent.agent_id)
    hours = load_hours(kept) if kept else None
    usage = uow.text_for_staff("schedule.usage", command=f"/{COMMAND}")
    if kept is None or hours is None:
        return "\n".join([uow.text_for_staff("schedule.none"), "", usage])
    title = uow.text_for_staff("schedule.title", zone=kept["time_zone"])
    rule = uow.text_for_staff("schedule.rule")
    return "\n".join([title, *describe_week(uow, kept, hours), rule, "", usage])
