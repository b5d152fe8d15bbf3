"""The verdict sees whatever breaks the promise, and nothing that keeps it."""

from typing import Any

from scripts.chaos.evidence import Copy, Evidence
from scripts.chaos.ledger import Ledger, Said, Way
from scripts.chaos.verdict import Harms, Verdict, judge


def said(token: str, text: str = "", **more: Any) -> Said:
    number = int(token[-1])
    way = Way(token[0])
    return Said(token, way, int(token[1:3]), 1, number, f"{token} {text}".strip(), **more)


def copy(token: str, message_id: int, text: str | None = "", at: float = 0, **more: Any) -> Copy:
    words = None if text is None else f"{token} {text}".strip()
    return Copy(token, message_id, at, words, **more)


def judged(
    things: list[Said], copies: list[Copy], harms: Harms | None = None, **more: Any
) -> Verdict:
    ledger, evidence = Ledger(), Evidence(**more)
    for each in things:
        ledger.note(each)
        row = {"id": "1", "message": each.text, "delivery_state": "sent"}
        evidence.kept.setdefault(each.token, [row])
    for one in copies:
        evidence.copies.setdefault(one.token, []).append(one)
    return judge(ledger, evidence, harms or Harms())


def test_what_arrived_once_in_order_is_good() -> None:
    things = [said("u01-0001"), said("u01-0002"), said("d01-0001")]
    verdict = judged(things, [copy("u01-0001", 5), copy("u01-0002", 6), copy("d01-0001", 1)])
    assert verdict.is_good
    assert (verdict.sent, verdict.received) == (3, 3)


def test_what_never_came_is_lost() -> None:
    verdict = judged([said("u01-0001"), said("d01-0001")], [])
    assert verdict.lost == 2
    assert "u01-0001" in verdict.faults[0]


def test_an_uncertain_answer_is_not_lost_if_it_is_shown() -> None:
    row = {"id": 9, "token": "d01-0001", "state": "uncertain", "shown": True}
    assert judged([said("d01-0001")], [], uncertain=[row]).is_good
    verdict = judged([said("d01-0001")], [], uncertain=[{**row, "shown": False}])
    assert (verdict.lost, verdict.not_shown) == (0, 1)
    assert not verdict.is_good


def test_two_of_one_to_a_customer_is_doubled_whatever_happened() -> None:
    twice = [copy("d01-0001", 5), copy("d01-0001", 6)]
    verdict = judged([said("d01-0001")], twice, Harms([(-1, 1)]))
    assert verdict.doubled_to_customers == 1
    assert not verdict.is_good


def test_two_of_one_to_staff_need_a_reason() -> None:
    things, twice = [said("u01-0001")], [copy("u01-0001", 5, at=10), copy("u01-0001", 6, at=12)]
    harms = Harms([(9, 11)])
    assert judged(things, twice, harms).is_good
    assert judged(things, twice).unexplained_to_staff == 1
    known = {"u01-0001": {5, 6}}  # the desk knew that the first had arrived
    assert judged(things, twice, harms, known_copies=known).unexplained_to_staff == 1


def test_a_second_copy_after_a_later_message_is_no_disorder() -> None:
    things = [said("u01-0001"), said("u01-0002")]
    copies = [copy("u01-0001", 5), copy("u01-0002", 6), copy("u01-0001", 7)]
    assert judged(things, copies, Harms([(-1, 1)])).out_of_order == 0
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
    things = [said("d01-0001", answers="u01-0001")]
    assert judged(things, [copy("d01-0001", 5)]).is_good
    assert judged(things, [copy("d01-0001", 5, answers="u01-0001")]).is_good
    assert judged(things, [copy("d01-0001", 5, answers="u01-0002")]).wrong_replies == 1


def test_the_database_holds_each_thing_once() -> None:
    kept = {"u01-0001": [{"id": n, "message": "u01-0001", "delivery_state": "sent"} for n in "ab"]}
    assert not judged([said("u01-0001")], [copy("u01-0001", 5)], kept=kept).is_good


def test_what_is_parked_or_still_waits_is_told() -> None:
    rows = [{"id": 3, "error": "KeyError"}]
    assert not judged([], [], parked=rows).is_good
    assert not judged([], [], waiting=rows).is_good
    assert judged([], [], repeated_notices=["Ann: Welcome"]).doubled_to_customers == 1
