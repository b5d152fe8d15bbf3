"""Methods about the bot's own account."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.state.call import Call

CAPABILITIES: Json = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
    "allows_users_to_create_topics": False,
}


def get_me(call: Call) -> Json:
    """Return the bot, with the fields that only this method returns."""
    return {
        **call.bot.user,
        **CAPABILITIES,
        "has_topics_enabled": call.bot.has_topics_enabled,
    }


def log_out(call: Call) -> bool:
    """Accept the call and do nothing: a stand-in has no server to log out from."""
    del call
    return True
