"""Search what was said: each hit shows the words where they stand."""

import pytest

from api.sessions.search import cut_out
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage


async def test_each_hit_is_the_newest_message_with_the_words(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    past = await HistoryBuilder.on_a_channel(own_api)
    said = ["My Order 17 is late", "Which order?", "the order\nfrom May, 100% <b>sure</b>", "ok"]
    first = await past.session(mia, name="Ann", says=said)
    named = await past.session(mia, name="Order Ltd")
    await past.session(tom, says=["a secret order"])
    page = (await mia.get("/search?q=order")).body
    assert [each["session"]["id"] for each in page["items"]] == [named, first]
    assert page["items"][0]["hit"] is None
    hit = page["items"][1]["hit"]
    assert (hit["before"], hit["match"]) == ("the ", "order")
    assert hit["after"] == " from May, 100% <b>sure</b>"
    messages = f"/sessions/{first}/messages"
    around = (await mia.get(f"{messages}?limit=1&around={hit['message_id']}")).body["items"]
    assert [each["message"] for each in around] == [said[2]]
    assert (hit["created_at"], hit["direction"]) == (around[0]["created_at"], "inbound")
    # The words are text, not a pattern; the filters are those of the sessions.
    [percent] = (await mia.get("/search?q=100%25")).body["items"]
    assert percent["hit"]["match"] == "100%"
    assert (await mia.get("/search?q=100_")).body["items"] == []
    assert (await mia.get("/search?q=order&status=ENDED")).body["items"] == []
    one = (await mia.get("/search?q=order&limit=1")).body
    two = (await mia.get(f"/search?q=order&limit=1&cursor={one['next']}")).body
    assert [one["items"][0], two["items"][0]] == page["items"]
    for query in ("", "?q=", f"?q={'a' * 101}", "?q=a%00b", "?q=a&q=b"):
        assert (await mia.get(f"/search{query}")).status == 422


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("abc", "B", ("a", "b", "c")),
        ("a.c abc", "a.c", ("", "a.c", " abc")),
        ("x" * 200 + "word" + "y" * 200, "word", ("x" * 60, "word", "y" * 100)),
        ("\u0130stanbul order", "ORDER", ("\u0130stanbul ", "order", "")),
        ("caf\u00e9\r\nau lait", "cafe", ("", "", "caf\u00e9  au lait")),
        ("", "a", ("", "", "")),
    ],
)
def test_the_words_are_cut_out_of_a_long_text(
    text: str, words: str, pieces: tuple[str, str, str]
) -> None:
    assert cut_out(text, words) == pieces
