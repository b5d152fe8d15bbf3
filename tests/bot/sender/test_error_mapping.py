"""Tests that map each of Telegram's error texts, sent over HTTP, for both sides."""

import json
from typing import Any

import pytest
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError, ConnectionTimeoutError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey

from bot.bot_factory import Bot, make_bot
from bot.sender.api_calls import ApiCaller, read_message_id
from bot.sender.error_mapping import is_already_done, to_delivery_error
from db.tables import Side
from desk.errors import (
    DeliveryError,
    GroupMoved,
    NoTopics,
    OwnChatClosed,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)

METHOD = SendMessage(chat_id=1, text="hello")
BOT: Any = make_bot("1:x", "http://127.0.0.1:9")


def raised(
    code: int, description: str, parameters: dict[str, Any] | None = None
) -> TelegramAPIError:
    """Return the exception that aiogram raises for this response of the Bot API."""
    answer = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    with pytest.raises(TelegramAPIError) as caught:
        AiohttpSession().check_response(BOT, METHOD, code, json.dumps(answer))
    return caught.value


def follows(error: TelegramAPIError | ClientDecodeError, side: Side) -> DeliveryError:
    return to_delivery_error(error, side, "en")


BAD = "Bad Request: "
FORBIDDEN = "Forbidden: "
FINAL_ON_BOTH_SIDES = [
    "message is too long",
    "message caption is too long",
    "message text is empty",
    "message to copy not found",
    "message to forward not found",
    "message to edit not found",
    "message to delete not found",
    "message to react not found",
    "message to be replied not found",
    "message can't be copied",
    "message has protected content and can't be forwarded",
    "query is too old and response timeout expired or query ID is invalid",
    "file is too big",
]
TOPIC_GONE = ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"]
THE_OPERATORS_TO_MEND = [
    "TOPIC_CLOSED",
    "not enough rights to create a topic",
    "not enough rights to close or open the topic",
    "not enough rights to send text messages to the chat",
    "chat not found",
]
CUSTOMER_GONE = {
    "bot was blocked by the user": "the customer has blocked the bot",
    "user is deactivated": "the customer's account is deleted",
    "bot can't initiate conversation with a user": "the customer has never written to the bot",
}
BOT_GONE = [
    "bot was kicked from the supergroup chat",
    "bot is not a member of the supergroup chat",
]


@pytest.mark.parametrize("words", FINAL_ON_BOTH_SIDES)
@pytest.mark.parametrize("side", Side)
def test_final_errors(words: str, side: Side) -> None:
    found = follows(raised(400, BAD + words), side)
    assert type(found) is Rejected
    assert words in str(found)


@pytest.mark.parametrize("words", TOPIC_GONE)
def test_a_deleted_topic_is_opened_again(words: str) -> None:
    error = raised(400, BAD + words)
    assert type(follows(error, Side.STAFF)) is TopicGone
    assert type(follows(error, Side.CUSTOMER)) is Rejected


@pytest.mark.parametrize("words", THE_OPERATORS_TO_MEND)
def test_errors_of_the_group_wait_for_the_operator(words: str) -> None:
    found = follows(raised(400, BAD + words), Side.STAFF)
    assert type(found) is Unavailable
    assert found.retry_after >= 60


@pytest.mark.parametrize("words", BOT_GONE)
def test_copies_for_a_group_without_the_bot_are_kept(words: str) -> None:
    found = follows(raised(403, FORBIDDEN + words), Side.STAFF)
    assert type(found) is Unavailable
    assert found.retry_after >= 60


@pytest.mark.parametrize(("words", "plainly"), CUSTOMER_GONE.items())
def test_an_agent_reads_at_a_glance_why_a_customer_is_gone(words: str, plainly: str) -> None:
    found = follows(raised(403, FORBIDDEN + words), Side.CUSTOMER)
    assert type(found) is Rejected
    assert str(found).startswith(plainly)
    assert words in str(found)


def test_an_unknown_customer_is_final() -> None:
    found = follows(raised(400, BAD + "chat not found"), Side.CUSTOMER)
    assert type(found) is Rejected
    assert str(found).startswith("the customer's chat does not exist")


@pytest.mark.parametrize("side", Side)
def test_a_flood_pauses_for_as_long_as_asked(side: Side) -> None:
    error = raised(429, "Too Many Requests: retry after 17", {"retry_after": 17})
    found = follows(error, side)
    assert type(found) is RateLimited
    assert found.retry_after == 17


