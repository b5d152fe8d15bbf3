"""What follows from each of Meta's errors: the reference's table, walked."""

import pytest

from bridge.cloud.client.error_mapping import DAY, SPAM_PAUSE, Consequences, fate_of, needs_template
from bridge.cloud.client.errors import Garbled, GraphFailure, NoAnswer, Refused, Unreached
from desk.errors import (
    ChannelStopped,
    DeliveryError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    WindowClosed,
)

RETRIED = (131016, 131000, 131057)
NUMBER_WAITS = (4, 80007, 130429)
FINAL = (131026, 131030, 131051, 131050, 131021, 130472)
MENDED = (100, 131008, 131009, 131052, 131053, *range(132000, 132017))
STOPPED = (0, 3, 10, 190, *range(200, 300), 368, 131031, 131042, 133010)


def refused(code: int, status: int = 400, **more: object) -> Refused:
    return Refused(status, {"message": f"(#{code}) No", "code": code, **more})


def following(failure: GraphFailure, consequences: Consequences | None = None) -> DeliveryError:
    return (consequences or Consequences("en")).of_send(failure, "16505551234", 7)


def test_the_table() -> None:
    expected: dict[int, type[DeliveryError]] = {
        **dict.fromkeys(RETRIED, Unavailable),
        **dict.fromkeys((*NUMBER_WAITS, 131056, 131048), RateLimited),
        131047: WindowClosed,
        131049: Unavailable,
        **dict.fromkeys((*FINAL, *MENDED), Rejected),
        **dict.fromkeys(STOPPED, ChannelStopped),
    }
    assert {code: type(following(refused(code))) for code in expected} == expected
    # The HTTP status changes nothing where the code is known.
    assert {code: type(following(refused(code, 500))) for code in expected} == expected
    assert all(fate_of(code) is not None for code in expected)


@pytest.mark.parametrize("code", NUMBER_WAITS)
def test_a_busy_number_waits_longer_each_time_until_a_send_goes_through(code: int) -> None:
    consequences = Consequences("en")

    def after() -> float:
        error = following(refused(code, status=429), consequences)
        assert isinstance(error, RateLimited)
        assert error.everywhere
        return error.retry_after

    assert [after() for _ in range(4)] == [1, 2, 4, 8]
    assert max(after() for _ in range(12)) == 300
    consequences.went_well("16505551234", 7)
    assert after() == 1


def test_a_busy_pair_waits_four_to_the_power_of_n_alone() -> None:
    consequences = Consequences("en")

    def after(chat: str) -> float:
        error = consequences.of_send(refused(131056), chat, 7)
        assert isinstance(error, RateLimited)
        assert not error.everywhere
        return error.retry_after

    assert [after("1") for _ in range(4)] == [1, 4, 16, 64]
    assert after("2") == 1
    consequences.went_well("1", 7)
    assert after("1") == 1


def test_what_went_wrong_a_few_times_is_given_up() -> None:
    consequences = Consequences("en")
    kinds = [type(following(refused(131000), consequences)) for _ in range(6)]
    assert kinds == [Unavailable] * 5 + [Rejected]


def test_held_back_waits_a_day_and_spam_pauses_the_number() -> None:
    held, spam = following(refused(131049)), following(refused(131048))
    assert isinstance(held, Unavailable)
    assert held.retry_after == DAY
    assert isinstance(spam, RateLimited)
    assert (spam.everywhere, spam.retry_after) == (True, SPAM_PAUSE)


def test_only_the_window_asks_for_a_template() -> None:
    assert [code for code in range(140_000) if needs_template(code)] == [131047]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Unreached("x"), Unavailable),
        (NoAnswer("x"), Uncertain),
        (Garbled(200), Uncertain),
        (Garbled(502), Uncertain),
        (Garbled(302), ChannelStopped),
        (Garbled(404), ChannelStopped),
        (Garbled(408), Unavailable),
        (Garbled(413), Rejected),
        (refused(1, 500), Uncertain),
        (refused(2, 503), Uncertain),
        (refused(987654), Rejected),
        (refused(987654, 401), ChannelStopped),
        (refused(987654, 429), RateLimited),
        (Refused(400, {}), Rejected),
        (Refused(429, {}, retry_after=7), RateLimited),
    ],
)
def test_what_the_table_does_not_name(failure: GraphFailure, kind: type[DeliveryError]) -> None:
    assert type(following(failure)) is kind


@pytest.mark.parametrize(
    "failure", [NoAnswer("x"), Garbled(200), Garbled(500), refused(1, 500), Unreached("x")]
)
def test_what_sends_nothing_may_be_done_again(failure: GraphFailure) -> None:
    assert type(Consequences("en").of_call(failure, "1")) is Unavailable


def test_agents_read_plain_words_first_and_metas_behind() -> None:
    error = following(refused(131026, error_data={"details": "Message undeliverable"}))
    assert str(error).startswith("WhatsApp cannot bring it to this number")
    assert "(#131026) No: Message undeliverable" in str(error)
    assert "(131052)" in str(following(Refused(400, {"code": 131052, "title": "Bad media"})))
