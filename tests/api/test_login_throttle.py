"""Password guessing over HTTP is slowed down, and refused without Redis."""

import asyncio
from typing import Any

import bcrypt
import pytest

from tests.api.stage import Answer, ApiStage, run_api
from tests.api.test_login import PASSWORD, log_in, someone
from tests.services.redis import Redis

WRONG = "not the password at all"


async def guessed(api: ApiStage, email: str, **more: Any) -> Answer:
    body = {"email": email, "password": WRONG}
    return await api.ask("POST", "/auth/login", body, **more)


async def until_refused(api: ApiStage, email: str, **more: Any) -> Answer:
    """Guess until refused; a machine that stalls for a second allows a few more attempts."""
    for tries in range(12):
        answer = await guessed(api, email, **more)
        if answer.status == 429:
            assert tries >= 5
            return answer
        assert answer.problem == "bad-credentials"
    raise AssertionError("nobody was told to wait")


async def test_the_sixth_guess_must_wait_and_so_must_the_right_password(
    migrated_sqlite_url: str,
) -> None:
    async with run_api(migrated_sqlite_url) as api:
        mia = await someone(api)
        refused = await until_refused(api, mia.email)
        assert refused.problem == "too-many-requests"
        assert int(refused.headers["Retry-After"]) >= 1
        # The right password waits like any other, and succeeds in the end.
        answer = await log_in(api, mia.email)
        while answer.status == 429:
            await asyncio.sleep(int(answer.headers["Retry-After"]))
            answer = await log_in(api, mia.email)
        assert answer.status == 200
        assert len(await api.audit("log_in.failed")) >= 5


async def test_an_unknown_account_is_slowed_down_alike(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        await until_refused(api, "nobody@desk.test")


async def test_the_throttle_stands_before_other_proofs_too(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        mia = await someone(api)
        change = {"password": "a better long password", "current_password": WRONG}
        for _ in range(12):
            answer = await mia.patch("/auth/me", change)
            if answer.status == 429:
                break
            assert answer.faults == {"current_password": "wrong_password"}
        assert answer.problem == "too-many-requests"
        assert (await guessed(api, mia.email)).status == 429


async def address_of(api: ApiStage, **more: Any) -> str:
    """Log in and return the address that the server recorded."""
    mia = await someone(api)
    body = {"email": mia.email, "password": PASSWORD}
    tokens = (await api.ask("POST", "/auth/login", body, **more)).body
    own = await api.ask("GET", "/auth/log-ins", token=tokens["access_token"])
    [found] = [each["address"] for each in own.body["items"] if each["is_current"]]
    return str(found)


async def test_only_a_trusted_proxy_is_believed_about_addresses(migrated_sqlite_url: str) -> None:
    forged = {"X-Forwarded-For": "198.51.100.7"}
    async with run_api(migrated_sqlite_url) as api:
        assert await address_of(api, headers=forged) == "127.0.0.1"


@pytest.mark.long
async def test_a_different_address_for_each_guess_does_not_help(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        for number in range(70):
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            if (await guessed(api, f"{number}@desk.test", headers=headers)).status == 429:
                return
    raise AssertionError("nobody was told to wait")


async def test_who_speaks_for_whom(migrated_sqlite_url: str) -> None:
    cases = {
        "198.51.100.7": "198.51.100.7",
        "203.0.113.9, 198.51.100.7": "198.51.100.7",
        "203.0.113.9, 127.0.0.1": "203.0.113.9",
        "nonsense": "127.0.0.1",
        "198.51.100.7, nonsense": "127.0.0.1",
        "2001:db8::1": "2001:db8::1",
        "[2001:db8::1]": "2001:db8::1",
        "::ffff:198.51.100.7": "198.51.100.7",
        "fe80::1%" + "x" * 500: "fe80::1",
        ",,,": "127.0.0.1",
    }
    async with run_api(migrated_sqlite_url, trusted_proxies="127.0.0.1, ::1") as api:
        for header, address in cases.items():
            assert await address_of(api, headers={"X-Forwarded-For": header}) == address, header


async def test_without_redis_nobody_is_let_in(
    redis_server: Redis, redis_url: str, migrated_sqlite_url: str
) -> None:
    async with run_api(migrated_sqlite_url, redis_url=redis_url) as api:
        mia = await someone(api)
        assert (await log_in(api, mia.email)).status == 200
        await until_refused(api, "nobody@desk.test")
        await asyncio.to_thread(redis_server.stop)
        try:
            closed = await log_in(api, mia.email)
            assert (closed.status, closed.problem) == (503, "unavailable")
            assert int(closed.headers["Retry-After"]) >= 1
            # Users who are logged in stay logged in.
            assert (await mia.get("/auth/me")).status == 200
        finally:
            await asyncio.to_thread(redis_server.start)


@pytest.mark.long
async def test_more_log_ins_than_can_be_hashed_starve_nobody(migrated_sqlite_url: str) -> None:
    """With real hash costs: each log-in succeeds or gets a 503, and other requests go on."""
    real = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(12)).decode()
    async with run_api(migrated_sqlite_url) as api:
        mia = await api.person()
        people = [await api.person(password_hash=real) for _ in range(30)]
        hashing = asyncio.gather(*(log_in(api, each.email) for each in people))
        asked = 0
        while not hashing.done():
            assert (await mia.get("/auth/me")).status == 200
            asked += 1
            await asyncio.sleep(0.02)
        answers = await hashing
        let_in = [each for each in answers if each.status == 200]
        turned_away = [each for each in answers if each.status == 503]
        assert len(let_in) + len(turned_away) == len(people)
        assert len(let_in) >= 5
        assert all(int(each.headers["Retry-After"]) >= 1 for each in turned_away)
        assert asked > len(let_in)
        # A refused log-in does not count as a wrong guess.
        for each, answer in zip(people, answers, strict=True):
            if answer.status != 200:
                assert (await log_in(api, each.email)).status == 200
                break


async def test_a_password_of_any_length_is_no_fault(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        mia = await someone(api)
        for password in ("x", "x" * 73, "ä" * 1000, "\x00" * 20, PASSWORD + "\x00"):
            answer = await log_in(api, mia.email, password)
            assert answer.status in {401, 429}
