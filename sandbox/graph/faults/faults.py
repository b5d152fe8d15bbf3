"""Faults that tests order in advance; each strikes a number of times and is then used up."""

from dataclasses import dataclass, field

from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.shapes import Json, digits

ERROR = "error"
# The message is taken, and then gets a `failed` status.
FAIL_LATER = "failed"
HTML = "html"
DROP_BEFORE = "drop_before"
DROP_AFTER = "drop_after"
LATE = "late"
HANG = "hang"
KINDS = frozenset({ERROR, FAIL_LATER, HTML, DROP_BEFORE, DROP_AFTER, LATE, HANG})
HTML_PAGE = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """What is to go wrong with which calls, and how many more times."""

    id: int
    call: str
    to: str
    kind: str
    times: int
    order: Json

    def hits(self, call: str, to: str) -> bool:
        """Tell whether a call is struck; "*" means any."""
        if self.call not in {"*", call}:
            return False
        return not self.to or self.to == to or digits(self.to) == digits(to) != ""

    def error(self) -> GraphError:
        """Return the refusal that was ordered; a plain 500 has code 131000, as Meta's has."""
        order = self.order
        return GraphError(
            int(order.get("code", 131000)),
            order.get("details", "Something went wrong"),
            message=order.get("message"),
            status=order.get("status"),
            subcode=order.get("subcode"),
        )


@dataclass(slots=True)
class Faults:
    """The faults still to come, oldest first."""

    waiting: list[Fault] = field(default_factory=list)
    last_id: int = 0

    def order(self, order: Json) -> Fault:
        """Add a fault as the control API describes it."""
        self.last_id += 1
        fault = Fault(
            id=self.last_id,
            call=str(order["call"]),
            to=str(order.get("to") or ""),
            kind=str(order.get("kind", ERROR)),
            times=int(order.get("times", 1)),
            order=order,
        )
        self.waiting.append(fault)
        return fault

    def strike(self, call: str, to: str) -> Fault | None:
        """Return the fault that hits this call and use it up by one; None if none does."""
        for fault in self.waiting:
            if fault.hits(call, to):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
