"""Faults of the model server: how they match calls, and the errors that they answer with."""

from sandbox.common.faults import COMMON_KINDS, Fault
from sandbox.openai.errors import ApiError

CHAT, EMBEDDINGS, MODELS = "chat", "embeddings", "models"
CALLS = frozenset({CHAT, EMBEDDINGS, MODELS})

# The body, or the stream, breaks off in the middle.
CUT = "cut"
# JSON that ends in the middle, text that is no answer, no text at all.
BROKEN_JSON, NONSENSE, EMPTY = "broken_json", "nonsense", "empty"
# The model refuses; a filter removes the answer; the answer reaches its most tokens.
REFUSAL, CONTENT_FILTER, LENGTH = "refusal", "content_filter", "length"
HTML = "html"
# Faults that change what the model says, not whether it answers.
SPEECH = frozenset({BROKEN_JSON, NONSENSE, EMPTY, REFUSAL, CONTENT_FILTER, LENGTH})
KINDS = COMMON_KINDS | SPEECH | {CUT, HTML}
HTML_PAGE = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class OpenAIFault(Fault):
    """A fault of a call; `text`: only if the customer's last message contains it."""

    call_field = "call"
    target_field = "text"

    def matches_target(self, target: str | None) -> bool:
        """Check whether the fault applies to a prompt."""
        return self.target is None or self.target.lower() in (target or "").lower()

    def error(self) -> ApiError:
        """Return the error that an `error` fault answers with: 500 unless ordered otherwise."""
        order = self.order
        return ApiError(
            int(order.get("status", 500)),
            str(order.get("message", "The server had an error while processing your request")),
            code=order.get("code"),
            param=order.get("param"),
            retry_after=order.get("retry_after"),
        )
