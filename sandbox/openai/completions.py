"""The shapes of chat completions: whole, and in the chunks of a stream."""

import math
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json, encode

_CHARS_OF_TOKEN = 4
_CHUNK_WORDS = 3
DONE = b"data: [DONE]\n\n"


@dataclass(slots=True)
class Completion:
    """What the model says to one request."""

    model: str
    text: str
    tokens_in: int
    tokens_out: int
    refusal: str | None = None
    finish_reason: str = "stop"
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def usage(self) -> Json:
        return {
            "prompt_tokens": self.tokens_in,
            "completion_tokens": self.tokens_out,
            "total_tokens": self.tokens_in + self.tokens_out,
        }

    def to_json(self, *, usage: bool) -> Json:
        """Return the whole completion."""
        content = None if self.refusal else self.text
        message = {"role": "assistant", "content": content, "refusal": self.refusal}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        shown = self._head("chat.completion", [{**choice, "logprobs": None}])
        return {**shown, "usage": self.usage()} if usage else shown

    def to_chunks(self, *, usage: bool) -> Iterator[bytes]:
        """Yield the server-sent events of a stream, without its end mark."""
        yield self._chunk({"role": "assistant", "content": ""})
        if self.refusal:
            yield self._chunk({"refusal": self.refusal})
        words = self.text.split(" ") if self.text and not self.refusal else []
        for start in range(0, len(words), _CHUNK_WORDS):
            part = " ".join(words[start : start + _CHUNK_WORDS])
            yield self._chunk({"content": part if not start else f" {part}"})
        yield self._chunk({}, self.finish_reason)
        if usage:
            yield _to_event({**self._head("chat.completion.chunk", []), "usage": self.usage()})

    def _chunk(self, delta: Json, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _to_event(self._head("chat.completion.chunk", [choice]))

    def _head(self, kind: str, choices: list[Json]) -> Json:
        head = {"id": self.id, "object": kind, "created": self.created, "model": self.model}
        return {**head, "choices": choices}


def count_tokens(text: str) -> int:
    """Estimate the tokens of a text."""
    return math.ceil(len(text) / _CHARS_OF_TOKEN)


def _to_event(content: Json) -> bytes:
    return f"data: {encode(content)}\n\n".encode()
