"""The verdict finds every violation, and reports nothing else."""

from typing import Any

import pytest

from scripts.chaos.evidence import Copy, Evidence
from scripts.chaos.message_log import MessageDirection, MessageLog, SentMessage, parse_messages
from scripts.chaos.plan import Provider
from scripts.chaos.verdict import UncertainPeriods, Verdict, judge_run
from scripts.chaos.webhook_times import DeliveryTimes


def said(token: str, text: str = "", **more: Any) -> SentMessage:
    number = int(token[-1])
    direction = MessageDirection(token[0])
    return SentMessage(
        token, direction, int(token[1:3]), 1, number, f"{token} {text}".strip(), **more
    )


def copy(token: str, message_id: int, text: str | None = "", at: float = 0, **more: Any) -> Copy:
    words = None if text is None else f"{token} {text}".strip()
    return Copy(token, message_id, at, words, **more)


def judged(
    things: list[SentMessage],
    copies: list[Copy],
    uncertain_periods: UncertainPeriods | None = None,
    *,
    state: str = "sent",
    floods_are_ours: bool = False,
    **more: Any,
) -> Verdict:
    message_log, evidence = MessageLog(), Evidence(**more)
    for each in things:
        message_log.add(each)
        row = {"id": "1", "message": each.text, "delivery_state": state}
        evidence.kept.setdefault(each.token, [row])
    for one in copies:
        evidence.copies.setdefault(one.token, []).append(one)
    return judge_run(
        message_log,
        evidence,
        uncertain_periods or UncertainPeriods(),
        floods_are_ours=floods_are_ours,
    )


def test_what_arrived_once_in_order_is_good() -> None:
    things = [said("u01-0001"), said("u01-0002"), said("d01-0001")]
    verdict = judged(things, [copy("u01-0001", 5), copy("u01-0002", 6), copy("d01-0001", 1)])
    assert verdict.is_good
    assert (verdict.sent, verdict.received) == (3, 3)


def test_a_note_at_the_customer_is_a_violation() -> None:
    verdict = judged([], [], leaks=["Ann reads a note"])
    assert verdict.leaks == 1
    assert not verdict.is_good


def test_a_text_to_somebody_who_wrote_nothing_is_a_violation() -> None:
    verdict = judged([], [], uninvited=["Ann wrote nothing and reads 'Thank you'"])
    assert verdict.uninvited == 1
    assert not verdict.is_good


def test_what_never_came_is_lost() -> None:
    verdict = judged([said("u01-0001"), said("d01-0001")], [])
    assert verdict.lost == 2
    assert "u01-0001" in verdict.violations[0]


def test_an_uncertain_answer_is_not_lost_if_it_is_shown() -> None:
    row = {"id": 9, "token": "d01-0001", "state": "uncertain", "shown": True}
    assert judged([said("d01-0001")], [], uncertain=[row]).is_good
    verdict = judged([said("d01-0001")], [], uncertain=[{**row, "shown": False}])
    assert (verdict.lost, verdict.not_shown) == (0, 1)
    assert not verdict.is_good


def test_what_is_over_the_limit_must_be_summed_up() -> None:
    verdict = judged([said("u01-0001")], [], hidden={"u01-0001"})
    assert (verdict.lost, verdict.hidden, verdict.is_good) == (0, 1, True)
    verdict = judged([said("u01-0001")], [], hidden={"u01-0001"}, missing_sums=["1 at 12:00"])
    assert (verdict.lost, verdict.is_good) == (1, False)


def test_two_of_one_to_a_customer_is_doubled_whatever_happened() -> None:
    twice = [copy("d01-0001", 5), copy("d01-0001", 6)]
    verdict = judged([said("d01-0001")], twice, UncertainPeriods([(-1, 1)]))
    assert verdict.doubled_to_customers == 1
    assert not verdict.is_good


def test_two_of_one_to_staff_need_a_reason() -> None:
    things, twice = [said("u01-0001")], [copy("u01-0001", 5, at=10), copy("u01-0001", 6, at=12)]
    uncertain_periods = UncertainPeriods([(9, 11)])
    assert judged(things, twice, uncertain_periods).is_good
    assert judged(things, twice).unexplained_to_staff == 1
    known = {"u01-0001": {5, 6}}  # the desk knew that the first had arrived
    assert judged(things, twice, uncertain_periods, known_copies=known).unexplained_to_staff == 1


def test_a_second_copy_after_a_later_message_is_no_disorder() -> None:
    things = [said("u01-0001"), said("u01-0002")]
    copies = [copy("u01-0001", 5), copy("u01-0002", 6), copy("u01-0001", 7)]
    assert judged(things, copies, UncertainPeriods([(-1, 1)])).out_of_order == 0
    assert judged(things, [copy("u01-0001", 6), copy("u01-0002", 5)]).out_of_order == 1


def test_messages_that_travelled_as_one_are_in_the_order_of_their_lines() -> None:
    things = [said("u01-0001"), said("u01-0002")]
    assert judged(things, [copy("u01-0001", 5, place=0), copy("u01-0002", 5, place=1)]).is_good
    swapped = [copy("u01-0001", 5, place=1), copy("u01-0002", 5, place=0)]
    assert judged(things, swapped).out_of_order == 1


