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
CODE_LIFETIME = timedelta(seconds=65)
# Of what comes late: the provider's clock and ours may differ by so much.
_CLOCK_SKEW = timedelta(seconds=1)
_AWAITING_SCAN = {
    LinkStatus.SCAN_QR_CODE,
    LinkStatus.PASSKEY_REQUIRED,
    LinkStatus.PASSKEY_CONFIRMATION,
}
# In a channel's settings: an admin stopped the number, and nobody else starts it.
STOPPED_BY_ADMIN = "link_stopped"
# There too: when an admin unlinked it last.
LOGGED_OUT_AT = "link_logged_out_at"
# What follows from that is seen within so long.
_REQUEST_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How a link stands, as its provider tells it."""

    status: LinkStatus
    at: datetime
    phone: str | None = None
    name: str | None = None
    # What the code says that is to be scanned now, where it was asked for.
    qr: str | None = None
    # Told by an event, which may come late; otherwise it was asked for just now.
    is_event: bool = True


class LinkNotice(Enum):
    """What admins are told of."""

    LINKED = "linked"
    FAILED = "failed"
    LOST = "lost"
    NOT_SCANNED = "not_scanned"


def is_stale_report(row: WhatsAppSession, report: LinkReport) -> bool:
    """Tell whether an event is older than what is known."""
    return report.is_event and report.at < row.changed_at - _CLOCK_SKEW


def choose_notice(row: WhatsAppSession, report: LinkReport) -> LinkNotice | None:
    """Say what is new about a link; None: nothing that anybody has to know."""
    was_linked = row.phone is not None
    match report.status:
        case LinkStatus.WORKING:
            return LinkNotice.LINKED if row.error is not None or not was_linked else None
        case LinkStatus.FAILED if was_linked:
            return LinkNotice.FAILED if row.error is None else None
        case LinkStatus.FAILED if row.status in _AWAITING_SCAN:
            return LinkNotice.NOT_SCANNED
        case status if was_linked and status in _AWAITING_SCAN:
            return LinkNotice.LOST
    return None


def was_requested(settings: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a link is lost because an admin unlinked it: nobody need be alarmed."""
    kept = settings.get(LOGGED_OUT_AT)
    return isinstance(kept, str) and now - datetime.fromisoformat(kept) < _REQUEST_WINDOW


def apply_report(row: WhatsAppSession, report: LinkReport) -> bool:
    """Bring what is kept up to date; tells whether its status changed."""
    changed = row.status is not report.status
    if report.status is LinkStatus.WORKING:
        row.phone = report.phone or row.phone or ""
        row.push_name, row.error = report.name or row.push_name, None
    elif report.status in _AWAITING_SCAN:
        row.phone = None
    if report.status is not LinkStatus.SCAN_QR_CODE:
        row.qr = row.qr_at = None
    elif report.qr is not None and report.qr != row.qr:
        row.qr, row.qr_at = report.qr, report.at
    if changed:
        row.status, row.changed_at = report.status, report.at
    return changed


def get_current_code(row: WhatsAppSession | None, now: datetime) -> str | None:
    """Give what is to be scanned at this moment; None: nothing is, or it has run out."""
    if row is None or row.status is not LinkStatus.SCAN_QR_CODE:
        return None
    if row.qr is None or row.qr_at is None or now - row.qr_at > CODE_LIFETIME:
        return None
    return row.qr


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What a number's session should be doing, by what admins did and who waits for a code."""

    # An admin stopped it.
    is_stopped: bool
    # It was linked, so it comes up without anybody scanning anything.
    is_linked: bool
    # Somebody in the staff group waits for a code.
    wants_code: bool


class SessionCommand(Enum):
    """What a session is told to do."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"


def choose_command(status: LinkStatus, desired: DesiredState) -> SessionCommand | None:
    """Choose what a session needs to be told; None: it is as it should be.

    One that failed because nobody scanned its codes is left alone until somebody wants one:
    WhatsApp does not like numbers that ask for codes all day.
    """
    if desired.is_stopped:
        return None if status is LinkStatus.STOPPED else SessionCommand.STOP
    if status is LinkStatus.STOPPED:
        return SessionCommand.START
    if status is LinkStatus.FAILED and (desired.is_linked or desired.wants_code):
        return SessionCommand.RESTART
    return None


def get_desired_state(row: WhatsAppSession | None, settings: Mapping[str, Any]) -> DesiredState:
    """Say what a session should be doing."""
    return DesiredState(
        is_stopped=bool(settings.get(STOPPED_BY_ADMIN)),
        is_linked=row is not None and row.phone is not None,
        wants_code=row is not None and any(place["qr"] is None for place in row.qr_messages),
    )
