"""The log at LOG_LEVEL=DEBUG of a process that is used and misused: it contains no secret."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import bcrypt

from db.tables import Role
from tests.api.stage import ApiStage, Person
from tests.api.test_second_factor import code_of
from tests.flows.api_agents import open_api
from tests.flows.stage import SECRET_KEY, TOKEN, prepare_stage
from tests.scripts.processes.process_group import run_process_group
from tests.scripts.processes.test_graceful_shutdown import address_of

PASSWORD = "correct horse battery 9"
BETTER = "a better long password 7"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
JWT_SECRET = "j" * 40


async def send_raw(address: str, *lines: str) -> bytes:
    """Send a request head of these lines, however malformed."""
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write("\r\n".join([*lines, "Host: x", "", ""]).encode())
    try:
        return await reader.read()
    finally:
        writer.close()


async def use_log_ins(api: ApiStage, ada: Person) -> list[str]:
    """Log in, fail to, refresh, reuse a token, forge one; return every secret that was used."""
    body = {"email": ada.email, "password": PASSWORD}
    pair = (await api.ask("POST", "/auth/login", body)).body
    nearly = PASSWORD + "x"
    await api.ask("POST", "/auth/login", {**body, "password": nearly})
    following = (await api.ask("POST", "/auth/refresh", pick(pair, "refresh_token"))).body
    thief = {"User-Agent": "thief"}
    await api.ask("POST", "/auth/refresh", pick(pair, "refresh_token"), headers=thief)
    forged = pair["access_token"][:-4] + "AAAA"
    await api.ask("GET", "/auth/me", token=forged)
    await api.ask("GET", f"/auth/me?access_token={following['access_token']}")
    in_a_path = "odr_in-a-path-of-somebody-who-erred"
    await api.ask("POST", "/auth/refresh", {"refresh_token": [in_a_path]})
    return [
        *(each[name] for each in (pair, following) for name in ("access_token", "refresh_token")),
        *(nearly, forged, in_a_path),
    ]


async def with_second_factor(api: ApiStage, ada: Person) -> list[str]:
    made = (await ada.post("/auth/second-factor", {"password": PASSWORD})).body
    codes = await ada.post("/auth/second-factor/confirm", {"code": code_of(made["secret"])})
    wrong = {"password": PASSWORD, "code": "WRONG-CODE-OF-MINE"}
    await ada.post("/auth/second-factor/disable", wrong)
    right = {"password": PASSWORD, "code": codes.body["recovery_codes"][0]}
    assert (await ada.post("/auth/second-factor/disable", right)).status == 204
    return [made["secret"], *codes.body["recovery_codes"], wrong["code"]]


async def use_setup(api: ApiStage, ada: Person, max_: Person) -> list[str]:
    """Create a link, use it, add a bot, add a webhook, forge a call from Telegram."""
    link = (await ada.post(f"/users/{max_.user_id}/reset-link")).body
    await api.ask("POST", "/auth/reset", {"token": link["token"], "password": "short"})
    await api.ask("POST", "/auth/reset", {"token": link["token"], "password": BETTER})
    other = "987654:" + "B" * 35
    await ada.post("/channels", {"credentials": {"token": other}})
    hook = {"name": "x", "url": "https://hook.invalid/a-secret-place"}
    made = (await ada.post("/webhooks", hook)).body
    await ada.post(f"/webhooks/{made['id']}/test")
    code = (await ada.post(f"/agents/{ada.agent_id}/link-code")).body["code"]
    forged = "forged-secret-of-a-webhook"
    headers = {"X-Telegram-Bot-Api-Secret-Token": forged}
    url = f"{api.address}/telegram/01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"
    async with aiohttp.ClientSession() as http, http.post(url, headers=headers, json={}) as reply:
        assert reply.status == 403
    return [link["token"], other.partition(":")[2], made["secret"], code, forged]


def pick(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: body[name]}


async def with_broken_requests(address: str, token: str) -> list[str]:
    bearer = f"Authorization: Bearer {token}"
    for broken in (
        f"{bearer}\x00",
        f"{bearer}\n x",
        f"Authorization : Bearer {token}",
        bearer * 99,
    ):
        assert b" 400 " in await send_raw(address, "GET /api/v1/auth/me HTTP/1.1", broken)
    assert b" 400 " in await send_raw(address, f"GET /api/v1/auth/me?{token} HTTP/9.9")
    return [token]


async def test_no_secret_is_in_the_log(migrated_url: str, tmp_path: Path) -> None:
    loud = {"LOG_LEVEL": "DEBUG"}
    async with (
        prepare_stage(migrated_url) as stage,
        run_process_group(stage, migrated_url, tmp_path, **loud) as desk,
    ):
        process = await desk.start("run")
        stage.address = await address_of(process)
        async with open_api(stage) as api:
            ada = await api.person("Ada", role=Role.ADMIN, password_hash=HASH)
            max_ = await api.person("Max", password_hash=HASH)
            secrets = [
                *(PASSWORD, BETTER, HASH, JWT_SECRET, SECRET_KEY, TOKEN.partition(":")[2]),
                *await with_broken_requests(stage.address, ada.token),
                *await with_second_factor(api, ada),
                *await use_setup(api, ada, max_),
                *await use_log_ins(api, ada),
            ]
        await process.stop()
    said = process.log_text
    for event in ("api.request", "http.malformed", "webhook.refused", '"stopped"'):
        assert event in said
    assert [each for each in secrets if each in said] == []
    assert "Traceback" not in said
