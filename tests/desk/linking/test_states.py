"""What follows from a link status: notices, commands, and the code to scan."""

from datetime import timedelta
from typing import Any

import pytest

from db.tables import LinkStatus, WhatsAppSession
from db.tables.base import now_utc
from desk.linking.states import (
    CODE_LIFETIME,
    DesiredState,
    LinkNotice,
    LinkReport,
    SessionCommand,
    apply_report,
    choose_command,
    choose_notice,
    get_current_code,
    get_desired_state,
    is_stale_report,
    was_requested,
)

NOW = now_utc()
S = LinkStatus


def row(status: LinkStatus = S.STOPPED, **fields: Any) -> WhatsAppSession:
    return WhatsAppSession(channel_id="C", status=status, changed_at=NOW, qr_messages=[], **fields)


def seen(status: LinkStatus, **more: Any) -> LinkReport:
    return LinkReport(status, NOW, is_event=False, **more)


@pytest.mark.parametrize(
    ("before", "status", "news"),
    [
        (row(), S.STARTING, None),
        (row(S.STARTING), S.SCAN_QR_CODE, None),
        (row(S.SCAN_QR_CODE), S.WORKING, LinkNotice.LINKED),
        (row(S.SCAN_QR_CODE), S.FAILED, LinkNotice.NOT_SCANNED),
        (row(S.STARTING), S.FAILED, None),
        (row(S.WORKING, phone="+1"), S.WORKING, None),
        (row(S.WORKING, phone="+1"), S.STARTING, None),
        (row(S.WORKING, phone="+1"), S.STOPPED, None),
        (row(S.STARTING, phone="+1"), S.WORKING, None),
        (row(S.STARTING, phone="+1", error="it failed"), S.WORKING, LinkNotice.LINKED),
        (row(S.WORKING, phone="+1"), S.SCAN_QR_CODE, LinkNotice.LOST),
        (row(S.STARTING, phone="+1", error="it failed"), S.SCAN_QR_CODE, LinkNotice.LOST),
        (row(S.WORKING, phone="+1"), S.PASSKEY_REQUIRED, LinkNotice.LOST),
        (row(S.WORKING, phone="+1"), S.FAILED, LinkNotice.FAILED),
        (row(S.STARTING, phone="+1", error="it failed"), S.FAILED, None),
    ],
)
def test_admins_are_told_what_is_new(
    before: WhatsAppSession, status: LinkStatus, news: LinkNotice | None
) -> None:
    assert choose_notice(before, seen(status)) is news


def test_a_requested_unlink_raises_no_alarm() -> None:
    asked = {"link_logged_out_at": NOW.isoformat()}
    assert was_requested(asked, NOW + timedelta(seconds=30))
    assert not was_requested(asked, NOW + timedelta(seconds=90))
    assert not was_requested({}, NOW)
    assert not was_requested({"link_logged_out_at": None}, NOW)


def test_a_repeated_report_is_told_once() -> None:
    kept = row(S.WORKING, phone="+1")
    lost = seen(S.SCAN_QR_CODE)
    assert choose_notice(kept, lost) is LinkNotice.LOST
    assert apply_report(kept, lost)
    assert choose_notice(kept, lost) is None
    assert not apply_report(kept, lost)


def test_a_code_is_kept_while_it_may_be_scanned() -> None:
    kept = row(S.STARTING)
    apply_report(kept, seen(S.SCAN_QR_CODE, qr="2@a"))
    assert get_current_code(kept, NOW) == "2@a"
    assert get_current_code(kept, NOW + CODE_LIFETIME + timedelta(seconds=1)) is None
    apply_report(kept, seen(S.SCAN_QR_CODE))  # reported by an event, which has no code
    assert get_current_code(kept, NOW) == "2@a"
    apply_report(kept, seen(S.WORKING, phone="+1"))
    assert kept.qr is None
    assert get_current_code(kept, NOW) is None
    assert get_current_code(None, NOW) is None


def test_an_event_that_is_not_clearly_newer_changes_nothing() -> None:
    kept, moment, later = row(S.SCAN_QR_CODE), timedelta(seconds=0.5), timedelta(seconds=2)
    for at in (NOW - later, NOW - moment, NOW, NOW + moment):
        assert is_stale_report(kept, LinkReport(S.STARTING, at))
    assert not is_stale_report(kept, LinkReport(S.WORKING, NOW + later))
    # It says what is known, and perhaps the phone's number, which comes after the status.
    assert not is_stale_report(kept, LinkReport(S.SCAN_QR_CODE, NOW - moment))


def test_an_answer_is_as_old_as_the_question() -> None:
    kept, moment = row(S.WORKING, phone="+1"), timedelta(milliseconds=1)
    assert is_stale_report(kept, LinkReport(S.SCAN_QR_CODE, NOW - moment, is_event=False))
    assert not is_stale_report(kept, LinkReport(S.SCAN_QR_CODE, NOW, is_event=False))


@pytest.mark.parametrize(
    ("status", "wanted", "order"),
    [
        (
            S.STOPPED,
            DesiredState(is_stopped=False, is_linked=True, wants_code=False),
            SessionCommand.START,
        ),
        (
            S.STOPPED,
            DesiredState(is_stopped=False, is_linked=False, wants_code=False),
            SessionCommand.START,
        ),
        (S.STOPPED, DesiredState(is_stopped=True, is_linked=True, wants_code=True), None),
        (
            S.WORKING,
            DesiredState(is_stopped=True, is_linked=True, wants_code=False),
            SessionCommand.STOP,
        ),
        (S.WORKING, DesiredState(is_stopped=False, is_linked=True, wants_code=False), None),
        (
            S.FAILED,
            DesiredState(is_stopped=False, is_linked=True, wants_code=False),
            SessionCommand.RESTART,
        ),
        (
            S.FAILED,
            DesiredState(is_stopped=False, is_linked=False, wants_code=True),
            SessionCommand.RESTART,
        ),
        (S.FAILED, DesiredState(is_stopped=False, is_linked=False, wants_code=False), None),
        (S.SCAN_QR_CODE, DesiredState(is_stopped=False, is_linked=False, wants_code=True), None),
        (S.STARTING, DesiredState(is_stopped=False, is_linked=True, wants_code=True), None),
    ],
)
def test_a_session_gets_the_command_that_it_needs(
    status: LinkStatus, wanted: DesiredState, order: SessionCommand | None
) -> None:
    assert choose_command(status, wanted) is order


def test_the_desired_state_follows_from_the_stored_data() -> None:
    assert get_desired_state(None, {}) == DesiredState(
        is_stopped=False, is_linked=False, wants_code=False
    )
    kept = row(phone="+1")
    kept.qr_messages = [{"qr": None}]
    assert get_desired_state(kept, {"link_stopped": True}) == DesiredState(
        is_stopped=True, is_linked=True, wants_code=True
    )
