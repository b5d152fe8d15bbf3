"""What was called and which webhooks went out, for tests to look at: bounded, numbered from 1."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.telegram.model.shapes import Json

RING = 20_000


@dataclass(slots=True)
class CallLog:
    """The last entries in order."""

    last_seq: int = 0
    ring: deque[Json] = field(default_factory=lambda: deque(maxlen=RING))

    def note(self, **entry: object) -> None:
        """Record an entry under the next number."""
        self.last_seq += 1
        self.ring.append({"seq": self.last_seq, **entry})

    def select(self, after: int, **wanted: str | None) -> list[Json]:
        """Return the entries after number `after` whose fields are as wanted; None is any."""
        asked = {name: value for name, value in wanted.items() if value is not None}
        return [
            entry
            for entry in self.ring
            if entry["seq"] > after
            and all(str(entry.get(name)) == value for name, value in asked.items())
        ]


def shorten_params(params: Json) -> Json:
    """Return a request's body without the bulk of its file."""
    file = params.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("data"), str):
        return params
    return {**params, "file": {**file, "data": f"<{len(file['data'])} characters of base64>"}}
