"""Tuning that tests can set: the speed of time and the server's regular misbehaviour."""

from dataclasses import dataclass

UNORDERED = "free"
IN_ORDER = "kept"
NONE = "NONE"


@dataclass(slots=True)
class Tuning:
    """The server's tuning; every number of seconds is multiplied by `tempo`."""

    api_key: str = "sandbox-waha-key"
    tempo: float = 1.0
    engine: str = "NOWEB"
    # The last automatic ack: NONE, SERVER, DEVICE, READ or PLAYED.
    acks: str = "DEVICE"
    # The number of extra copies of each event, under another event id.
    duplicates: int = 0
    float_timestamps: bool = False
    # "free": later events overtake one that is retried, as with WAHA; "kept": the chat waits for
    # it.
    order: str = UNORDERED
    # The longest wait before a retry, at any tempo; an event is then retried until it is accepted.
    # 0: as long and as often as the webhook asks for.
    longest_retry: float = 0.0
    # The start of media addresses; empty means the address of the last call.
    media_base: str = ""
