"""Faults that tests order in advance; each strikes a number of times and is then used up."""

from dataclasses import dataclass, field

from sandbox.telegram.model.shapes import Json
from sandbox.waha.model.errors import WahaError, crash, refusal, unauthorized

ERROR = "error"
DROP_BEFORE = "drop_before"
DROP_AFTER = "drop_after"
LATE = "late"
HANG = "hang"
HTML = "html"
HTML_AFTER = "html_after"
KINDS = frozenset({ERROR, DROP_BEFORE, DROP_AFTER, LATE, HANG, HTML, HTML_AFTER})
PAGE = "<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """What is to go wrong with which calls, and how many more times."""

    id: int
    operation: str
    session: str | None
    times: int
    kind: str
    order: Json

    def hits(self, operation: str, session: str | None) -> bool:
        """Tell whether a call is struck; "*" means any."""
        if self.operation not in {"*", operation}:
            return False
        return self.session is None or self.session == session

    def error(self) -> WahaError:
        """Return the refusal that an error fault answers with."""
        status = int(self.order.get("code") or 500)
        text = str(self.order.get("message") or "The order of the sandbox")
        if status == 401:  # noqa: PLR2004 - the status of a wrong key
            return unauthorized()
        return crash(text, status) if status >= 500 else refusal(status, text)  # noqa: PLR2004 - a server's errors


@dataclass(slots=True)
class Faults:
    """The faults still to come, oldest first."""

    waiting: list[Fault] = field(default_factory=list)
    last_id: int = 0

    def order(self, order: Json) -> Fault:
        """Add a fault as the control API describes it."""
        self.last_id += 1
        session = order.get("session")
        fault = Fault(
            id=self.last_id,
            operation=str(order["operation"]),
            session=None if session is None else str(session),
            times=int(order.get("times", 1)),
            kind=str(order.get("kind", ERROR)),
            order=order,
        )
        self.waiting.append(fault)
        return fault

    def strike(self, operation: str, session: str | None) -> Fault | None:
        """Return the fault that hits this call and use it up by one; None if none does."""
        for fault in self.waiting:
            if fault.hits(operation, session):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
