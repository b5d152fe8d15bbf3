"""Log in from a page: the refresh token is in a cookie, which only this server's pages may use."""

import asyncio
from http.cookies import Morsel, SimpleCookie
from typing import Any

import aiohttp
import pytest

from api.auth.models import BrowserTokens
from api.routing.browser_request import COOKIE
from tests.api.stage import Answer, ApiStage, Person, run_api
from tests.api.test_login import HASH, PASSWORD, me

PAGE = {"X-OsmoDesk-Console": "1", "Sec-Fetch-Site": "same-origin"}


async def ask(api: ApiStage, what: str, cookie: str | None = None, **more: Any) -> Answer:
    """Ask as a page does; `cookie` is the refresh token that its browser keeps."""
    headers = {**PAGE, **more.pop("headers", {})}
    if cookie is not None:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    body = more.pop("body", {})
    return await api.ask("POST", f"/auth/browser/{what}", body, headers=headers, **more)


def cookie_of(answer: Answer) -> "Morsel[str]":
    """Return the cookie that an answer sets, with its attributes."""
    [line] = answer.headers.getall("Set-Cookie")
    return SimpleCookie(line)[COOKIE]


async def someone(api: ApiStage) -> Person:
    return await api.person(password_hash=HASH)


async def log_in(api: ApiStage, mia: Person, **more: Any) -> Answer:
    return await ask(api, "login", body={"email": mia.email, "password": PASSWORD}, **more)


