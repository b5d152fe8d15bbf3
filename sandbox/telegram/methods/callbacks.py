"""Answers pressed buttons."""

from sandbox.telegram.model import errors
from sandbox.telegram.state.call import Call

TEXT_LIMIT = 200


def answer_callback_query(call: Call) -> bool:
    """Answer a pressed button; a query that is unknown or too old is a 400."""
    params = call.params
    callback = call.world.callbacks.get(params["callback_query_id"])
    if callback is None or callback.bot_id != call.bot.id or callback.expires < call.world.clock():
        raise errors.query_too_old()
    if len(params.get("text", "")) > TEXT_LIMIT:
        raise errors.bad_request("MESSAGE_TOO_LONG")
    callback.answer = {
        name: params[name] for name in ("text", "show_alert", "url") if name in params
    }
    call.world.feed.publish("callback", 0, id=callback.id, answer=callback.answer)
    return True
