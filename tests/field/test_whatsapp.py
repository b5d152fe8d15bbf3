"""Inputs from the field on both kinds of WhatsApp number: what is right in each of them."""

import json

import pytest

from tests.field.checks import Checks
from tests.field.field_stage import FieldStage
from tests.field.outcome import Outcome
from tests.field.player import play_case
from tests.flows.stage import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
CLOUD, WAHA = Checks("cloud"), Checks("waha")
ALL = {name: checks for checks in (CLOUD, WAHA) for name in checks.names}


@CLOUD.of("05-invisible-text")
async def an_invisible_text_is_told(seen: Outcome) -> None:
    assert "nothing can be seen" in (await seen.list_topic_texts())[1]
    await seen.assert_calm()


@CLOUD.of("13-unavailable-then-real")
async def an_unavailable_message_is_told(seen: Outcome) -> None:
    assert len(seen.conversations) == 1
    shown = await seen.list_topic_texts()
    assert any("currently unavailable" in each or "I saw your" in each for each in shown)


@CLOUD.of("14-security-code-changed")
async def a_new_security_code_is_no_message(seen: Outcome) -> None:
    assert await seen.list_sessions() == []
    assert await seen.list_sent_kinds() == []
    assert all(each["reply_until"] is None for each in seen.conversations)


@CLOUD.of("15-recipient-id-differs")
async def a_status_finds_its_answer_whoever_it_names(seen: Outcome) -> None:
    [answer] = [each for each in await seen.list_messages() if each["direction"] == "outbound"]
    assert answer["delivery_state"] == "failed"
    assert any("undeliverable" in each for each in await seen.list_topic_texts())


@CLOUD.of("16-payment-status")
async def a_payment_is_not_a_delivery(seen: Outcome) -> None:
    await seen.assert_calm()
    [answer] = [each for each in await seen.list_messages() if each["direction"] == "outbound"]
    assert answer["delivery_state"] in {"sent", "delivered", "read"}


@CLOUD.of("17-calls")
async def a_call_is_told_in_the_topic(seen: Outcome) -> None:
    await seen.assert_calm()
    assert any("call" in each.lower() for each in await seen.list_topic_texts())


@CLOUD.of("18-reaction-of-a-stranger")
async def a_strangers_reaction_is_passed_over(seen: Outcome) -> None:
    await seen.assert_calm()
    assert seen.conversations == []


@CLOUD.of("19-known-reacts-to-campaign")
async def a_reaction_to_a_campaign_is_no_message(seen: Outcome) -> None:
    assert await seen.list_sessions() == ["ENDED"]
    assert any("❤" in each for each in await seen.list_topic_texts())
    # The welcome of the first session, and its end.
    assert (await seen.list_sent_kinds()).count("notice") <= 2


@CLOUD.of("20-forwarded")
async def a_forwarded_text_is_marked(seen: Outcome) -> None:
    texts = await seen.list_topic_texts()
    assert "Win a new phone, click here" in texts[-1], texts
    assert "orwarded" in texts[-1]


@CLOUD.of("22-echo-of-a-reaction")
async def an_echo_of_a_reaction_is_no_text(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert not any("message_id" in each or "{" in each for each in shown)
    assert any("written on the phone" in each for each in shown)
    assert seen.conversations[0]["name"] == "Dewi"


@CLOUD.of("23-type-unknown")
async def metas_words_are_shown(seen: Outcome) -> None:
    assert "nsupported message type" in (await seen.list_topic_texts())[-1]


@CLOUD.of("24-contacts-many")
async def contacts_have_all_their_numbers(seen: Outcome) -> None:
    raw = json.dumps(await seen.list_raw_topic())
    for part in ("811-1", "811-2", "811-3", "628114", "No Phone", "c@example.com"):
        assert part in raw


@CLOUD.of("31-no-profile")
async def a_known_name_stays(seen: Outcome) -> None:
    assert seen.conversations[0]["name"] == "Dewi Lestari"


@CLOUD.of("38-marks-in-urls")
async def marks_in_links_format_nothing(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert "https://blabla.com/doc/bla_bla_bla and 2*3*4 and snake_case_name" in shown[1]


@CLOUD.of("40-status-deleted")
async def a_deleted_status_is_no_delivery(seen: Outcome) -> None:
    await seen.assert_calm()
    [answer] = [each for each in await seen.list_messages() if each["direction"] == "outbound"]
    assert answer["delivery_state"] in {"sent", "delivered", "read"}


@CLOUD.of("42-formatting-to-whatsapp")
async def entities_become_marks(seen: Outcome) -> None:
    posted = [call["body"]["text"]["body"] for call in await _list_texts(seen)]
    assert "see the manual (https://example.com/a_b_c) now" in posted[0]
    assert "*bold* space here" in posted[1]


async def _list_texts(seen: Outcome) -> list[Json]:
    to = seen.conversations[0]["external_id"]
    calls = await seen.player.graph.calls("messages", to)
    return [call for call in calls if (call["body"] or {}).get("type") == "text"]


@CLOUD.of("46-images-at-once")
async def four_webhooks_are_one_session_in_order(seen: Outcome) -> None:
    assert await seen.list_topic_texts() == [f"number {number}" for number in range(1, 5)]
    assert await seen.list_sessions() == ["ACTIVE"]


@WAHA.of("25-waha-empty-protocol")
async def protocol_messages_are_passed_over(seen: Outcome) -> None:
    assert await seen.list_sessions() == []
    assert await seen.list_sent_kinds() == []


@WAHA.of("26-waha-media-missing")
async def a_missing_file_is_told_where_it_stood(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert shown[0] == "hello"
    assert "did you get it?" in shown[-1]
    assert "see" in shown[1]
    assert len(shown) == 4
    assert (await seen.list_sent_kinds()).count("notice") <= 1


@WAHA.of("28-waha-echo-null-to")
async def an_echo_of_the_phone_is_shown(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert any("typed on the phone" in each for each in shown)


@WAHA.of("39-waha-two-names")
async def one_message_under_two_names_is_one(seen: Outcome) -> None:
    assert len(seen.conversations) == 1
    assert await seen.list_topic_texts() == ["hello, from an advertisement"]


@WAHA.of("55-waha-empty-edit")
async def an_unreadable_edit_keeps_the_old_words(seen: Outcome) -> None:
    await seen.assert_calm()
    shown = await seen.list_topic_texts()
    assert shown[0] == "I need 10 peices"
    assert not any("secretEncryptedMessage" in each for each in shown)
    assert len(shown) > 1
    assert (await seen.list_messages())[0]["message"] == "I need 10 peices"


@WAHA.of("56-waha-button-reply")
async def a_buttons_words_are_shown(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert "Yes, deliver today" in shown[1]
    assert "Option two" in shown[2]
    assert "templateButtonReplyMessage" not in shown[1]


@pytest.mark.parametrize(("name", "number"), [*CLOUD.parameters(), *WAHA.parameters()])
async def test_a_case_of_the_field(field: FieldStage, name: str, number: int) -> None:
    player = await play_case(field, name, 100 + number)
    await ALL[name][name](await Outcome.read(player))
