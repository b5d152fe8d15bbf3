"""What is asked of Meta when a channel is set up, and what is said of each fault."""

from collections.abc import Mapping

import pytest

from bridge.cloud.setup.provider import CloudProvider
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import Severity
from tests.bridge.cloud.cloud_env import SECRET, TOKEN, CloudStage

WEBHOOK = "https://desk.example/whatsapp/01M81PBAMTV06NY0TWJ5VWTSB7"


def credentials(stage: CloudStage, **other: str) -> Mapping[str, str]:
    own = {
        "access_token": TOKEN,
        "phone_number_id": stage.number["id"],
        "app_secret": SECRET,
        "waba_id": stage.number["account"],
    }
    return {**own, **other}


def provider(stage: CloudStage) -> CloudProvider:
    return CloudProvider(stage.graph.api_url)


async def marks(
    stage: CloudStage, webhook: str | None = WEBHOOK, **other: str
) -> dict[str, Severity]:
    found = await provider(stage).check_health(credentials(stage, **other), (), webhook)
    worst: dict[str, Severity] = {}
    for each in found.channel:
        worst[each.subject] = max(each.mark, worst.get(each.subject, Severity.OK))
        assert each.remedy or each.mark is Severity.OK
        assert TOKEN not in str(each)
    return worst


def test_a_verify_token_is_made_once() -> None:
    made = CloudProvider("http://x").complete({"access_token": "a", "verify_token": ""})
    assert len(made["verify_token"]) >= 32
    assert CloudProvider("http://x").complete(made) == made
    assert CloudProvider("http://x").webhook.path_of("C") == "/whatsapp/C"  # type: ignore[arg-type] # any id


async def test_whose_number_it_is(stage: CloudStage) -> None:
    found = await provider(stage).identify(credentials(stage))
    assert (found.external_id, found.title) == (stage.number["id"], "OsmoDesk")


async def test_credentials_that_meta_does_not_take(stage: CloudStage) -> None:
    with pytest.raises(InvalidCredentialsError) as wrong:
        await provider(stage).identify(credentials(stage, phone_number_id="123"))
    assert wrong.value.field == "credentials.phone_number_id"
    for state in ("expired", "revoked", "forbidden"):
        await stage.graph.token(TOKEN, state)
        with pytest.raises(InvalidCredentialsError) as wrong:
            await provider(stage).identify(credentials(stage))
        assert wrong.value.field == "credentials.access_token"
        assert TOKEN not in str(wrong.value)


async def test_a_meta_that_is_away(stage: CloudStage) -> None:
    for fault in ({"kind": "html"}, {"kind": "drop_after", "times": 2}, {"code": 2, "status": 503}):
        await stage.graph.fail("number", **fault)
        with pytest.raises(ProviderUnavailableError):
            await provider(stage).identify(credentials(stage))
        await stage.graph.clear_faults()
    nobody = CloudProvider("http://127.0.0.1:1")
    with pytest.raises(ProviderUnavailableError):
        await nobody.identify(credentials(stage))
    found = await nobody.check_health(credentials(stage), ())
    assert [each.mark for each in found.channel] == [Severity.ERROR]


async def test_all_is_well_but_for_the_webhook(stage: CloudStage) -> None:
    assert await marks(stage) == {
        "number": Severity.OK,
        "access token": Severity.OK,
        "business account": Severity.OK,
        "webhook": Severity.WARN,
    }
    assert (await marks(stage, None))["webhook"] is Severity.ERROR


async def test_what_is_wrong_is_said_of_each(stage: CloudStage) -> None:
    await stage.graph.change_number(stage.number, status="DISCONNECTED", subscribed=False)
    found = await marks(stage)
    assert (found["number"], found["business account"]) == (Severity.ERROR, Severity.ERROR)
    await stage.graph.change_number(stage.number, status="CONNECTED", quality="RED")
    assert (await marks(stage))["number"] is Severity.WARN
    assert (await marks(stage, waba_id=""))["business account"] is Severity.WARN
    assert (await marks(stage, waba_id="5"))["business account"] is Severity.ERROR
    await stage.graph.token(TOKEN, "expired")
    assert await marks(stage) == {"number": Severity.ERROR}
