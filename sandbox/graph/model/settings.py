"""Settings of the stand-in's checks and delays; all may be changed while it runs."""

from dataclasses import dataclass, fields, replace

from sandbox.common.json_shapes import Json

OFF = "off"
LATER = "later"
AT_ONCE = "at_once"
REFUSALS = frozenset({OFF, LATER, AT_ONCE})
SENT = "sent"
DELIVERED = "delivered"
READ = "read"
PLAYED = "played"
FAILED = "failed"
STATUS_ORDER = (SENT, DELIVERED, READ, PLAYED)
# The order of the statuses: a delivery replaces a failure, "sent" does not.
STATUS_RANK = {SENT: 1, FAILED: 2, DELIVERED: 3, READ: 4, PLAYED: 5}
PARTS = frozenset(
    {
        "contacts",
        "status_contacts",
        "profile",
        "user_id",
        "wa_id",
        "error_message",
        "conversation",
        "pricing",
        "recipient_id",
    }
)
_CHOICES = {"window": REFUSALS, "undeliverable": REFUSALS, "media": REFUSALS}


@dataclass(frozen=True, slots=True)
class Settings:
    """When messages are refused, which statuses are automatic, and what webhooks leave out."""

    # When 131047, 131026 and 131053 occur: never, as a `failed` status (as the real API does), or
    # in the answer to the call.
    window: str = LATER
    undeliverable: str = LATER
    media: str = LATER
    # The automatic statuses of a send, and the seconds before each.
    ladder: tuple[str, ...] = (SENT, DELIVERED)
    delay: float = 0.01
    # The first status is delivered before the send is answered.
    early: bool = False
    # Parts of webhook bodies that are missing (see PARTS).
    leave_out: frozenset[str] = frozenset()
    # How often each webhook body is posted.
    copies: int = 1
    # The seconds before the first retry; each further pause is twice as long.
    retry_base: float = 1.0
    # The answer to every send says `message_status`; to templates it always does.
    message_status: bool = False
    # Documents of any MIME type are accepted; the real API has a list of types.
    any_document: bool = False
    # The origin of the URLs of files instead of this server, such as "http://127.0.0.1:9".
    media_origin: str = ""
    # Templates that are created are APPROVED at once.
    approve_templates: bool = False


NAMES = tuple(one.name for one in fields(Settings))


def change_settings(settings: Settings, wanted: Json) -> Settings:
    """Return the settings with some changed; a ValueError names the invalid one."""
    values = dict(wanted)
    for name, value in values.items():
        if name not in NAMES:
            raise ValueError(f"no setting {name}; there are {', '.join(NAMES)}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ValueError(f"{name} must be one of {', '.join(sorted(_CHOICES[name]))}")
    if "ladder" in values:
        values["ladder"] = _check_names(values["ladder"], frozenset(STATUS_ORDER), "status")
    if "leave_out" in values:
        values["leave_out"] = frozenset(_check_names(values["leave_out"], PARTS, "part"))
    return replace(settings, **values)


def _check_names(names: list[str], known: frozenset[str], what: str) -> tuple[str, ...]:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no {what} {unknown[0]}; there are {', '.join(sorted(known))}")
    return tuple(names)
