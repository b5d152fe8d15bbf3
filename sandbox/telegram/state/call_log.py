"""Records the calls of bots, for tests to read."""

from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.state.call import Call


def record_call(call: Call, method: str, result: object, error: ApiError | None) -> None:
    """Record a call with its outcome and the time, in Unix seconds."""
    world, params = call.world, call.params
    world.calls.add(
        {
            "at": world.clock(),
            "bot_id": call.bot.id,
            "method": method,
            "chat_id": params.get("chat_id"),
            "params": params,
            "ok": error is None,
            "error_code": error.code if error else None,
            "description": error.description if error else None,
            "result": result,
            "fault": call.fault,
        }
    )
