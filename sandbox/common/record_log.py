"""A bounded log of calls or webhooks, for tests to read."""

from collections import deque

from sandbox.common.json_shapes import Json

RECORDS_KEPT = 20_000


class RecordLog:
    """The last records in order, numbered from 1; recording can be switched off."""

    def __init__(self) -> None:
        self.recording = True
        self.last_seq = 0
        self.records: deque[Json] = deque(maxlen=RECORDS_KEPT)

    def add(self, record: Json) -> None:
        """Record something under the next number, if recording is on."""
        if self.recording:
            self.last_seq += 1
            self.records.append({"seq": self.last_seq, **record})

    def select(self, after: int, **fields: str | None) -> list[Json]:
        """Return the records after number `after` that have these fields; None means any value."""
        asked = {name: value for name, value in fields.items() if value is not None}
        return [
            record
            for record in self.records
            if record["seq"] > after
            and all(str(record.get(name)) == value for name, value in asked.items())
        ]
