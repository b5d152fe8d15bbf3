"""Signed links to files: how long they hold, and what their signature covers."""

from datetime import UTC, datetime, timedelta

import pytest

from db.ids import LogInId, MessageId, UserId, new_id
from desk.accounts.access_tokens import Claims
from desk.accounts.file_links import PERIOD, BadLinkError, FileLinks

NOW = datetime(2026, 1, 5, 9, 7, tzinfo=UTC)
LINKS = FileLinks.from_secrets("j" * 40)
MESSAGE = MessageId(new_id())
CLAIMS = Claims(UserId(new_id()), LogInId(new_id()), 3)
MINUTE = timedelta(minutes=1)


def test_a_link_holds_for_one_to_two_periods_and_stays_the_same_within_one() -> None:
    key, until = LINKS.sign(MESSAGE, "file", CLAIMS, NOW)
    assert until == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert LINKS.sign(MESSAGE, "file", CLAIMS, NOW + 7 * MINUTE) == (key, until)
    assert LINKS.sign(MESSAGE, "file", CLAIMS, NOW + 8 * MINUTE)[0] != key
    for at in (NOW, NOW + PERIOD, until - timedelta(microseconds=1)):
        found = LINKS.verify(key, MESSAGE, "file", at)
        assert (found.user_id, found.log_in, found.version) == (
            CLAIMS.user_id,
            CLAIMS.log_in,
            CLAIMS.version,
        )
    with pytest.raises(BadLinkError):
        LINKS.verify(key, MESSAGE, "file", until)


def test_it_leads_to_one_message_and_one_form_of_it() -> None:
    key, _ = LINKS.sign(MESSAGE, "file", CLAIMS, NOW)
    for message, what in ((MessageId(new_id()), "file"), (MESSAGE, "thumbnail")):
        with pytest.raises(BadLinkError):
            LINKS.verify(key, message, what, NOW)


def test_links_of_the_secret_before_are_accepted_and_of_others_not() -> None:
    key, _ = LINKS.sign(MESSAGE, "file", CLAIMS, NOW)
    rotated = FileLinks.from_secrets("n" * 40, "j" * 40)
    assert rotated.verify(key, MESSAGE, "file", NOW).log_in == CLAIMS.log_in
    assert rotated.sign(MESSAGE, "file", CLAIMS, NOW)[0] != key
    with pytest.raises(BadLinkError):
        FileLinks.from_secrets("n" * 40).verify(key, MESSAGE, "file", NOW)


@pytest.mark.parametrize("key", ["", ".", "x" * 200, "\u0661", "....", "a.b.c.d.e"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadLinkError):
        LINKS.verify(key, MESSAGE, "file", NOW)
