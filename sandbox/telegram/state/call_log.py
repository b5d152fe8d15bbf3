"""Records the calls of bots, for tests to read."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.state.world import World


def record_call(
    world: World, method: str, params: Json, result: object, error: ApiError | None
) -> None:
    """Record a call with its outcome and the time, in Unix seconds."""
    world.calls.add(
        {
            "at": world.clock(),
            "method": method,
            "chat_id": params.get("chat_id"),
            "params": params,
            "ok": error is None,
            "error_code": error.code if error else None,
            "description": error.description if error else None,
            "result": result,
        }
    )
