"""What follows from how a number's link stands: pure, so that hearing of it twice changes nothing.

A number counts as linked while we know its phone: a session that only comes up again keeps it, and
so does one that failed, until a restart shows whether it has to be scanned anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from db.tables import LinkStatus, WhatsAppSession

# The first code lives for 60 s; later ones for 20, and are replaced by then.
CODE_LIVES = timedelta(seconds=65)
# Of what comes late: the provider's clock and ours may differ by so much.
_SKEW = timedelta(seconds=1)
_TO_SCAN = {
    LinkStatus.SCAN_QR_CODE,
    LinkStatus.PASSKEY_REQUIRED,
    LinkStatus.PASSKEY_CONFIRMATION,
}
# In a channel's settings: an admin stopped the number, and nobody else starts it.
STOPPED_BY_ADMIN = "link_stopped"
# There too: when an admin unlinked it last.
LOGGED_OUT_AT = "link_logged_out_at"
# What follows from that is seen within so long.
_ASKED_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """How a link stands, as its provider tells it."""

    status: LinkStatus
    at: datetime
    phone: str | None = None
    name: str | None = None
    # What the code says that is to be scanned now, where it was asked for.
    qr: str | None = None
    # Told by an event, which may come late; otherwise it was asked for just now.
    is_event: bool = True


class News(Enum):
    """What admins are told of."""

    LINKED = "linked"
    FAILED = "failed"
    LOST = "lost"
    NOT_SCANNED = "not_scanned"


def is_stale(row: WhatsAppSession, seen: Seen) -> bool:
    """Tell whether an event is older than what is known."""
    return seen.is_event and seen.at < row.changed_at - _SKEW


def news_of(row: WhatsAppSession, seen: Seen) -> News | None:
    """Say what is new about a link; None: nothing that anybody has to know."""
    was_linked = row.phone is not None
    match seen.status:
        case LinkStatus.WORKING:
            return News.LINKED if row.error is not None or not was_linked else None
        case LinkStatus.FAILED if was_linked:
            return News.FAILED if row.error is None else None
        case LinkStatus.FAILED if row.status in _TO_SCAN:
            return News.NOT_SCANNED
        case status if was_linked and status in _TO_SCAN:
            return News.LOST
    return None


def was_asked_for(settings: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a link is lost because an admin unlinked it: nobody need be alarmed."""
    kept = settings.get(LOGGED_OUT_AT)
    return isinstance(kept, str) and now - datetime.fromisoformat(kept) < _ASKED_FOR


def apply(row: WhatsAppSession, seen: Seen) -> bool:
    """Bring what is kept up to date; tells whether its status changed."""
    changed = row.status is not seen.status
    if seen.status is LinkStatus.WORKING:
        row.phone = seen.phone or row.phone or ""
        row.push_name, row.error = seen.name or row.push_name, None
    elif seen.status in _TO_SCAN:
        row.phone = None
    if seen.status is not LinkStatus.SCAN_QR_CODE:
        row.qr = row.qr_at = None
    elif seen.qr is not None and seen.qr != row.qr:
        row.qr, row.qr_at = seen.qr, seen.at
    if changed:
        row.status, row.changed_at = seen.status, seen.at
    return changed


def current_code(row: WhatsAppSession | None, now: datetime) -> str | None:
    """Give what is to be scanned at this moment; None: nothing is, or it has run out."""
    if row is None or row.status is not LinkStatus.SCAN_QR_CODE:
        return None
    if row.qr is None or row.qr_at is None or now - row.qr_at > CODE_LIVES:
        return None
    return row.qr


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a number's session should be doing, by what admins did and who waits for a code."""

    # An admin stopped it.
    stopped: bool
    # It was linked, so it comes up without anybody scanning anything.
    linked: bool
    # Somebody in the staff group waits for a code.
    code: bool


class Order(Enum):
    """What a session is told to do."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"


def order_for(status: LinkStatus, wanted: Wanted) -> Order | None:
    """Choose what a session needs to be told; None: it is as it should be.

    One that failed because nobody scanned its codes is left alone until somebody wants one:
    WhatsApp does not like numbers that ask for codes all day.
    """
    if wanted.stopped:
        return None if status is LinkStatus.STOPPED else Order.STOP
    if status is LinkStatus.STOPPED:
        return Order.START
    if status is LinkStatus.FAILED and (wanted.linked or wanted.code):
        return Order.RESTART
    return None


def wanted_of(row: WhatsAppSession | None, settings: Mapping[str, Any]) -> Wanted:
    """Say what a session should be doing."""
    return Wanted(
        stopped=bool(settings.get(STOPPED_BY_ADMIN)),
        linked=row is not None and row.phone is not None,
        code=row is not None and any(place["qr"] is None for place in row.qr_messages),
    )