async def test_a_page_logs_in_stays_logged_in_and_logs_out(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    answer = await log_in(own_api, mia)
    assert answer.status == 200, answer.body
    kept = cookie_of(answer)
    assert (kept["httponly"], kept["secure"]) == (True, True)
    assert (kept["samesite"], kept["path"], kept["domain"]) == ("Strict", "/api/v1/auth", "")
    assert 7 * 86400 - 60 < int(kept["max-age"]) <= 7 * 86400
    # No script ever sees the refresh token.
    assert kept.value not in answer.raw.decode()
    assert answer.body.keys() == BrowserTokens.model_fields.keys()
    assert answer.body["user_id"] == mia.user_id
    assert (await me(own_api, answer.body["access_token"])).body["id"] == mia.user_id

    second = await ask(own_api, "refresh", kept.value)
    following = cookie_of(second)
    assert second.body["user_id"] == mia.user_id
    assert (second.status, following.value != kept.value) == (200, True)
    # Two tabs share one cookie: asked again at once, the same one is set.
    both = await asyncio.gather(*(ask(own_api, "refresh", kept.value) for _ in range(3)))
    assert {cookie_of(each).value for each in both} == {following.value}

    # It needs no access token: that may have expired meanwhile.
    out = await ask(own_api, "logout", following.value)
    assert (out.status, out.raw) == (204, b"")
    assert (cookie_of(out).value, cookie_of(out)["max-age"]) == ("", "0")
    assert (await me(own_api, second.body["access_token"])).status == 401
    assert (await mia.get("/auth/me")).status == 200
    [ended] = await own_api.audit("log_in.ended")
    assert ended["user_id"] == mia.user_id
    for cookie in (following.value, kept.value):
        gone = await ask(own_api, "refresh", cookie)
        assert (gone.status, gone.problem, cookie_of(gone).value) == (401, "not-logged-in", "")
    again = await ask(own_api, "logout", following.value)
    assert (again.status, len(await own_api.audit("log_in.ended"))) == (204, 1)


async def test_a_stolen_cookie_ends_the_log_in_for_both(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = cookie_of(await log_in(own_api, mia)).value
    hers = cookie_of(await ask(own_api, "refresh", first)).value
    thief = await ask(own_api, "refresh", first, headers={"User-Agent": "thief"})
    assert (thief.status, cookie_of(thief).value) == (401, "")
    assert (await ask(own_api, "refresh", hers)).status == 401


async def test_the_cookie_opens_nothing_else(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    kept = cookie_of(await log_in(own_api, mia)).value
    headers = {**PAGE, "Cookie": f"{COOKIE}={kept}"}
    for method, path in (("GET", "/auth/me"), ("POST", "/auth/logout"), ("GET", "/sessions")):
        assert (await own_api.ask(method, path, headers=headers)).status == 401
    body = await own_api.ask("POST", "/auth/refresh", {}, headers=headers)
    assert (body.status, body.faults) == (422, {"refresh_token": "missing"})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-OsmoDesk-Console": "1"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
        ({"X-OsmoDesk-Console": "yes", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"X-OsmoDesk-Console": "1", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-OsmoDesk-Console": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-OsmoDesk-Console": "1", "Sec-Fetch-Site": "none"}, 403),
        ({"X-OsmoDesk-Console": "1", "Sec-Fetch-Site": "cross-site", "Origin": "{here}"}, 403),
        ({"X-OsmoDesk-Console": "1", "Origin": "null"}, 403),
        ({"X-OsmoDesk-Console": "1", "Origin": "https://evil.example"}, 403),
        ({"X-OsmoDesk-Console": "1", "Origin": "{here}.evil.example"}, 403),
        ({"X-OsmoDesk-Console": "1", "Origin": "ftp://127.0.0.1"}, 403),
        # Browsers without Sec-Fetch-Site.
        ({"X-OsmoDesk-Console": "1", "Origin": "{here}"}, 200),
        # A proxy that does not pass on the Host header.
        ({"X-OsmoDesk-Console": "1", "Origin": "http://127.0.0.1:9999"}, 200),
    ],
)
async def test_only_pages_of_this_server_may_use_it(
    migrated_sqlite_url: str, headers: dict[str, str], status: int
) -> None:
    async with run_api(migrated_sqlite_url, public_url="http://127.0.0.1:9999") as api:
        mia = await someone(api)
        kept = cookie_of(await log_in(api, mia)).value
        given = {name: value.format(here=api.address) for name, value in headers.items()}
        for what, body in (
            ("login", {"email": mia.email, "password": PASSWORD}),
            ("refresh", {}),
            ("logout", {}),
        ):
            answer = await api.ask(
                "POST",
                f"/auth/browser/{what}",
                body,
                headers={**given, "Cookie": f"{COOKIE}={kept}"},
            )
            if status == 403:
                assert (answer.status, answer.problem) == (403, "refused"), what
                assert "Set-Cookie" not in answer.headers
            else:
                assert answer.status in {200, 204}, answer.body
        # Nothing that was refused used the cookie up.
        if status == 403:
            assert (await ask(api, "refresh", kept)).status == 200


async def test_a_header_given_twice_is_refused(own_api: ApiStage) -> None:
    url = f"{own_api.address}/api/v1/auth/browser/logout"
    console, site = PAGE.items()
    origin = ("Origin", own_api.address)
    for pairs in ([console, console, site], [console, site, site], [console, origin, origin]):
        async with aiohttp.ClientSession() as http, http.post(url, headers=pairs, json={}) as reply:
            assert reply.status in {400, 403}, pairs


@pytest.mark.parametrize("cookie", ["", "x", "odr_" + "A" * 43, "a" * 3000, '"odr x"', "%00"])
async def test_a_broken_cookie_is_no_log_in(own_api: ApiStage, cookie: str) -> None:
    answer = await ask(own_api, "refresh", cookie)
    assert (answer.status, answer.problem) == (401, "not-logged-in")
    assert (await ask(own_api, "logout", cookie)).status == 204


async def test_only_json_is_accepted(own_api: ApiStage) -> None:
    """A form of another site could send anything else."""
    mia = await someone(own_api)
    kept = cookie_of(await log_in(own_api, mia)).value
    headers = {**PAGE, "Cookie": f"{COOKIE}={kept}"}
    for what in ("refresh", "logout"):
        for kind, status in (("text/plain", 415), ("application/json", 400)):
            answer = await own_api.ask(
                "POST",
                f"/auth/browser/{what}",
                data=b"{",
                headers={**headers, "Content-Type": kind},
            )
            assert answer.status == status, what
        answer = await ask(own_api, what, kept, body={"refresh_token": kept})
        assert (answer.status, answer.faults) == (422, {"refresh_token": "extra_forbidden"})
    assert (await ask(own_api, "refresh", kept)).status == 200
