"""One timeline over all channels of a client."""

from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage
from tests.api.test_sessions import pages


async def test_a_merged_clients_channels_are_one_timeline(own_api: ApiStage) -> None:
    mia, tom, ada = await own_api.person("Mia"), await own_api.person("Tom"), await own_api.admin()
    bot = await HistoryBuilder.on_a_channel(own_api)
    phone = await HistoryBuilder.on_a_channel(own_api, "Phone")
    phone.minutes = 100
    first = await bot.session(mia, says=["1", "2", "3"])
    _, client = await bot.of(first)
    second = await phone.session(mia, says=["4", "5"])
    third = await bot.session(tom, again=first, ended=True, says=["secret"])
    assert third
    assert await own_api.join(client, second)
    path = f"/clients/{client}/messages"

    async def read(person: object, limit: int) -> list[str]:
        forth = await pages(person, f"{path}?limit={limit}")  # type: ignore[arg-type]
        return [each["message"] for page in forth for each in page["items"]]

    for limit in (1, 2, 3, 5, 50):
        assert sorted(await read(ada, limit)) == ["1", "2", "3", "4", "5", "secret"]
        mias = await read(mia, limit)
        assert sorted(mias) == ["1", "2", "3", "4", "5"]
        # By id, which rises with time.
        assert mias == await read(mia, 50)
    forth = await pages(mia, f"{path}?limit=2")
    back = (await mia.get(f"{path}?limit=2&cursor={forth[2]['previous']}")).body
    assert back["items"] == forth[1]["items"]
    channels = {each["conversation_id"] for page in forth for each in page["items"]}
    assert len(channels) == 2
    nobody = await own_api.person()
    assert (await nobody.get(path)).problem == "not-found"
