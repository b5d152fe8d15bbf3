"""Faults of the Bot API: how they match calls, and the errors that they answer with."""

from sandbox.common.faults import ANY_CALL, Fault
from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import ApiError, flood_wait, migrated

TOO_MANY_REQUESTS = 429
PREFIXES = {
    400: "Bad Request: ",
    401: "Unauthorized: ",
    403: "Forbidden: ",
    404: "Not Found: ",
    409: "Conflict: ",
    500: "Internal Server Error: ",
    502: "Bad Gateway",
}


class BotApiFault(Fault):
    """A fault of a method, in one chat or in any."""

    call_field = "method"
    target_field = "chat_id"

    def __init__(self, number: int, order: Json) -> None:
        super().__init__(number, order)
        self.call = self.call.lower()

    def matches(self, call: str, target: str | None) -> bool:
        """Check whether the fault applies to a call; "*" means any method but getUpdates."""
        if self.call == ANY_CALL and call == "getupdates":
            return False
        return super().matches(call, target)

    def error(self) -> ApiError:
        """Return the refusal that an error fault answers with."""
        order = self.order
        if order.get("migrate_to_chat_id"):
            return migrated(int(order["migrate_to_chat_id"]))
        code = int(order.get("code") or 500)
        if code == TOO_MANY_REQUESTS:
            return flood_wait(int(order.get("retry_after") or 1))
        text = order.get("description")
        if text is None:
            return ApiError(code, "Internal Server Error: restart")
        prefix = PREFIXES.get(code, "")
        return ApiError(code, text if text.startswith(prefix) else prefix + text)
