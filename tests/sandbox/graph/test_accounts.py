"""Tests of calls about numbers, accounts and tokens."""

from tests.sandbox.graph.stage import Stage


async def test_a_number_shows_its_fields(stage: Stage) -> None:
    _, shown = await stage.call("GET", str(stage.number["id"]))
    assert shown["display_phone_number"] == "+1 555-078-3881"
    assert (shown["verified_name"], shown["quality_rating"]) == ("OsmoDesk", "GREEN")
    await stage.graph.change_number(stage.number, quality="RED", tier="TIER_250")
    fields = {"params": {"fields": "quality_rating,messaging_limit_tier"}}
    _, shown = await stage.call("GET", str(stage.number["id"]), **fields)
    assert shown == {
        "quality_rating": "RED",
        "messaging_limit_tier": "TIER_250",
        "id": stage.number["id"],
    }
    status, content = await stage.call("GET", f"{stage.number['id']}?fields=colour")
    assert (status, content["error"]["code"]) == (400, 100)


async def test_an_account_lists_its_numbers(stage: Stage) -> None:
    account = str(stage.number["account"])
    assert (await stage.call("GET", account))[1]["id"] == account
    _, listed = await stage.call("GET", f"{account}/phone_numbers")
    assert [one["id"] for one in listed["data"]] == [stage.number["id"]]


async def test_a_number_is_registered_and_deregistered(stage: Stage) -> None:
    path = f"{stage.number['id']}/"
    assert (await stage.call("POST", f"{path}deregister"))[0] == 200
    body = {"type": "text", "text": {"body": "x"}}
    assert (await stage.refused(**body))[:2] == (400, 133010)
    assert (await stage.call("POST", f"{path}register", json={"pin": "1"}))[0] == 400
    pin = {"messaging_product": "whatsapp", "pin": "123456"}
    assert (await stage.call("POST", f"{path}register", json=pin))[0] == 200
    await stage.text()


async def test_tokens_show_their_owner(stage: Stage) -> None:
    _, told = await stage.call("GET", "debug_token?input_token=EAAtoken")
    assert told["data"]["is_valid"] is True
    assert "whatsapp_business_messaging" in told["data"]["scopes"]
    await stage.graph.token("EAAother", "expired", account=stage.number["account"])
    _, told = await stage.call("GET", "debug_token?input_token=EAAother")
    assert told["data"]["is_valid"] is False
    _, told = await stage.call("GET", "debug_token?input_token=nobody")
    assert told["data"]["is_valid"] is False
    assert (await stage.call("GET", "debug_token"))[0] == 400
    assert (await stage.call("GET", "me?access_token=EAAtoken", token=""))[0] == 401
    assert (await stage.call("GET", "me"))[1]["name"]
