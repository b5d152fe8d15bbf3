"""Log in from a Mini App: the sandbox plays Telegram and signs with a key of its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.app import serve
from sandbox.telegram import mini_app
from sandbox.telegram.client import TelegramSandbox
from tests.api.channel_scene import TOKEN
from tests.api.stage import Answer, ApiStage, Person, run_api
from tests.api.test_login import me, refresh
from tests.api.test_second_factor import code_of, with_factor

HOUR = 3600


@dataclass
class MiniApp:
    """A desk with one bot at the sandbox's Telegram."""

    api: ApiStage
    telegram: TelegramSandbox

    async def agent(self, person: Person | None = None) -> tuple[Person, dict[str, Any]]:
        """Bind an agent to a new Telegram account."""
        mia = person or await self.api.person("Mia")
        user = await self.telegram.add_user("Mia")
        await self.api.change(
            "UPDATE users SET telegram_id = :t WHERE id = :id", t=str(user["id"]), id=mia.user_id
        )
        return mia, user

    async def open(self, user: dict[str, Any], *, age: float = 0) -> str:
        """Open the Mini App some seconds ago."""
        bot, opened_at = int(TOKEN.partition(":")[0]), int(time.time() - age)
        return await self.telegram.open_mini_app(user, bot=bot, auth_date=opened_at)

    async def log_in(self, init_data: str, code: str | None = None) -> Answer:
        body = {"init_data": init_data, **({} if code is None else {"code": code})}
        return await self.api.ask("POST", "/auth/telegram", body)


@pytest.fixture
async def app(migrated_url: str) -> AsyncIterator[MiniApp]:
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        run_api(
            migrated_url,
            telegram_api_url=sandbox.url,
            telegram_mini_app_key=mini_app.PUBLIC_KEY,
        ) as api,
    ):
        await telegram.add_bot(TOKEN)
        ada = await api.admin()
        added = await ada.post("/channels", {"credentials": {"token": TOKEN}})
        assert added.status == 201, added.body
        yield MiniApp(api, telegram)


async def test_a_bound_agent_logs_in_and_goes_on_after_a_reload(app: MiniApp) -> None:
    mia, user = await app.agent()
    data = await app.open(user)
    first = await app.log_in(data)
    assert first.status == 200, first.body
    assert "Set-Cookie" not in first.headers
    assert (await me(app.api, first.body["access_token"])).body["id"] == mia.user_id
    # The same data resumes that log-in; the tokens that the page lost are void.
    again = await app.log_in(data)
    assert again.status == 200
    [begun] = await app.api.audit("log_in.began")
    assert begun["user_id"] == mia.user_id
    assert (await me(app.api, first.body["access_token"])).status == 200
    assert (await refresh(app.api, first.body["refresh_token"])).status == 401
    assert (await refresh(app.api, again.body["refresh_token"])).status == 200
    # Other data of the same person is another log-in.
    assert (await app.log_in(await app.open(user, age=5))).status == 200
    assert len(await app.api.audit("log_in.began")) == 2


async def test_it_is_used_once_also_by_many_at_once(app: MiniApp) -> None:
    _, user = await app.agent()
    data = await app.open(user)
    answers = await asyncio.gather(*(app.log_in(data) for _ in range(5)))
    assert {each.status for each in answers} == {200}
    assert len(await app.api.audit("log_in.began")) == 1
    # Logging out voids it, for whoever has it.
    out = await app.api.ask("POST", "/auth/logout", token=answers[0].body["access_token"])
    assert out.status == 204
    gone = await app.log_in(data)
    assert (gone.status, gone.problem) == (401, "not-logged-in")


@pytest.mark.parametrize(
    ("age", "begins"), [(HOUR - 60, True), (HOUR + 5, False), (25 * HOUR, False), (-300, False)]
)
async def test_old_data_begins_nothing(app: MiniApp, age: float, begins: bool) -> None:
    _, user = await app.agent()
    answer = await app.log_in(await app.open(user, age=age))
    assert answer.status == (200 if begins else 401)
    assert len(await app.api.audit("log_in.began")) == begins


async def test_data_of_yesterday_resumes_what_it_began_for_a_day(app: MiniApp) -> None:
    _, user = await app.agent()
    for age, status in ((23 * HOUR, 200), (25 * HOUR, 401)):
        data = await app.open(user, age=30)
        assert (await app.log_in(data)).status == 200
        old = await app.open(user, age=age)
        # As if the older data had begun this log-in.
        from desk.accounts.init_data import InitDataVerifier  # noqa: PLC0415

        verifier = InitDataVerifier.from_hex(mini_app.PUBLIC_KEY)
        names = {each: verifier.verify(each, [TOKEN]).digest for each in (data, old)}
        await app.api.change(
            "UPDATE log_ins SET init_data_digest = :old WHERE init_data_digest = :new",
            old=names[old],
            new=names[data],
        )
        assert (await app.log_in(old)).status == status


