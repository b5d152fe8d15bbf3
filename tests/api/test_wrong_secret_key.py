"""A SECRET_KEY that does not decrypt the stored data: the error names the way out."""

from desk.accounts.encryption import Encryptor
from tests.api.stage import ApiStage


async def test_a_channel_says_that_its_token_does_not_open(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    sealed = Encryptor("another key, as long as keys have to be").encrypt(
        {"token": "123456:" + "A" * 35}
    )
    channel = await own_api.channel(credentials=sealed)
    checked = await ada.post(f"/channels/{channel}/test")
    added = await ada.post(f"/channels/{channel}/staff-groups", {"id": "-1009"})
    for answer in (checked, added):
        assert (answer.status, answer.problem) == (503, "wrong-key")
        assert "SECRET_KEY" in answer.body["detail"]
        assert "token again" in answer.body["detail"]
    assert (await ada.get(f"/channels/{channel}")).status == 200
