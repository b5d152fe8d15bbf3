"""A broadcast goes last: answers and copies find their limits free, whatever is being broadcast."""

from collections import Counter

import pytest

from bot.limits import TELEGRAM_LIMITS
from bridge.cloud.limits import CLOUD_LIMITS
from bridge.waha.limits import WAHA_LIMITS
from db.database import Database
from db.tables import Queue
from desk.limits.rate_limiter import Limits
from tests.desk.broadcasts.broadcast_stage import open_broadcast_stage
from tests.desk.stage import text

# Of a period: its seconds, how many messages of a broadcast go, and how many answers beside them.
WORLDS = [
    pytest.param(TELEGRAM_LIMITS, 1, 10, 15, id="telegram"),
    pytest.param(CLOUD_LIMITS, 1, 30, 50, id="cloud"),
    pytest.param(WAHA_LIMITS, 60, 6, 14, id="waha"),
]


@pytest.mark.parametrize(("limits", "seconds", "broadcast", "answers"), WORLDS)
async def test_answers_do_not_wait_behind_a_broadcast(
    database: Database, limits: Limits, seconds: int, broadcast: int, answers: int
) -> None:
    news = await open_broadcast_stage(database, broadcast * 2 + answers, limits=limits)
    stage = news.stage
    await news.start()
    for _ in range(2):  # a step of the job queues less than a second's share of the fastest
        await news.step()
        await news.step()
        await stage.deliver()
        assert len(news.sent()) % broadcast == 0
        assert news.sent()
        # The broadcast has used its share of this period; many customers get answers now.
        for person in news.people[-answers:]:
            await stage.answer(person, text(f"answer at {stage.at}"))
        await stage.deliver()
        assert stage.sender.did("deliver").count(f"answer at {stage.at}") == answers
        stage.later(seconds + 0.01)
    assert len(news.sent()) == 2 * broadcast
    # While a number is busy with answers, the broadcast waits.
    for person in news.people[:broadcast]:
        await stage.answer(person, text("busy"))
    await news.step()
    await stage.deliver()
    assert len(news.sent()) == 2 * broadcast
    stage.later(2 * seconds)
    await news.finish(every=seconds)
    assert Counter(news.sent()).most_common(1)[0][1] == 1
    assert await news.counts() == {"sent": len(news.people)}


async def test_answers_and_copies_are_claimed_first_even_to_the_same_customer(
    database: Database,
) -> None:
    news = await open_broadcast_stage(database, 20)
    stage = news.stage
    await news.start()
    await news.step()
    await stage.set_topic(news.people[0], topic="7", card="8")
    stage.later(5)
    await stage.answer(news.people[0], text("answer"))
    await stage.copy(news.people[0], text("copy"))
    works = await stage.claim(10)
    assert [each.queue for each in works[:2]] == [Queue.CUSTOMER, Queue.STAFF]
    assert {each.queue for each in works[2:]} == {Queue.BROADCAST}
    assert len(works) == 10
