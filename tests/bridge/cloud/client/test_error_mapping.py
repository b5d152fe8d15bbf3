"""Tests of the action for each of Meta's errors, by the reference's table."""

import pytest

from bridge.cloud.client.error_mapping import (
    DAY_SECONDS,
    SPAM_BACKOFF,
    ErrorMapper,
    find_error_action,
    needs_template,
)
from bridge.cloud.client.errors import (
    GraphCallError,
    GraphRefusedError,
    GraphUnreachableError,
    InvalidResponseError,
    NoResponseError,
)
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


def refused(code: int, status: int = 400, **more: object) -> GraphRefusedError:
    return GraphRefusedError(status, {"message": f"(#{code}) No", "code": code, **more})


def following(failure: GraphCallError, error_mapper: ErrorMapper | None = None) -> DeliveryError:
    return (error_mapper or ErrorMapper("en")).map_send_error(failure, "16505551234", 7)


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
    # The HTTP status makes no difference if the code is known.
    assert {code: type(following(refused(code, 500))) for code in expected} == expected
    assert all(find_error_action(code) is not None for code in expected)


@pytest.mark.parametrize("code", NUMBER_WAITS)
def test_a_busy_number_waits_longer_each_time_until_a_send_goes_through(code: int) -> None:
    error_mapper = ErrorMapper("en")

    def after() -> float:
        error = following(refused(code, status=429), error_mapper)
        assert isinstance(error, RateLimited)
        assert error.everywhere
        return error.retry_after

    assert [after() for _ in range(4)] == [1, 2, 4, 8]
    assert max(after() for _ in range(12)) == 300
    error_mapper.record_success("16505551234", 7)
    assert after() == 1


def test_a_busy_pair_waits_four_to_the_power_of_n_alone() -> None:
    error_mapper = ErrorMapper("en")

    def after(chat: str) -> float:
        error = error_mapper.map_send_error(refused(131056), chat, 7)
        assert isinstance(error, RateLimited)
        assert not error.everywhere
        return error.retry_after

    assert [after("1") for _ in range(4)] == [1, 4, 16, 64]
    assert after("2") == 1
    error_mapper.record_success("1", 7)
    assert after("1") == 1


def test_what_went_wrong_a_few_times_is_given_up() -> None:
    error_mapper = ErrorMapper("en")
    kinds = [type(following(refused(131000), error_mapper)) for _ in range(6)]
    assert kinds == [Unavailable] * 5 + [Rejected]


def test_held_back_waits_a_day_and_spam_pauses_the_number() -> None:
    held, spam = following(refused(131049)), following(refused(131048))
    assert isinstance(held, Unavailable)
    assert held.retry_after == DAY_SECONDS
    assert isinstance(spam, RateLimited)
    assert (spam.everywhere, spam.retry_after) == (True, SPAM_BACKOFF)


def test_only_the_window_asks_for_a_template() -> None:
    assert [code for code in range(140_000) if needs_template(code)] == [131047]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (GraphUnreachableError("x"), Unavailable),
        (NoResponseError("x"), Uncertain),
        (InvalidResponseError(200), Uncertain),
        (InvalidResponseError(502), Uncertain),
        (InvalidResponseError(302), ChannelStopped),
        (InvalidResponseError(404), ChannelStopped),
        (InvalidResponseError(408), Unavailable),
        (InvalidResponseError(413), Rejected),
        (refused(1, 500), Uncertain),
        (refused(2, 503), Uncertain),
        (refused(987654), Rejected),
        (refused(987654, 401), ChannelStopped),
        (refused(987654, 429), RateLimited),
        (GraphRefusedError(400, {}), Rejected),
        (GraphRefusedError(429, {}, retry_after=7), RateLimited),
    ],
)
def test_what_the_table_does_not_name(failure: GraphCallError, kind: type[DeliveryError]) -> None:
    assert type(following(failure)) is kind


@pytest.mark.parametrize(
    "failure",
    [
        NoResponseError("x"),
        InvalidResponseError(200),
        InvalidResponseError(500),
        refused(1, 500),
        GraphUnreachableError("x"),
    ],
)
def test_what_sends_nothing_may_be_done_again(failure: GraphCallError) -> None:
    assert type(ErrorMapper("en").map_call_error(failure, "1")) is Unavailable


def test_agents_read_plain_words_first_and_metas_behind() -> None:
    error = following(refused(131026, error_data={"details": "Message undeliverable"}))
    assert str(error).startswith("WhatsApp cannot deliver to this number")
    assert "(#131026) No: Message undeliverable" in str(error)
    assert "(131052)" in str(
        following(GraphRefusedError(400, {"code": 131052, "title": "Bad media"}))
    )