def test_the_last_text_must_stand_unless_the_topic_is_gone() -> None:
    things = [said("d01-0001", "new")]
    assert judged(things, [copy("d01-0001", 5, "old")]).stale_edits == 1
    assert judged(things, [copy("d01-0001", 5, None)]).is_good


def test_a_reply_to_something_else_is_wrong_and_none_is_not() -> None:
    things = [said("d01-0001", reply_to_token="u01-0001")]
    assert judged(things, [copy("d01-0001", 5)]).is_good
    assert judged(things, [copy("d01-0001", 5, reply_to_token="u01-0001")]).is_good
    assert judged(things, [copy("d01-0001", 5, reply_to_token="u01-0002")]).wrong_replies == 1


def test_the_database_holds_each_thing_once() -> None:
    kept = {"u01-0001": [{"id": n, "message": "u01-0001", "delivery_state": "sent"} for n in "ab"]}
    assert not judged([said("u01-0001")], [copy("u01-0001", 5)], kept=kept).is_good


def test_what_is_parked_or_still_waits_is_told() -> None:
    rows = [{"id": 3, "error": "KeyError"}]
    assert not judged([], [], parked=rows).is_good
    assert not judged([], [], waiting=rows).is_good
    assert judged([], [], repeated_notices=["Ann: Welcome"]).doubled_to_customers == 1


@pytest.mark.parametrize(
    ("told", "state", "is_good"),
    [
        (["sent", "delivered"], "delivered", True),
        (["read", "sent"], "read", True),
        (["read", "sent"], "sent", False),
        (["sent", "failed"], "failed", True),
        (["failed", "sent"], "sent", False),
        (["failed", "delivered"], "delivered", True),
        (["held"], "held", True),
    ],
)
def test_an_answers_state_is_the_highest_that_was_told(
    told: list[str], state: str, is_good: bool
) -> None:
    things, states = [said("d01-0001", kind=Provider.CLOUD)], {"d01-0001": tuple(told)}
    verdict = judged(things, [copy("d01-0001", 5)], state=state, states=states)
    assert (verdict.is_good, verdict.wrong_states) == (is_good, int(not is_good))


def test_what_whatsapp_told_late_is_no_disorder_of_ours() -> None:
    things = [said("u01-0001", kind=Provider.CLOUD), said("u01-0002", kind=Provider.CLOUD)]
    copies = [copy("u01-0001", 6), copy("u01-0002", 5)]
    late = {"u01-0001": DeliveryTimes(1.0, 9.0), "u01-0002": DeliveryTimes(2.0, 3.0)}
    verdict = judged(things, copies, delivery_times=late)
    assert verdict.is_good
    assert (verdict.told_late, verdict.out_of_order) == (1, 0)
    in_order = {"u01-0001": DeliveryTimes(1.0, 1.5), "u01-0002": DeliveryTimes(2.0, 3.0)}
    assert judged(things, copies, delivery_times=in_order).kinds[Provider.CLOUD].out_of_order == 1


def test_a_number_that_was_too_fast_by_itself_broke_its_promise() -> None:
    floods = {Provider.TELEGRAM: 1, Provider.CLOUD: 1}
    assert judged([], [], floods=floods).is_good
    verdict = judged([], [], floods=floods, floods_are_ours=True)
    assert (verdict.floods, len(verdict.violations)) == (2, 1)


def test_the_last_reaction_is_shown_where_it_is_known_on_what() -> None:
    things = [said("d01-0001", reaction="👍")]
    once, twice = [copy("d01-0001", 5)], [copy("d01-0001", 5), copy("d01-0001", 6)]
    assert judged(things, once, reactions={"d01-0001": "👍"}).is_good
    assert judged(things, once, reactions={"d01-0001": ""}).wrong_reactions == 1
    assert judged(things, twice, reactions={"d01-0001": ""}).wrong_reactions == 0


def test_two_edits_within_a_second_are_told_apart_at_telegram_alone() -> None:
    for kind, is_good in ((Provider.CLOUD, True), (Provider.TELEGRAM, False)):
        thing = said("u01-0001", "one", kind=kind)
        thing.edit("u01-0001 two", 5.0)
        thing.edit("u01-0001 three", 5.5)
        assert thing.matches("u01-0001 two") is is_good
        assert not thing.matches("u01-0001 one")


def test_a_notice_that_quotes_carries_nothing() -> None:
    assert list(parse_messages({"text": "The customer changed this:\n\nu01-0001 new"})) == []
    both = parse_messages({"text": "u01-0001 text\nu01-0002 text"})
    assert [token for token, _ in both] == ["u01-0001", "u01-0002"]


def test_a_burst_may_begin_with_what_a_rule_said() -> None:
    author = {"type": "bold", "offset": 0, "length": 11}
    burst = {"text": "Rule hello: Hi.\nu01-0001 text", "entities": [author]}
    assert list(parse_messages(burst)) == [("u01-0001", "u01-0001 text")]
    assert list(parse_messages({**burst, "entities": []})) == []
    assert list(parse_messages({**burst, "entities": [{**author, "length": 4}]})) == []
