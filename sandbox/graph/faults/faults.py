"""Faults of the Graph API: how they match calls, and the errors that they answer with."""

from sandbox.common.faults import COMMON_KINDS, Fault
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.shapes import digits

# The message is accepted, and then gets a `failed` status.
FAIL_LATER = "failed"
HTML = "html"
KINDS = COMMON_KINDS | {FAIL_LATER, HTML}
HTML_PAGE = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"


class GraphFault(Fault):
    """A fault of a call, for one recipient or for any."""

    call_field = "call"
    target_field = "to"

    def matches_target(self, target: str | None) -> bool:
        """Check whether the fault applies to a recipient; phones match by their digits."""
        if not self.target or self.target == target:
            return True
        return digits(self.target) == digits(target or "") != ""

    def error(self) -> GraphError:
        """Return the ordered refusal; a plain 500 has code 131000, as Meta's has."""
        order = self.order
        return GraphError(
            int(order.get("code", 131000)),
            order.get("details", "Something went wrong"),
            message=order.get("message"),
            status=order.get("status"),
            subcode=order.get("subcode"),
        )
