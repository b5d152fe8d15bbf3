"""One customer's flood takes neither the group's limit nor the others' time.

The stage's clock moves only when it is told to, so the seconds here are those of the limits.
"""

from collections.abc import Callable

from bot.limits import TELEGRAM_LIMITS
from db.database import Database
from db.ids import ConversationId
from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit
from tests.desk.stage import Stage, open_stage, picture, text

FLOOD = 80
FOUR_A_MINUTE = Limits(group=(Limit(4, 60.0),), group_share=(Limit(4, 60.0), Limit(8, 120.0)))


async def open_limited_stage(database: Database, limits: Limits = TELEGRAM_LIMITS) -> Stage:
    return await open_stage(database, limits=limits)


async def flood(stage: Stage, many: int = FLOOD, *, name: str = "flood") -> ConversationId:
    """Let a customer send many pictures at once."""
    customer = await stage.customer(name, name)
    for number in range(many):
        await stage.copy(customer, picture(f"{name} {number}"))
    return customer


async def seconds_until(stage: Stage, is_so: Callable[[], bool], *, most: float = 900) -> float:
    """Let time pass until something is so, and return how long that took."""
    begun = stage.at
    while True:
        await stage.deliver()
        if is_so():
            return stage.at - begun
        assert stage.at - begun < most
        stage.later(0.5)


async def test_a_newcomer_is_seen_at_once_although_another_customer_sent_eighty_photos(
    database: Database,
) -> None:
    stage = await open_limited_stage(database)
    await flood(stage)
    await stage.deliver()
    stage.later(5)
    waits = []
    for name in ("Ana", "Budi", "Citra"):
        newcomer = await stage.customer(name, name)
        await stage.copy(newcomer, picture(f"help {name}"))
        await stage.refresh_card(newcomer)
        waits.append(await seconds_until(stage, lambda: f"help {name}" in stage.sender.did()))  # noqa: B023
    # The first two use what the flood leaves free; the third comes with its next free calls.
    assert waits[:2] == [0, 0]
    assert waits[2] <= 60
    cards = {"Ana", "Budi", "Citra"}
    assert await seconds_until(stage, lambda: cards <= set(stage.sender.did("post"))) <= 120
    await seconds_until(stage, lambda: f"flood {FLOOD - 1}" in stage.sender.did())
    sent = [about for about in stage.sender.did("deliver") if about.startswith("flood")]
    assert sent == [f"flood {number}" for number in range(FLOOD)]


async def test_who_used_least_goes_first_and_of_equals_the_oldest(database: Database) -> None:
    stage = await open_limited_stage(database, FOUR_A_MINUTE)
    people = [await flood(stage, 6, name=name) for name in "abc"]
    for number, each in enumerate(people):
        await stage.set_topic(each, topic=f"7{number}", card="8")
    rounds = []
    for _ in range(6):
        before = len(stage.sender.calls)
        await stage.deliver()
        rounds.append(sorted(each[0] for each in stage.sender.did()[before:]))
        stage.later(60)
    assert rounds[0] == ["a", "a", "b", "c"]
    assert all(set(each) == {"a", "b", "c"} for each in rounds[:3])
    assert sorted(stage.sender.did()) == sorted(f"{name} {n}" for name in "abc" for n in range(6))


async def test_an_album_is_not_overtaken_for_ever(database: Database) -> None:
    stage = await open_limited_stage(database, FOUR_A_MINUTE)
    busy, album = await stage.customer("busy", "1"), await stage.customer("album", "2")
    for number, each in enumerate((busy, album)):
        await stage.set_topic(each, topic=f"7{number}", card="8")
    for number in range(30):
        await stage.copy(busy, picture(f"busy {number}"))
    await stage.deliver()
    for number in range(4):
        await stage.copy(album, picture(f"album {number}", album="a"))
    whole = "+".join(f"album {number}" for number in range(4))
    assert await seconds_until(stage, lambda: whole in stage.sender.did()) <= 120


async def test_topics_are_opened_only_as_far_as_their_messages_have_room(
    database: Database,
) -> None:
    stage = await open_limited_stage(database)
    for number in range(30):
        await stage.copy(await stage.customer(str(number), str(number)), text(f"help {number}"))
    await stage.deliver()
    assert stage.sender.methods().count("open") == 9
    assert stage.sender.did("deliver") == [f"help {number}" for number in range(9)]


async def test_a_slowed_group_keeps_room_for_others(database: Database) -> None:
    stage = await open_limited_stage(database)
    busy = await flood(stage)
    await stage.set_topic(busy, topic="7", card="8")
    [work] = await stage.claim(1)
    stage.rate_limiter.slow(work.rate_limit_key, stage.at + 900)
    await stage.settle(await stage.executor.execute(work))
    stage.later(61)
    before = len(stage.sender.calls)
    await stage.deliver()
    assert len(stage.sender.calls) - before == 6
    await stage.copy(await stage.customer("Ana", "2"), text("help"))
    await stage.deliver()
    assert stage.sender.did()[-2:] == ["Ana", "help"]
