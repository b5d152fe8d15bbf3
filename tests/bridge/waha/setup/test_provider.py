"""Tests of the health check and identification at a WAHA server."""

from typing import Any

import pytest

from bridge.waha.session.session_config import WebhookConfig, add_webhook
from bridge.waha.setup.linker import WahaLinker
from bridge.waha.setup.provider import WahaProvider
from desk.setup.errors import (
    InvalidCredentialsError,
    NotPossibleError,
    ProviderUnavailableError,
)
from desk.setup.findings import Severity
from desk.setup.providers import Credentials
from scripts.private_servers.process import free_port
from tests.bridge.waha.waha_env import CHANNEL, SESSION, WahaEnv

PROVIDER = WahaProvider()
HOOK = f"https://desk.example/waha/{CHANNEL}"


def given(env: WahaEnv, **changes: str) -> Credentials:
    kept = {"url": env.waha.waha_url, "api_key": env.waha.API_KEY, "session": SESSION}
    return {**kept, "hmac_key": "k" * 64, **changes}


async def found(credentials: Credentials, webhook: str | None = HOOK) -> dict[str, Any]:
    examined = await PROVIDER.check_health(credentials, (), webhook)
    return {each.subject: each for each in examined.channel}


def test_what_we_make_ourselves_is_filled_in_and_what_is_there_stays() -> None:
    made = PROVIDER.complete({"url": "http://waha:3000", "api_key": "k"})
    assert len(made["hmac_key"]) == 64
    assert made["session"].startswith("osmodesk_")
    assert PROVIDER.complete(made) == made
    assert PROVIDER.complete({"url": "u"})["hmac_key"] != made["hmac_key"]
    assert PROVIDER.complete({"session": "mine"})["session"] == "mine"
    assert PROVIDER.webhook is not None
    assert PROVIDER.webhook.path_of(CHANNEL) == f"/waha/{CHANNEL}"
    assert PROVIDER.webhook.secret is None


async def test_a_number_is_known_by_its_session_and_server(env: WahaEnv) -> None:
    identity = await PROVIDER.identify(given(env))
    host = env.waha.base_url.partition("://")[2]
    assert identity.external_id == f"{SESSION}@{host}"
    assert identity.title == "OsmoDesk shop"
    assert (identity.username or "").startswith("+")
    other = await PROVIDER.identify(given(env, session="other"))
    assert other.external_id == f"other@{host}"
    assert other.username is None


async def test_a_wrong_key_is_refused_and_a_server_that_is_away_is_said_so(env: WahaEnv) -> None:
    with pytest.raises(InvalidCredentialsError) as refused:
        await PROVIDER.identify(given(env, api_key="wrong"))
    assert refused.value.field == "credentials.api_key"
    with pytest.raises(ProviderUnavailableError, match="could not be reached"):
        await PROVIDER.identify(given(env, url=f"http://127.0.0.1:{free_port()}"))
    await env.waha.fail("sessions.list", kind="html")
    with pytest.raises(ProviderUnavailableError, match="could not be read"):
        await PROVIDER.identify(given(env))
    await env.waha.fail("sessions.list", code=500)
    with pytest.raises(ProviderUnavailableError):
        await PROVIDER.identify(given(env))


async def test_a_healthy_channel_has_no_errors(env: WahaEnv) -> None:
    await env.client.configure(add_webhook({}, CHANNEL, WebhookConfig(HOOK, "k" * 64)))
    await env.waha.until(SESSION, "WORKING")
    told = await found(given(env))
    assert [each.severity for each in told.values()] == [Severity.OK] * 3
    assert "+4915550000001" in told["link"].text
    # Without PUBLIC_URL: a server on this machine knows a local address of ours.
    assert (await found(given(env), None))["webhook"].severity is Severity.OK


@pytest.mark.parametrize(
    ("status", "mark", "words"),
    [
        ("SCAN_QR_CODE", Severity.WARN, "/qr"),
        ("STARTING", Severity.WARN, "/qr"),
        ("STOPPED", Severity.ERROR, "link/start"),
        ("FAILED", Severity.ERROR, "osmodesk channels qr"),
        ("PASSKEY_REQUIRED", Severity.ERROR, "phone"),
    ],
)
async def test_each_status_has_its_remedy(
    env: WahaEnv, status: str, mark: Severity, words: str
) -> None:
    await env.waha.force_status(SESSION, status)
    told = (await found(given(env)))["link"]
    assert (told.severity, words in told.remedy) == (mark, True)


async def test_what_is_wrong_with_the_server_the_session_or_the_webhook_is_said(
    env: WahaEnv,
) -> None:
    away = await found(given(env, url=f"http://127.0.0.1:{free_port()}"))
    assert away["WAHA"].severity is Severity.ERROR
    assert "refuses the key" in (await found(given(env, api_key="wrong")))["WAHA"].text
    assert (await found(given(env, session="none")))["session"].severity is Severity.WARN
    assert (await found(given(env), None))["webhook"].severity is Severity.ERROR
    assert (await found(given(env)))["webhook"].severity is Severity.WARN
    await env.client.configure(add_webhook({}, CHANNEL, WebhookConfig(HOOK, "another")))
    assert "another key" in (await found(given(env)))["webhook"].text
    await env.waha.fail("sessions.get", kind="html")
    assert (await found(given(env)))["WAHA"].severity is Severity.ERROR


async def test_commands_reach_the_session(env: WahaEnv) -> None:
    linker = WahaLinker()
    await linker.send_command(given(env), "stop")
    await env.waha.until(SESSION, "STOPPED")
    await linker.send_command(given(env), "start")
    await env.waha.until(SESSION, "WORKING")
    await linker.send_command(given(env), "logout")
    await env.waha.until(SESSION, "SCAN_QR_CODE")
    code = await linker.request_code(given(env), "4915550000001")
    assert (await env.waha.session(SESSION))["code"] == code
    await linker.send_command(given(env, session="none"), "restart")


async def test_impossible_commands_are_reported(env: WahaEnv) -> None:
    linker = WahaLinker()
    with pytest.raises(NotPossibleError, match="WORKING"):
        await linker.request_code(given(env), "4915550000001")
    with pytest.raises(ProviderUnavailableError):
        await linker.send_command(given(env, url=f"http://127.0.0.1:{free_port()}"), "start")
    await env.waha.fail("sessions.stop", code=500)
    with pytest.raises(ProviderUnavailableError):
        await linker.send_command(given(env), "stop")
    with pytest.raises(NotPossibleError):
        await linker.send_command(given(env, api_key="wrong"), "stop")
