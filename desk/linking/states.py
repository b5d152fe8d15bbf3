"""Decide what follows from a number's link status; pure, so a repeated report changes nothing.

A number counts as linked while its phone number is known. A session that is restarting keeps it,
and so does a failed one, until a restart shows whether it must be scanned again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from db.tables import LinkStatus, WhatsAppSession

# The first code is valid for 60 s; later ones for 20 s, and are then replaced.
CODE_LIFETIME = timedelta(seconds=65)
# For late events: the provider's clock and ours may differ by this much.
_CLOCK_SKEW = timedelta(seconds=1)
_AWAITING_SCAN = {
    LinkStatus.SCAN_QR_CODE,
    LinkStatus.PASSKEY_REQUIRED,
    LinkStatus.PASSKEY_CONFIRMATION,
}
# In a channel's settings: an administrator stopped the number, so nothing else starts it.
STOPPED_BY_ADMIN = "link_stopped"
# In a channel's settings: when an administrator last unlinked the number.
LOGGED_OUT_AT = "link_logged_out_at"
# The effects of an unlink are seen within this time.
_REQUEST_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The status of a link, as reported by its provider."""

    status: LinkStatus
    # When it happened, by the provider's clock; or when the provider was asked, by ours.
    at: datetime
    phone: str | None = None
    name: str | None = None
    # The text of the QR code to scan now, if it was requested.
    qr: str | None = None
    # True if an event reported it, which may come late; False if it was requested just now.
    is_event: bool = True


class LinkNotice(Enum):
    """The changes that administrators are told about."""

    LINKED = "linked"
    FAILED = "failed"
    LOST = "lost"
    NOT_SCANNED = "not_scanned"


def is_stale_report(row: WhatsAppSession, report: LinkReport) -> bool:
    """Check whether a report may be older than the stored status.

    A late event would hide the code, or report a link as lost that was made just now. So an event
    that is not clearly newer changes nothing: it wakes the supervisor, which asks the provider. An
    answer to the supervisor is as old as the question: an event may have come meanwhile.
    """
    if not report.is_event:
        return report.at < row.changed_at
    return report.status is not row.status and report.at < row.changed_at + _CLOCK_SKEW


def choose_notice(row: WhatsAppSession, report: LinkReport) -> LinkNotice | None:
    """Choose what to tell administrators about a report; None if nothing."""
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
    """Check whether the link was lost because an administrator unlinked it: no alarm then."""
    kept = settings.get(LOGGED_OUT_AT)
    return isinstance(kept, str) and now - datetime.fromisoformat(kept) < _REQUEST_WINDOW


def apply_report(row: WhatsAppSession, report: LinkReport) -> bool:
    """Update the stored status; return whether it changed."""
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
    """Return the code to scan at this moment; None if there is none or it has expired."""
    if row is None or row.status is not LinkStatus.SCAN_QR_CODE:
        return None
    if row.qr is None or row.qr_at is None or now - row.qr_at > CODE_LIFETIME:
        return None
    return row.qr


@dataclass(frozen=True, slots=True)
class DesiredState:
    """The state that a session should have, by administrators' actions and waiting requests."""

    # An administrator stopped it.
    is_stopped: bool
    # It was linked, so it starts without a scan.
    is_linked: bool
    # Somebody in the staff group waits for a code.
    wants_code: bool


class SessionCommand(Enum):
    """A command for a session."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"


def choose_command(status: LinkStatus, desired: DesiredState) -> SessionCommand | None:
    """Choose the command that a session needs; None if it is as it should be.

    A session that failed because nobody scanned its codes stays as it is until somebody requests a
    code: WhatsApp does not like numbers that ask for codes all day.
    """
    if desired.is_stopped:
        return None if status is LinkStatus.STOPPED else SessionCommand.STOP
    if status is LinkStatus.STOPPED:
        return SessionCommand.START
    if status is LinkStatus.FAILED and (desired.is_linked or desired.wants_code):
        return SessionCommand.RESTART
    return None


def get_desired_state(row: WhatsAppSession | None, settings: Mapping[str, Any]) -> DesiredState:
    """Return the state that a session should have."""
    return DesiredState(
        is_stopped=bool(settings.get(STOPPED_BY_ADMIN)),
        is_linked=row is not None and row.phone is not None,
        wants_code=row is not None and any(place["qr"] is None for place in row.qr_messages),
    )