async def test_a_person_without_an_agent_is_told_so(app: MiniApp) -> None:
    stranger = await app.telegram.add_user("Eve")
    answer = await app.log_in(await app.open(stranger))
    assert (answer.status, answer.problem) == (403, "telegram-not-linked")
    mia, user = await app.agent()
    data = await app.open(user)
    token = (await app.log_in(data)).body["access_token"]
    await app.api.change("UPDATE users SET telegram_id = NULL WHERE id = :id", id=mia.user_id)
    assert (await app.log_in(data)).problem == "telegram-not-linked"
    # Somebody else has the account now: the data resumes nobody's log-in.
    await app.api.change(
        "UPDATE users SET telegram_id = :t WHERE id = :id",
        t=str(user["id"]),
        id=(await app.api.person("Tom")).user_id,
    )
    assert (await app.log_in(data)).status == 401
    assert (await me(app.api, token)).status == 200
    await app.api.change("UPDATE users SET is_active = 0")
    assert (await app.log_in(await app.open(user))).problem == "telegram-not-linked"


async def test_a_bot_whose_token_cannot_be_decrypted_locks_nobody_out(app: MiniApp) -> None:
    _, user = await app.agent()
    await app.telegram.add_bot("765:other")
    added = await (await app.api.admin()).post("/channels", {"credentials": {"token": "765:other"}})
    assert added.status == 201, added.body
    await app.api.change(
        "UPDATE channels SET credentials = 'x' WHERE id = :id", id=added.body["id"]
    )
    assert (await app.log_in(await app.open(user))).status == 200


async def test_a_second_factor_is_asked_for_once(app: MiniApp) -> None:
    person, secret, _ = await with_factor(app.api)
    _, user = await app.agent(person)
    data = await app.open(user)
    needed = await app.log_in(data)
    assert (needed.status, needed.problem) == (401, "second-factor-needed")
    wrong = await app.log_in(data, "000000")
    assert (wrong.status, wrong.problem) == (401, "bad-credentials")
    [failed] = await app.api.audit("log_in.failed")
    assert (failed["user_id"], "second factor" in str(failed["details"])) == (person.user_id, True)
    assert (await app.log_in(data, code_of(secret, later=1))).status == 200
    assert (await app.log_in(data)).status == 200


async def test_guesses_at_the_code_are_slowed_down(app: MiniApp) -> None:
    person, _, _ = await with_factor(app.api)
    _, user = await app.agent(person)
    data = await app.open(user)
    statuses = [(await app.log_in(data, f"00000{number}")).status for number in range(8)]
    assert statuses[:4] == [401] * 4
    assert statuses[-1] == 429
    # What needs no code clears no count.
    assert (await app.log_in(data)).status == 401
    assert (await app.log_in(data, "000009")).status == 429


async def test_forged_and_broken_data_is_refused(app: MiniApp) -> None:
    _, user = await app.agent()
    data = await app.open(user)
    for wrong in (
        mini_app.build_init_data("1:x", user, int(time.time())),
        data.replace("hash=", "hash=%C3%A9"),
        f"{data}&hash={'0' * 64}",
        "x",
        "hash=1&signature=2",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ):
        answer = await app.log_in(wrong)
        assert (answer.status, answer.problem) == (401, "not-logged-in"), wrong
        assert "hash" not in answer.body["detail"]
    for body in ({}, {"init_data": ""}, {"init_data": 1}, {"init_data": "a" * 4097}):
        assert (await app.api.ask("POST", "/auth/telegram", body)).status == 422


async def test_telegram_itself_has_one_key(migrated_sqlite_url: str) -> None:
    """With Telegram's own server, what a test server signs is refused, whatever is set."""
    settings = {"telegram_api_url": "https://api.telegram.org", "telegram_bot_token": TOKEN}
    key = mini_app.PUBLIC_KEY
    async with run_api(migrated_sqlite_url, telegram_mini_app_key=key, **settings) as api:
        user = {"id": 910000001, "first_name": "Mia"}
        mia = await api.person()
        await api.change(
            "UPDATE users SET telegram_id = '910000001' WHERE id = :id", id=mia.user_id
        )
        data = mini_app.build_init_data(TOKEN, user, int(time.time()))
        answer = await api.ask("POST", "/auth/telegram", {"init_data": data})
        assert (answer.status, answer.problem) == (401, "not-logged-in")
        assert "Telegram did not sign it" in answer.body["detail"]
