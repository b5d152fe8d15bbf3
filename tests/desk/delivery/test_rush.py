"""Many new customers who write at once: a group's calls go to words first, then to cards and pins.

The stage's clock moves only when it is told to, so the seconds here are those of the limits.
"""

import re

from bot.limits import TELEGRAM_LIMITS
from db.database import Database
from db.ids import ConversationId
from tests.desk.stage import Stage, open_stage, text

CUSTOMERS = 30
MESSAGES = 3


async def write_at_once(stage: Stage) -> list[ConversationId]:
    people = [await stage.customer(f"C{each}", str(each)) for each in range(CUSTOMERS)]
    for number, each in enumerate(people):
        for message in range(MESSAGES):
            await stage.copy(each, text(f"words {number} {message}."))
        await stage.refresh_card(each)
    return people


def count_seen(stage: Stage) -> int:
    return len(set(re.findall(r"words \d+ \d+\.", " ".join(stage.sender.did("deliver")))))


async def test_words_need_two_calls_for_each_new_customer_and_cards_follow(
    database: Database,
) -> None:
    stage = await open_stage(database, limits=TELEGRAM_LIMITS)
    await write_at_once(stage)
    begun = stage.at
    while count_seen(stage) < CUSTOMERS * MESSAGES:
        await stage.deliver()
        stage.later(0.5)
        assert stage.at - begun < 260
    assert len(stage.sender.calls) <= 2.2 * CUSTOMERS
    # Each customer's words stand in their order, none twice.
    for number in range(CUSTOMERS):
        said = " ".join(each for each in stage.sender.did("deliver") if f"words {number} " in each)
        expected = [f"words {number} {message}." for message in range(MESSAGES)]
        assert re.findall(r"words \d+ \d+\.", said) == expected
    while len(stage.sender.did("post")) < CUSTOMERS or len(stage.sender.did("pin")) < CUSTOMERS:
        await stage.deliver()
        stage.later(0.5)
        assert stage.at - begun < 900


async def test_a_lone_customer_gets_the_card_first_and_each_text_as_a_message(
    database: Database,
) -> None:
    stage = await open_stage(database, limits=TELEGRAM_LIMITS)
    ana = await stage.customer()
    for words in ("hello", "are you there?", "please answer"):
        await stage.copy(ana, text(words))
    await stage.deliver()
    assert stage.sender.did("deliver") == ["hello", "are you there?", "please answer"]
    assert stage.sender.methods() == ["open", "post", "deliver", "deliver", "deliver", "pin"]


async def test_texts_that_waited_for_long_are_one_message(database: Database) -> None:
    stage = await open_stage(database, limits=TELEGRAM_LIMITS)
    ana = await stage.customer()
    await stage.set_topic(ana, topic="7", card="8")
    for words in ("hello", "are you there?"):
        await stage.copy(ana, text(words))
    stage.later(4)
    await stage.deliver()
    assert stage.sender.did() == ["hello\nare you there?"]
