"""Faults of WAHA: how they match calls, and the errors that they answer with."""

from sandbox.common.faults import COMMON_KINDS, Fault
from sandbox.waha.model.errors import WahaError, crash, refusal, unauthorized

HTML = "html"
HTML_AFTER = "html_after"
KINDS = COMMON_KINDS | {HTML, HTML_AFTER}
PAGE = "<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>"
_UNAUTHORIZED = 401
_SERVER_ERRORS = range(500, 600)


class WahaFault(Fault):
    """A fault of an operation, in one session or in any."""

    call_field = "operation"
    target_field = "session"

    def error(self) -> WahaError:
        """Return the refusal that an error fault answers with."""
        status = int(self.order.get("code") or 500)
        text = str(self.order.get("message") or "The order of the sandbox")
        if status == _UNAUTHORIZED:
            return unauthorized()
        return crash(text, status) if status in _SERVER_ERRORS else refusal(status, text)
