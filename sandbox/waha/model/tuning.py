"""What a test can set: how fast time goes and how much the server misbehaves by itself."""

from dataclasses import dataclass

UNORDERED = "free"
IN_ORDER = "kept"
NONE = "NONE"


@dataclass(slots=True)
class Tuning:
    """The server's manners; every number of seconds is multiplied by `tempo`."""

    api_key: str = "sandbox-waha-key"
    tempo: float = 1.0
    engine: str = "NOWEB"
    # How far ticks go by themselves: NONE, SERVER, DEVICE, READ or PLAYED.
    acks: str = "DEVICE"
    # How many more times each event is posted, under another event id.
    duplicates: int = 0
    float_timestamps: bool = False
    # "free": what must be retried is overtaken, as WAHA does it; "kept": a chat waits for it.
    order: str = UNORDERED
    # What media addresses begin with; empty is the address at which the server was last called.
    media_base: str = ""
