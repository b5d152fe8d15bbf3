"""Tests of the health check and identification at Meta, and of the text for each error."""

from collections.abc import Mapping

import pytest

from bridge.cloud.setup.provider import CloudProvider
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import Severity
from tests.bridge.cloud.cloud_env import SECRET, TOKEN, CloudEnv

WEBHOOK = "https://desk.example/whatsapp/01M81PBAMTV06NY0TWJ5VWTSB7"


def credentials(env: CloudEnv, **other: str) -> Mapping[str, str]:
    own = {
        "access_token": TOKEN,
        "phone_number_id": env.number["id"],
        "app_secret": SECRET,
        "waba_id": env.number["account"],
    }
    return {**own, **other}


def provider(env: CloudEnv) -> CloudProvider:
    return CloudProvider(env.graph.api_url)


async def marks(env: CloudEnv, webhook: str | None = WEBHOOK, **other: str) -> dict[str, Severity]:
    found = await provider(env).check_health(credentials(env, **other), (), webhook)
    worst: dict[str, Severity] = {}
    for each in found.channel:
        worst[each.subject] = max(each.severity, worst.get(each.subject, Severity.OK))
        assert each.remedy or each.severity is Severity.OK
        assert TOKEN not in str(each)
    return worst


def test_a_verify_token_is_made_once() -> None:
    made = CloudProvider("http://x").complete({"access_token": "a", "verify_token": ""})
    assert len(made["verify_token"]) >= 32
    assert CloudProvider("http://x").complete(made) == made
    assert CloudProvider("http://x").webhook.path_of("C") == "/whatsapp/C"  # type: ignore[arg-type] # any id


async def test_whose_number_it_is(env: CloudEnv) -> None:
    found = await provider(env).identify(credentials(env))
    assert (found.external_id, found.title) == (env.number["id"], "OsmoDesk")


async def test_credentials_that_meta_does_not_take(env: CloudEnv) -> None:
    with pytest.raises(InvalidCredentialsError) as wrong:
        await provider(env).identify(credentials(env, phone_number_id="123"))
    assert wrong.value.field == "credentials.phone_number_id"
    for state in ("expired", "revoked", "forbidden"):
        await env.graph.token(TOKEN, state)
        with pytest.raises(InvalidCredentialsError) as wrong:
            await provider(env).identify(credentials(env))
        assert wrong.value.field == "credentials.access_token"
        assert TOKEN not in str(wrong.value)


async def test_a_meta_that_is_away(env: CloudEnv) -> None:
    for fault in ({"kind": "html"}, {"kind": "drop_after", "times": 2}, {"code": 2, "status": 503}):
        await env.graph.fail("number", **fault)
        with pytest.raises(ProviderUnavailableError):
            await provider(env).identify(credentials(env))
        await env.graph.clear_faults()
    nobody = CloudProvider("http://127.0.0.1:1")
    with pytest.raises(ProviderUnavailableError):
        await nobody.identify(credentials(env))
    found = await nobody.check_health(credentials(env), ())
    assert [each.severity for each in found.channel] == [Severity.ERROR]


async def test_all_is_well_but_for_the_webhook(env: CloudEnv) -> None:
    assert await marks(env) == {
        "number": Severity.OK,
        "access token": Severity.OK,
        "business account": Severity.OK,
        "webhook": Severity.WARN,
    }
    assert (await marks(env, None))["webhook"] is Severity.ERROR


async def test_what_is_wrong_is_said_of_each(env: CloudEnv) -> None:
    await env.graph.change_number(env.number, status="DISCONNECTED", subscribed=False)
    found = await marks(env)
    assert (found["number"], found["business account"]) == (Severity.ERROR, Severity.ERROR)
    await env.graph.change_number(env.number, status="CONNECTED", quality="RED")
    assert (await marks(env))["number"] is Severity.WARN
    assert (await marks(env, waba_id=""))["business account"] is Severity.WARN
    assert (await marks(env, waba_id="5"))["business account"] is Severity.ERROR
    await env.graph.token(TOKEN, "expired")
    assert await marks(env) == {"number": Severity.ERROR}
