"""What counts as a copy of a message: on each side, only what the other side wrote."""

from typing import Any

from desk.content import Content
from desk.messages.context import QUOTE, add_context
from scripts.chaos.evidence import list_sent_tokens
from scripts.chaos.run import list_uncertain_periods


def test_an_answer_that_a_customer_quotes_is_no_second_copy_of_it() -> None:
    """A file of ours at WAHA has an id that we may not know yet: its reply shows its words."""
    reply = Content(text="u11-0009 reply", attributes={QUOTE: "d11-0002 album"})
    shown = add_context(reply, "en")
    assert shown.text == "d11-0002 album\nu11-0009 reply"
    params = {"text": shown.text, "entities": shown.entities}
    call = {"method": "sendMessage", "params": params, "result": {"message_id": 572}}
    assert list(list_sent_tokens(call, {})) == [("u11-0009", 572)]


def test_a_copy_is_uncertain_after_a_crash_an_outage_or_a_lost_answer() -> None:
    def call(at: float, fault: str | None) -> dict[str, Any]:
        return {"at": at, "fault": fault}

    calls = [call(200.0, "drop_after"), call(300.0, "late"), call(400.0, None)]
    periods = list_uncertain_periods([100.0], [(500.0, 520.0)], calls)
    covered = (87.0, 89.0, 100.5, 200.0, 200.5, 300.0, 400.0, 487.0, 489.0, 519.0, 521.0)
    assert [at for at in covered if periods.covers(at)] == [89.0, 200.0, 489.0, 519.0]
