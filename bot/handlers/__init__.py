"""Handle each type of update; routing.py decides which handler is called."""

from aiogram import Router

from bot.handlers import routing


def build_router() -> Router:
    """Build the router: one handler for each type of update, which routes by chat.

    It has no filters and no nested routers. aiogram would run them for every message, and they
    would cost more than all other handling (docs/adr/0005-one-handler-per-update-kind.md).
    """
    router = Router()
    router.message.register(routing.on_message)
    router.edited_message.register(routing.on_edit)
    router.message_reaction.register(routing.on_reaction)
    router.callback_query.register(routing.on_button)
    router.chat_member.register(routing.on_member)
    router.my_chat_member.register(routing.on_own_membership)
    return router
