"""What the bot does with each kind of update: routing.py says who is asked, in which order."""

from aiogram import Dispatcher

from bot.handlers import routing


def build_dispatcher() -> Dispatcher:
    """Build the dispatcher: one handler for each kind of update, which routes by chat.

    No filters and no nested routers: aiogram runs them for every message, and they would cost more
    than everything else that handling does (docs/adr/0005-one-handler-per-update-kind.md).
    """
    # No FSM: it would bring locks and a storage of its own beside the lanes.
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(routing.on_message)
    dispatcher.edited_message.register(routing.on_edit)
    dispatcher.message_reaction.register(routing.on_reaction)
    dispatcher.callback_query.register(routing.on_button)
    dispatcher.chat_member.register(routing.on_member)
    dispatcher.my_chat_member.register(routing.on_own_membership)
    return dispatcher
