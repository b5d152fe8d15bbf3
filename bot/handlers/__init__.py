"""Every handler of the bot, in the order in which it is asked."""

from aiogram import Dispatcher

from bot.handlers import agents, buttons, customers, membership, staff


def build_dispatcher() -> Dispatcher:
    """Build the dispatcher: the first router that knows an update takes it."""
    # No FSM: it would bring locks and a storage of its own beside the lanes.
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(
        membership.router(),
        agents.router(),
        buttons.router(),
        staff.router(),
        customers.router(),
    )
    return dispatcher
