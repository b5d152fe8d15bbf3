"""What follows from how a link stands: who is told, which order is given, what may be scanned."""

from datetime import timedelta
from typing import Any

import pytest

from db.tables import LinkStatus, WhatsAppSession
from db.tables.base import now_utc
from desk.linking.states import (
    CODE_LIVES,
    News,
    Order,
    Seen,
    Wanted,
    apply,
    current_code,
    is_stale,
    news_of,
    order_for,
    wanted_of,
    was_asked_for,
)

NOW = now_utc()
S = LinkStatus


def row(status: LinkStatus = S.STOPPED, **fields: Any) -> WhatsAppSession:
    return WhatsAppSession(channel_id="C", status=status, changed_at=NOW, shown=[], **fields)


def seen(status: LinkStatus, **more: Any) -> Seen:
    return Seen(status, NOW, is_event=False, **more)


@pytest.mark.parametrize(
    ("before", "status", "news"),
    [
        (row(), S.STARTING, None),
        (row(S.STARTING), S.SCAN_QR_CODE, None),
        (row(S.SCAN_QR_CODE), S.WORKING, News.LINKED),
        (row(S.SCAN_QR_CODE), S.FAILED, News.NOT_SCANNED),
        (row(S.STARTING), S.FAILED, None),
        (row(S.WORKING, phone="+1"), S.WORKING, None),
        (row(S.WORKING, phone="+1"), S.STARTING, None),
        (row(S.WORKING, phone="+1"), S.STOPPED, None),
        (row(S.STARTING, phone="+1"), S.WORKING, None),
        (row(S.STARTING, phone="+1", error="it failed"), S.WORKING, News.LINKED),
        (row(S.WORKING, phone="+1"), S.SCAN_QR_CODE, News.LOST),
        (row(S.STARTING, phone="+1", error="it failed"), S.SCAN_QR_CODE, News.LOST),
        (row(S.WORKING, phone="+1"), S.PASSKEY_REQUIRED, News.LOST),
        (row(S.WORKING, phone="+1"), S.FAILED, News.FAILED),
        (row(S.STARTING, phone="+1", error="it failed"), S.FAILED, None),
    ],
)
def test_admins_are_told_what_is_new(
    before: WhatsAppSession, status: LinkStatus, news: News | None
) -> None:
    assert news_of(before, seen(status)) is news


def test_who_unlinks_a_number_is_not_alarmed() -> None:
    asked = {"link_logged_out_at": NOW.isoformat()}
    assert was_asked_for(asked, NOW + timedelta(seconds=30))
    assert not was_asked_for(asked, NOW + timedelta(seconds=90))
    assert not was_asked_for({}, NOW)
    assert not was_asked_for({"link_logged_out_at": None}, NOW)


def test_what_is_heard_twice_is_told_once() -> None:
    kept = row(S.WORKING, phone="+1")
    lost = seen(S.SCAN_QR_CODE)
    assert news_of(kept, lost) is News.LOST
    assert apply(kept, lost)
    assert news_of(kept, lost) is None
    assert not apply(kept, lost)


def test_a_code_is_kept_while_it_may_be_scanned() -> None:
    kept = row(S.STARTING)
    apply(kept, seen(S.SCAN_QR_CODE, qr="2@a"))
    assert current_code(kept, NOW) == "2@a"
    assert current_code(kept, NOW + CODE_LIVES + timedelta(seconds=1)) is None
    apply(kept, seen(S.SCAN_QR_CODE))  # told by an event, which does not say the code
    assert current_code(kept, NOW) == "2@a"
    apply(kept, seen(S.WORKING, phone="+1"))
    assert kept.qr is None
    assert current_code(kept, NOW) is None
    assert current_code(None, NOW) is None


def test_an_event_that_comes_late_changes_nothing() -> None:
    kept = row(S.WORKING, phone="+1")
    old = Seen(S.SCAN_QR_CODE, NOW - timedelta(minutes=1))
    assert is_stale(kept, old)
    assert not is_stale(kept, Seen(S.SCAN_QR_CODE, NOW))
    assert not is_stale(kept, Seen(S.SCAN_QR_CODE, old.at, is_event=False))


@pytest.mark.parametrize(
    ("status", "wanted", "order"),
    [
        (S.STOPPED, Wanted(stopped=False, linked=True, code=False), Order.START),
        (S.STOPPED, Wanted(stopped=False, linked=False, code=False), Order.START),
        (S.STOPPED, Wanted(stopped=True, linked=True, code=True), None),
        (S.WORKING, Wanted(stopped=True, linked=True, code=False), Order.STOP),
        (S.WORKING, Wanted(stopped=False, linked=True, code=False), None),
        (S.FAILED, Wanted(stopped=False, linked=True, code=False), Order.RESTART),
        (S.FAILED, Wanted(stopped=False, linked=False, code=True), Order.RESTART),
        (S.FAILED, Wanted(stopped=False, linked=False, code=False), None),
        (S.SCAN_QR_CODE, Wanted(stopped=False, linked=False, code=True), None),
        (S.STARTING, Wanted(stopped=False, linked=True, code=True), None),
    ],
)
def test_a_session_is_told_what_it_needs(
    status: LinkStatus, wanted: Wanted, order: Order | None
) -> None:
    assert order_for(status, wanted) is order


def test_what_is_wanted_is_read_of_what_is_kept() -> None:
    assert wanted_of(None, {}) == Wanted(stopped=False, linked=False, code=False)
    kept = row(phone="+1")
    kept.shown = [{"qr": None}]
    assert wanted_of(kept, {"link_stopped": True}) == Wanted(stopped=True, linked=True, code=True)
