"""Faults that tests order in advance: each applies to a number of calls and is then used up.

A provider's folder has its own subclass of `Fault`, which says how its calls are matched and
which error they get.
"""

from typing import ClassVar, Generic, TypeVar

from sandbox.common.json_shapes import Json

ERROR = "error"
DROP_BEFORE = "drop_before"
DROP_AFTER = "drop_after"
LATE = "late"
HANG = "hang"
# The kinds that every stand-in knows.
COMMON_KINDS = frozenset({ERROR, DROP_BEFORE, DROP_AFTER, LATE, HANG})
ANY_CALL = "*"


class Fault:
    """A fault that is still to come: the calls that it applies to, its kind and what is left."""

    # The names of the two fields of an order that say which calls are meant.
    call_field: ClassVar[str]
    target_field: ClassVar[str]

    def __init__(self, number: int, order: Json) -> None:
        self.id = number
        self.order = order
        self.call = str(order[self.call_field])
        target = order.get(self.target_field)
        self.target = None if target is None else str(target)
        self.kind = str(order.get("kind", ERROR))
        self.times = int(order.get("times", 1))

    def matches(self, call: str, target: str | None) -> bool:
        """Check whether the fault applies to a call; "*" means any call."""
        return self.call in {ANY_CALL, call} and self.matches_target(target)

    def matches_target(self, target: str | None) -> bool:
        """Check whether the fault applies to a chat, recipient or session; none set means any."""
        return self.target is None or self.target == target


F = TypeVar("F", bound=Fault)


class Faults(Generic[F]):
    """The faults that are still to come, oldest first."""

    def __init__(self, fault_type: type[F]) -> None:
        self._fault_type = fault_type
        self._waiting: list[F] = []
        self._last_id = 0

    def order(self, order: Json) -> F:
        """Add a fault as the control API describes it."""
        self._last_id += 1
        fault = self._fault_type(self._last_id, order)
        self._waiting.append(fault)
        return fault

    def list_waiting(self) -> list[Json]:
        """Return the orders of the faults that are still to come, with the times that are left."""
        return [{**fault.order, "id": fault.id, "times": fault.times} for fault in self._waiting]

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()

    def take(self, call: str, target: object) -> F | None:
        """Return the oldest fault that applies to this call and count one use, or return None."""
        text = None if target is None else str(target)
        for fault in self._waiting:
            if fault.matches(call, text):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
