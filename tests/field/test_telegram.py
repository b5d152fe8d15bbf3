"""Inputs from the field on a Telegram bot: what is right in each of them."""

import json

import pytest

from tests.field.checks import Checks
from tests.field.field_stage import FieldStage
from tests.field.outcome import Outcome
from tests.field.player import play_case

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHECKS = Checks("telegram")


@CHECKS.of("01-note-album")
async def an_albums_caption_is_for_all_of_it(seen: Outcome) -> None:
    assert await seen.list_received() == []
    kept = await seen.list_messages()
    assert [each["direction"] for each in kept] == ["inbound", *["internal"] * 3]


@CHECKS.of("03-command-of-another-bot")
async def commands_of_other_bots_do_nothing(seen: Outcome) -> None:
    assert await seen.list_received() == []
    assert await seen.list_topic_texts() == ["hello"]
    assert await seen.list_sessions() == ["ACTIVE"]
    statement = "SELECT status FROM agents WHERE id = :mia"
    [mia] = await seen.rows(statement, mia=seen.player.stage.mia.agent_id)
    assert mia["status"] == "online"


@CHECKS.of("04-invisible-name")
async def an_invisible_name_is_replaced(seen: Outcome) -> None:
    [zed] = seen.conversations
    assert zed["name"] == zed["external_id"]
    tried = {call["params"]["name"] for call in await seen.list_calls("createForumTopic")}
    assert tried == {zed["external_id"]}
    assert (
        len([text for text in await seen.list_general() if "No topic can be opened" in text]) == 1
    )
    assert await seen.list_topic_texts() == ["I need help"]


@CHECKS.of("06-as-a-channel")
async def a_channel_is_told_that_nothing_was_sent(seen: Outcome) -> None:
    assert await seen.list_received() == []
    shown = await seen.list_topic_texts()
    assert len(shown) == 2
    assert "Mia's channel" in shown[1]
    assert [each["direction"] for each in await seen.list_messages()] == ["inbound", "internal"]


@CHECKS.of("07-external-reply-quote")
async def staff_sees_what_a_question_is_about(seen: Outcome) -> None:
    _, shown = await seen.list_topic_texts()
    for part in ("is this still valid?", "Acme offers", "50% off until Friday"):
        assert part in shown
    assert (await seen.list_messages())[-1]["message"] == "is this still valid?"


@CHECKS.of("09-private-topics")
async def a_thread_is_answered_in_the_thread(seen: Outcome) -> None:
    assert await seen.list_received_texts() == ["the answer"]
    calls = await seen.list_calls("sendMessage")
    [answer, *_] = [each["params"] for each in calls if each["params"]["text"] == "the answer"]
    assert int(answer["message_thread_id"]) == 12
    assert await seen.list_topic_texts() == ["hello", "first, in topic 11", "second, in topic 12"]


@CHECKS.of("11-unknown-part")
async def unknown_parts_are_left_out(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert len(shown) == 4
    for text, words in zip(
        shown, ("hello", "what about this order?", "and this?", "third, plain"), strict=True
    ):
        assert words in text
    await seen.assert_calm()


@CHECKS.of("12-custom-emoji-reaction")
async def a_custom_emoji_is_told(seen: Outcome) -> None:
    assert "custom emoji" in (await seen.list_topic_texts())[-1]


@CHECKS.of("29-command-newline")
async def a_command_ends_at_any_white_space(seen: Outcome) -> None:
    shown = await seen.list_topic_texts()
    assert "I was sent here by your shop" in shown[0]
    assert not any("I do not know" in each for each in shown)
    assert await seen.list_sessions() == ["ENDED"]


@CHECKS.of("30-callback-date-0")
async def an_old_cards_button_works(seen: Outcome) -> None:
    assert await seen.list_sessions() == ["ENDED"]


@CHECKS.of("34-language-later")
async def the_language_is_the_latest(seen: Outcome) -> None:
    assert seen.conversations[0]["language"] == "id"
    assert "Percakapan" in (await seen.list_received_texts())[-1]


@CHECKS.of("36-general-thread-id")
async def general_stays_among_staff(seen: Outcome) -> None:
    assert await seen.list_received_texts() == [
        "in the topic, not marked as such",
        "answers the topic's own notice",
    ]


@CHECKS.of("37-entities")
async def unknown_entities_do_no_harm(seen: Outcome) -> None:
    assert (await seen.list_topic_texts())[-1].startswith("👩‍👩‍👧 bold")
    await seen.assert_calm()


@CHECKS.of("41-caption-of-premium")
async def a_picture_is_not_lost_for_its_caption(seen: Outcome) -> None:
    shown = await seen.list_topic()
    assert [each.kind for each in shown] == ["text", "photo", "text"]


@CHECKS.of("43-media-replaced")
async def a_replaced_file_is_replaced(seen: Outcome) -> None:
    received = [each for each in await seen.list_received() if each.kind == "document"]
    assert len(received) == 1
    assert await seen.list_calls("editMessageMedia")
    assert any("replaced" in each for each in await seen.list_topic_texts())


@CHECKS.of("44-live-location")
async def a_live_location_shows_the_last_place(seen: Outcome) -> None:
    places = [each for each in await seen.list_topic() if each.kind == "location"]
    assert [each.place for each in places] == [(-6.2, 106.8), (-6.4, 107.0)]
    assert places[1].reply_to is not None
    assert any("live location" in each for each in await seen.list_topic_texts())
    [kept] = [each for each in await seen.list_messages() if each["message_type"] == "LOCATION"]
    assert json.loads(kept["attributes"])["latitude"] == -6.4


@CHECKS.of("45-forwards-at-once")
async def many_forwards_are_one_session_in_order(seen: Outcome) -> None:
    assert len(seen.conversations) == 1
    shown = await seen.list_topic_texts()
    assert [each.rpartition("forwarded ")[2] for each in shown] == [*"12345678"]
    assert await seen.list_sessions() == ["ACTIVE"]


@CHECKS.of("47-channel-post")
async def other_chats_are_passed_over(seen: Outcome) -> None:
    assert await seen.list_topic_texts() == ["hello"]
    await seen.assert_calm()


@CHECKS.of("48-deleted-account")
async def nobody_is_without_a_name(seen: Outcome) -> None:
    first, second = await seen.list_topic_names()
    assert first == "777001"
    assert second.startswith("یوسف")
    assert "\u202e" not in await seen.read_card(1)


@CHECKS.of("49-border-4096")
async def texts_at_the_limit_arrive_whole(seen: Outcome) -> None:
    assert (await seen.list_topic_texts())[1] == "😀" * 2048
    said = await seen.list_messages()
    assert "".join(await seen.list_received_texts()) == said[-1]["message"]


@CHECKS.of("50-edit-into-note")
async def a_mark_that_an_edit_adds_is_not_sent(seen: Outcome) -> None:
    assert await seen.list_received_texts() == ["this customer is on the black list"]
    shown = await seen.list_topic()
    assert [each.buttons for each in shown if each.buttons] == [
        ("Take it back",),
        ("Send it", "Keep it as a note"),
    ]


@CHECKS.of("51-anonymous-album")
async def an_album_is_asked_about_once(seen: Outcome) -> None:
    asked = [each for each in await seen.list_topic() if each.buttons]
    assert len(asked) == 1


@pytest.mark.parametrize(("name", "number"), CHECKS.parameters())
async def test_a_case_of_the_field(field: FieldStage, name: str, number: int) -> None:
    player = await play_case(field, name, number)
    await CHECKS[name](await Outcome.read(player))
