"""A client is created before they write."""

from typing import Any

import pytest

from tests.api.stage import ApiStage


async def test_a_client_without_an_address(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    given = {"name": " Andi  Wijaya ", "phone": "+62 811 234 567", "email": "andi@example.com"}
    made = await ada.post("/clients", given)
    assert made.status == 201, made.body
    assert (made.body["name"], made.body["phone"]) == ("Andi Wijaya", "+62811234567")
    assert (made.body["email"], made.body["contacts"]) == ("andi@example.com", [])
    [found] = (await ada.get("/clients?phone=%2B62811234567")).body["items"]
    assert found["id"] == made.body["id"]
    assert (await ada.patch(f"/clients/{found['id']}", {"name": "Budi"})).body["name"] == "Budi"
    [entry] = await own_api.audit("client.created")
    assert entry["subject"] == found["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "Andi", "phone": "call me"}, "phone"),
        ({"name": "Andi", "email": "andi"}, "email"),
        ({"name": "Andi", "channel_id": "01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"}, "channel_id"),
    ],
)
async def test_what_is_refused(own_api: ApiStage, body: dict[str, Any], field: str) -> None:
    ada = await own_api.admin()
    refused = await ada.post("/clients", body)
    assert refused.status == 422
    assert list(refused.faults) == [field]
    assert await own_api.rows("SELECT id FROM clients") == []
