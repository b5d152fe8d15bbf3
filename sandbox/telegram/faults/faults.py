"""Faults that tests order in advance; each strikes a number of times and is then used up."""

from dataclasses import dataclass, field

from sandbox.telegram.model.errors import ApiError, flood_wait, migrated
from sandbox.telegram.model.shapes import Json

ERROR = "error"
DROP_BEFORE = "drop_before"
DROP_AFTER = "drop_after"
LATE = "late"
HANG = "hang"
KINDS = frozenset({ERROR, DROP_BEFORE, DROP_AFTER, LATE, HANG})
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


@dataclass(slots=True)
class Fault:
    """What is to go wrong with which calls, and how many more times."""

    id: int
    method: str
    chat_id: str | None
    times: int
    kind: str
    order: Json

    def hits(self, method: str, chat_id: object) -> bool:
        """Tell whether a call is struck; "*" means any method but getUpdates."""
        if self.method == "*":
            if method == "getupdates":
                return False
        elif self.method != method:
            return False
        return self.chat_id is None or self.chat_id == str(chat_id)

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


@dataclass(slots=True)
class Faults:
    """The faults still to come, oldest first."""

    waiting: list[Fault] = field(default_factory=list)
    last_id: int = 0

    def order(self, order: Json) -> Fault:
        """Add a fault as the control API describes it."""
        self.last_id += 1
        chat_id = order.get("chat_id")
        fault = Fault(
            id=self.last_id,
            method=str(order["method"]).lower(),
            chat_id=None if chat_id is None else str(chat_id),
            times=int(order.get("times", 1)),
            kind=str(order.get("kind", ERROR)),
            order=order,
        )
        self.waiting.append(fault)
        return fault

    def strike(self, method: str, chat_id: object) -> Fault | None:
        """Return the fault that hits this call and use it up by one; None if none does."""
        for fault in self.waiting:
            if fault.hits(method, chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
