"""What any request to the API may count on: ids, problems, headers, limits; and broken input."""

import pytest

from tests.api.stage import ApiStage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_asks_is_told_who_they_are(api: ApiStage) -> None:
    mia = await api.person("Mia")
    answer = await mia.get("/auth/me")
    assert answer.status == 200
    assert answer.body["name"] == mia.name
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.headers["X-Request-Id"]) == 26


async def test_no_address_and_no_method_are_problems_too(api: ApiStage) -> None:
    assert (await api.ask("GET", "/nothing")).problem == "not-found"
    answer = await api.ask("DELETE", "/auth/me")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"].split(", ")
