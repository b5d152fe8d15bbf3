"""Log in, refresh, log out, and attempts with other users' tokens."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import bcrypt
import jwt
import pytest

from db.tables import Role
from db.tables.base import now_utc
from desk.accounts.access_tokens import Claims
from tests.api.stage import JWT_SECRET, Answer, ApiStage, Person, run_api

PASSWORD = "a long enough password"
# A cheap hash: the cost of hashing is not tested here.
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


async def someone(api: ApiStage, **more: Any) -> Person:
    return await api.person(password_hash=HASH, **more)


async def log_in(api: ApiStage, email: str, password: str = PASSWORD, **more: Any) -> Answer:
    return await api.ask("POST", "/auth/login", {"email": email, "password": password, **more})


async def refresh(api: ApiStage, token: str, **more: Any) -> Answer:
    return await api.ask("POST", "/auth/refresh", {"refresh_token": token}, **more)


async def me(api: ApiStage, token: str) -> Answer:
    return await api.ask("GET", "/auth/me", token=token)


async def test_one_logs_in_and_out(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    answer = await log_in(own_api, f"  {mia.email.upper()} ")
    assert answer.status == 200, answer.body
    tokens = answer.body
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert (await me(own_api, tokens["access_token"])).body["id"] == mia.user_id
    out = await own_api.ask("POST", "/auth/logout", token=tokens["access_token"])
    assert (out.status, out.raw) == (204, b"")
    gone = await me(own_api, tokens["access_token"])
    assert (gone.status, gone.problem) == (401, "not-logged-in")
    assert gone.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert (await refresh(own_api, tokens["refresh_token"])).status == 401
    # Her other log-in is not affected.
    assert (await mia.get("/auth/me")).status == 200
    [began] = await own_api.audit("log_in.began")
    [ended] = await own_api.audit("log_in.ended")
    assert began["user_id"] == ended["user_id"] == mia.user_id


async def test_tokens_are_kept_nowhere_as_they_are(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    kept = await own_api.rows("SELECT * FROM refresh_tokens")
    assert tokens["refresh_token"] not in str(kept)
    assert len(tokens["refresh_token"]) >= 40
    assert PASSWORD not in str(await own_api.rows("SELECT * FROM audit_log"))


@pytest.mark.parametrize("which", ["password", "unknown", "disabled", "no password"])
async def test_whatever_is_wrong_the_answer_is_the_same(own_api: ApiStage, which: str) -> None:
    mia = await someone(own_api)
    email, password = mia.email, PASSWORD
    if which == "password":
        password = "another long password"
    if which == "unknown":
        email = "nobody@desk.test"
    if which == "disabled":
        await own_api.change("UPDATE users SET is_active = 0 WHERE id = :id", id=mia.user_id)
    if which == "no password":
        await own_api.change("UPDATE users SET password_hash = '!'")
    answer = await log_in(own_api, email, password)
    assert (answer.status, answer.problem) == (401, "bad-credentials")
    assert set(answer.body) == {"type", "title", "status", "request_id"}
    [entry] = await own_api.audit("log_in.failed")
    assert "127.0.0.1" in str(entry["details"])
    assert (entry["user_id"] == mia.user_id) == (which in {"password", "no password"})


async def test_a_refresh_gives_a_new_pair_and_voids_the_old_token(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body
    second = (await refresh(own_api, first["refresh_token"])).body
    assert second["refresh_token"] != first["refresh_token"]
    assert (await me(own_api, second["access_token"])).status == 200
    third = (await refresh(own_api, second["refresh_token"])).body
    assert third["refresh_token"] not in {first["refresh_token"], second["refresh_token"]}


async def test_two_tabs_that_refresh_at_once_get_the_same_token(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body["refresh_token"]
    both = await asyncio.gather(*(refresh(own_api, first) for _ in range(6)))
    assert [each.status for each in both] == [200] * 6
    assert len({each.body["refresh_token"] for each in both}) == 1
    [kept] = await own_api.rows("SELECT count(*) AS n FROM refresh_tokens")
    assert kept["n"] == 2
    # The chain of refresh tokens continues.
    following = both[0].body["refresh_token"]
    assert (await refresh(own_api, following)).status == 200


async def later(api: ApiStage, seconds: float) -> None:
    """Move all times of use into the past by this many seconds."""
    for row in await api.rows("SELECT id, used_at FROM refresh_tokens WHERE used_at IS NOT NULL"):
        at = (now_utc() - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
        await api.change(
            "UPDATE refresh_tokens SET used_at = :at WHERE id = :id", at=at, id=row["id"]
        )


@pytest.mark.parametrize("which", ["after the grace", "by another client"])
async def test_a_stolen_token_ends_the_log_in_for_both(own_api: ApiStage, which: str) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body["refresh_token"]
    hers = (await refresh(own_api, first)).body
    if which == "after the grace":
        await later(own_api, 11)
        stolen = await refresh(own_api, first)
    else:
        stolen = await refresh(own_api, first, headers={"User-Agent": "thief"})
    assert (stolen.status, stolen.problem) == (401, "not-logged-in")
    assert (await refresh(own_api, hers["refresh_token"])).status == 401
    assert (await me(own_api, hers["access_token"])).status == 401
    # Her other log-ins stay valid.
    assert (await mia.get("/auth/me")).status == 200
    [entry] = await own_api.audit("log_in.reused")
    assert entry["user_id"] == mia.user_id


async def test_an_idle_log_in_lapses_and_none_lives_for_ever(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    idle = (await log_in(own_api, mia.email)).body["refresh_token"]
    past = "2020-01-01 00:00:00.000000"
    await own_api.change("UPDATE refresh_tokens SET expires_at = :past", past=past)
    assert (await refresh(own_api, idle)).status == 401
    old = (await log_in(own_api, mia.email)).body
    await own_api.change("UPDATE log_ins SET expires_at = :past", past=past)
    assert (await refresh(own_api, old["refresh_token"])).status == 401
    assert (await me(own_api, old["access_token"])).status == 401


async def test_no_refresh_token_outlives_its_log_in(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body["refresh_token"]
    soon = now_utc() + timedelta(days=2)
    await own_api.change(
        "UPDATE log_ins SET expires_at = :soon", soon=soon.strftime("%Y-%m-%d %H:%M:%S.%f")
    )
    body = (await refresh(own_api, first)).body
    assert body["refresh_expires_at"] == soon.isoformat().replace("+00:00", "Z")


async def test_a_changed_password_ends_every_log_in(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    better = "a better long password"
    changed = await mia.patch("/auth/me", {"password": better, "current_password": PASSWORD})
    assert changed.status == 200, changed.body
    for token in (mia.token, tokens["access_token"]):
        assert (await me(own_api, token)).status == 401
    assert (await refresh(own_api, tokens["refresh_token"])).status == 401
    assert (await log_in(own_api, mia.email, better)).status == 200
    [entry] = await own_api.audit("account.password_changed")
    assert entry["user_id"] == mia.user_id


async def test_a_disabled_user_is_out_at_once(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    await own_api.change("UPDATE users SET is_active = 0 WHERE id = :id", id=mia.user_id)
    assert (await me(own_api, tokens["access_token"])).status == 401
    assert (await refresh(own_api, tokens["refresh_token"])).status == 401


async def test_logging_out_everywhere(own_api: ApiStage) -> None:
    mia, max_ = await someone(own_api), await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    assert (await mia.post("/auth/logout-all")).status == 204
    assert (await me(own_api, tokens["access_token"])).status == 401
    assert (await refresh(own_api, tokens["refresh_token"])).status == 401
    assert (await max_.get("/auth/me")).status == 200
    assert len(await own_api.audit("log_in.ended_all")) == 1


async def test_where_one_is_logged_in_is_listed_and_ended(own_api: ApiStage) -> None:
    mia, max_ = await someone(own_api), await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    items = (await mia.get("/auth/log-ins")).body["items"]
    assert len(items) == 2
    [other] = [each for each in items if not each["is_current"]]
    assert other["address"] == "127.0.0.1"
    path = f"/auth/log-ins/{other['id']}"
    assert (await max_.delete(path)).problem == "not-found"
    assert (await mia.delete(path)).status == 204
    assert (await me(own_api, tokens["access_token"])).status == 401
    assert (await mia.delete(path)).problem == "not-found"
    assert len((await mia.get("/auth/log-ins")).body["items"]) == 1


def claims(mia: Person, **more: Any) -> dict[str, Any]:
    now = now_utc()
    good = {"typ": "access", "aud": "osmodesk-api", "sub": mia.user_id, "sid": mia.log_in}
    return {**good, "ver": 0, "iat": now, "exp": now + timedelta(minutes=5), **more}


async def test_a_little_skew_of_clocks_is_forgiven_and_no_more(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    for seconds, status in ((-20, 200), (-40, 401)):
        expiry = now_utc() + timedelta(seconds=seconds)
        token = jwt.encode(claims(mia, exp=expiry), JWT_SECRET, "HS256")
        assert (await me(own_api, token)).status == status
    ahead = jwt.encode(claims(mia, iat=now_utc() + timedelta(seconds=20)), JWT_SECRET, "HS256")
    assert (await me(own_api, ahead)).status == 200


async def test_forged_tokens_are_refused(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    good = claims(mia)
    head, body, signature = mia.token.split(".")
    forged = [
        jwt.encode(good, None, "none"),
        jwt.encode(good, "k" * 40, "HS256"),
        jwt.encode(good, JWT_SECRET + "x" * 64, "HS512"),
        jwt.encode({**good, "aud": "another"}, JWT_SECRET, "HS256"),
        jwt.encode({**good, "typ": "refresh"}, JWT_SECRET, "HS256"),
        jwt.encode({**good, "ver": "0"}, JWT_SECRET, "HS256"),
        jwt.encode({**good, "ver": 1}, JWT_SECRET, "HS256"),
        jwt.encode({**good, "sub": "nobody"}, JWT_SECRET, "HS256"),
        jwt.encode({**good, "sid": "none"}, JWT_SECRET, "HS256"),
        *(
            jwt.encode({k: v for k, v in good.items() if k != name}, JWT_SECRET, "HS256")
            for name in good
        ),
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        f"{head}..{signature}",
        "x",
        "a.b.c",
        "é" * 20,
        "[" * 3000,
    ]
    for token in forged:
        answer = await me(own_api, token)
        assert (answer.status, answer.problem) == (401, "not-logged-in"), token
    assert (await me(own_api, jwt.encode(good, JWT_SECRET, "HS256"))).status == 200


async def test_a_token_of_another_user_in_my_log_in_is_refused(own_api: ApiStage) -> None:
    mia, ada = await someone(own_api), await someone(own_api, role=Role.ADMIN)
    mixed = own_api.tokens.issue(Claims(ada.user_id, mia.log_in, 0), now_utc())
    assert (await me(own_api, mixed)).status == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic eDp5", "Token {token}", "{token}", "Bearer {token} x"],
)
async def test_only_a_bearer_token_lets_in(own_api: ApiStage, header: str) -> None:
    mia = await someone(own_api)
    given = {"Authorization": header.format(token=mia.token)}
    answer = await own_api.ask("GET", "/auth/me", headers=given)
    assert (answer.status, answer.problem) == (401, "not-logged-in")


async def test_two_authorizations_are_none(own_api: ApiStage) -> None:
    mia, ada = await someone(own_api), await own_api.admin()
    url = f"{own_api.address}/api/v1/auth/me"
    both = [("Authorization", f"Bearer {each.token}") for each in (mia, ada)]
    async with aiohttp.ClientSession(headers=both) as http, http.get(url) as reply:
        assert reply.status in {400, 401}


async def test_no_log_in_with_the_old_password_survives_its_change(own_api: ApiStage) -> None:
    """With log-ins and the change at once: the old password and its tokens end up invalid."""
    mia = await someone(own_api)
    better = "a better long password"

    async def change() -> Answer:
        return await mia.patch("/auth/me", {"password": better, "current_password": PASSWORD})

    changed, *tries = await asyncio.gather(
        change(), *(log_in(own_api, mia.email) for _ in range(3))
    )
    assert changed.status == 200, changed.body
    for each in tries:
        assert each.status in {200, 401}
        if each.status == 200:
            assert (await me(own_api, each.body["access_token"])).status == 401
            assert (await refresh(own_api, each.body["refresh_token"])).status == 401
    assert (await log_in(own_api, mia.email)).problem == "bad-credentials"


async def test_a_log_in_that_is_ended_while_it_is_refreshed_stays_ended(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    tokens = (await log_in(own_api, mia.email)).body
    out, pair = await asyncio.gather(
        own_api.ask("POST", "/auth/logout-all", token=tokens["access_token"]),
        refresh(own_api, tokens["refresh_token"]),
    )
    assert out.status == 204
    assert pair.status in {200, 401}
    if pair.status == 200:
        assert (await me(own_api, pair.body["access_token"])).status == 401
        assert (await refresh(own_api, pair.body["refresh_token"])).status == 401


async def test_two_thieves_at_once_end_it_once(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body["refresh_token"]
    await refresh(own_api, first)
    thieves = [
        refresh(own_api, first, headers={"User-Agent": f"thief {number}"}) for number in range(4)
    ]
    assert {each.status for each in await asyncio.gather(*thieves)} == {401}
    assert len(await own_api.audit("log_in.reused")) == 1


async def test_refreshing_at_once_from_two_places_ends_it(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await log_in(own_api, mia.email)).body["refresh_token"]
    answers = await asyncio.gather(
        refresh(own_api, first), refresh(own_api, first, headers={"User-Agent": "another"})
    )
    assert sorted(each.status for each in answers) == [200, 401]
    [good] = [each for each in answers if each.status == 200]
    assert (await refresh(own_api, good.body["refresh_token"])).status == 401


@pytest.mark.parametrize(
    "other", ["mía.lee@desk.test", "mia.lee@desk.test\x00", "MIA.LEÉ@desk.test"]
)
async def test_an_address_that_looks_alike_is_another_one(own_api: ApiStage, other: str) -> None:
    """Otherwise each spelling would allow five more guesses."""
    mia = await someone(own_api)
    email = "mia.lee@desk.test"
    await own_api.change("UPDATE users SET email = :e WHERE id = :id", e=email, id=mia.user_id)
    assert (await log_in(own_api, other)).status in {401, 422}
    assert (await log_in(own_api, email)).status == 200


async def test_nobody_notices_a_new_jwt_secret(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as before:
        mia = await someone(before)
        first = (await log_in(before, mia.email)).body
        second = (await refresh(before, first["refresh_token"])).body
    secrets = {"jwt_secret": "n" * 40, "jwt_secret_old": JWT_SECRET}
    async with run_api(migrated_sqlite_url, **secrets) as after:
        assert (await me(after, second["access_token"])).status == 200
        # The answer to the last refresh may be lost in the restart: asked again, it is given.
        again = await refresh(after, first["refresh_token"])
        assert again.status in {200, 401}  # 401 if the restart took longer than ten seconds
        if again.status == 200:
            assert again.body["refresh_token"] == second["refresh_token"]
            third = await refresh(after, second["refresh_token"])
            assert third.status == 200
            assert (await me(after, third.body["access_token"])).status == 200
    async with run_api(migrated_sqlite_url, jwt_secret="n" * 40) as later:
        assert (await me(later, second["access_token"])).status == 401