@pytest.mark.parametrize("side", Side)
def test_an_upgraded_group_is_followed(side: Side) -> None:
    words = BAD + "group chat was upgraded to a supergroup chat"
    found = follows(raised(400, words, {"migrate_to_chat_id": -100123}), side)
    assert type(found) is GroupMoved
    assert found.new_chat == "-100123"


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("code", "words"), [(500, "Internal Server Error: restart"), (502, "Bad Gateway")]
)
def test_a_server_that_says_it_failed_is_tried_again(code: int, words: str, side: Side) -> None:
    assert type(follows(raised(code, words), side)) is Unavailable


@pytest.mark.parametrize("side", Side)
def test_a_refused_token_waits_for_the_operator(side: Side) -> None:
    found = follows(raised(401, "Unauthorized: invalid token specified"), side)
    assert type(found) is Unavailable
    assert found.retry_after >= 60


@pytest.mark.parametrize("side", Side)
def test_too_large_a_file_is_final(side: Side) -> None:
    found = follows(raised(413, "Request Entity Too Large"), side)
    assert type(found) is Rejected
    assert str(found) == "the file is too large for Telegram"


NOWHERE = ConnectionKey("127.0.0.1", 1, False, True, None, None, None)


@pytest.mark.parametrize(
    ("cause", "consequence_is"),
    [
        (ClientConnectorError(NOWHERE, ConnectionRefusedError()), Unavailable),
        (ConnectionTimeoutError(), Unavailable),
        (TimeoutError(), Uncertain),
        (ServerDisconnectedError(), Uncertain),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_a_request_that_left_is_uncertain_and_one_that_did_not_is_tried_again(
    cause: Exception, consequence_is: type[DeliveryError], side: Side
) -> None:
    error = TelegramNetworkError(METHOD, "network")
    error.__cause__ = cause
    assert type(follows(error, side)) is consequence_is


@pytest.mark.parametrize("page", ["<html>502 Bad Gateway</html>", "", "[]", '{"ok": 7}'])
def test_an_unreadable_answer_is_uncertain(page: str) -> None:
    with pytest.raises(ClientDecodeError) as caught:
        AiohttpSession().check_response(BOT, METHOD, 502, page)
    for side in Side:
        assert type(follows(caught.value, side)) is Uncertain


def test_only_an_edit_that_changes_nothing_changes_nothing() -> None:
    same = (
        "message is not modified: specified new message content and reply markup are exactly the"
        " same as a current content and reply markup of the message"
    )
    assert is_already_done(raised(400, BAD + same))
    assert not is_already_done(raised(400, BAD + "message to edit not found"))


class Answering(AiohttpSession):
    """Answers every call with the same body."""

    def __init__(self, code: int, body: str) -> None:
        super().__init__()
        self._answer = code, body

    async def make_request(self, bot: Any, method: Any, timeout: int | None = None) -> Any:  # noqa: ASYNC109 aiogram's name
        return self.check_response(bot, method, *self._answer).result


def calls_that_answer(code: int, body: str) -> ApiCaller:
    return ApiCaller(Bot("1:x", session=Answering(code, body)), "en")


async def test_a_completed_call_with_an_unusual_response_is_not_repeated() -> None:
    odd = json.dumps({"ok": True, "result": {"message_id": 7, "chat": "not a chat"}})
    result = await calls_that_answer(200, odd)(METHOD, Side.CUSTOMER)
    assert read_message_id(result) == "7"


async def test_a_failed_call_raises_its_delivery_error() -> None:
    gone = json.dumps({"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked"})
    with pytest.raises(Rejected):
        await calls_that_answer(403, gone)(METHOD, Side.CUSTOMER)
    with pytest.raises(Uncertain):
        await calls_that_answer(502, "<html>")(METHOD, Side.CUSTOMER)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: user is deactivated"),
        (400, "Bad Request: chat not found"),
    ],
)
def test_an_own_chat_that_cannot_be_used_is_closed(code: int, words: str) -> None:
    error = to_delivery_error(raised(code, words), Side.STAFF, "en", is_own_chat=True)
    assert isinstance(error, OwnChatClosed)


@pytest.mark.parametrize("is_own_chat", [True, False])
def test_a_chat_without_topics_is_used_without(is_own_chat: bool) -> None:
    refusal = raised(400, "Bad Request: the chat is not a forum")
    error = to_delivery_error(refusal, Side.STAFF, "en", is_own_chat=is_own_chat)
    assert isinstance(error, NoTopics)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Bad Request: message thread not found", TopicGone),
        ("Bad Request: TOPIC_ID_INVALID", TopicGone),
        ("Bad Request: message is too long", Rejected),
    ],
)
def test_other_errors_in_an_own_chat_are_those_of_a_group(
    words: str, kind: type[DeliveryError]
) -> None:
    error = to_delivery_error(raised(400, words), Side.STAFF, "en", is_own_chat=True)
    assert type(error) is kind
