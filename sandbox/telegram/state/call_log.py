"""What the bot called, for tests to look at: a bounded ring that can be switched off."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.model.shapes import Json

RING = 20_000


@dataclass(slots=True)
class CallLog:
    """The last calls in order, numbered from 1."""

    recording: bool = True
    last_seq: int = 0
    ring: deque[Json] = field(default_factory=lambda: deque(maxlen=RING))

    def note(
        self, at: float, method: str, params: Json, result: object, error: ApiError | None
    ) -> None:
        """Record a call with its outcome; `at` is in Unix seconds."""
        self.last_seq += 1
        self.ring.append(
            {
                "seq": self.last_seq,
                "at": at,
                "method": method,
                "chat_id": params.get("chat_id"),
                "params": params,
                "ok": error is None,
                "error_code": error.code if error else None,
                "description": error.description if error else None,
                "result": result,
            }
        )

    def select(self, method: str | None, chat_id: str | None, after: int) -> list[Json]:
        """Return the calls after number `after`, of one method and one chat if these are set."""
        wanted = method.lower() if method else None
        return [
            call
            for call in self.ring
            if call["seq"] > after
            and (wanted is None or call["method"].lower() == wanted)
            and (chat_id is None or str(call["chat_id"]) == chat_id)
        ]
