"""`/metrics` of a running desk, over real HTTP, while people write."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from db.ids import new_id
from tests.api.stage import Person, run_api
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, run_stage

Figures = dict[str, float]


async def figures(stage: Stage) -> Figures:
    """Read all figures by name, with the labels' values in the order of the labels' names."""
    async with aiohttp.ClientSession() as http, http.get(f"{stage.address}/metrics") as reply:
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("text/plain; version=")
        text = await reply.text()
    assert stage.settings.telegram_bot_token is not None
    assert stage.settings.telegram_bot_token.get_secret_value() not in text
    return {
        ":".join(
            [sample.name, *(value for _, value in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_conversation_is_counted(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        agent, customer = await stage.agent(), await stage.customer()
        await customer.says("Hello")
        topic = await stage.topic(customer)
        await topic.wait_for("Hello")
        await agent.writes(topic, "Good morning")
        await customer.wait_for("Good morning")

        async def counted() -> Figures | None:
            found = await figures(stage)
            answered = found.get("osmodesk_sends_total:answer:sent:customer")
            return found if answered and found["osmodesk_updates_handled_total"] >= 2 else None

        found = await eventually(counted, "the answer is counted")
        assert found["osmodesk_sends_total:copy:sent:staff"] >= 1
        assert found["osmodesk_sends_total:open_topic:sent:staff"] == 1
        assert found["osmodesk_handling_seconds_count:inbox"] >= 2
        assert found["osmodesk_delivery_seconds_count:customer"] >= 1
        received = [found[name] for name in found if "updates_received_total" in name]
        assert sum(received) >= 2
        assert found["osmodesk_database_up"] == 1
        assert found["process_resident_memory_bytes"] > 0


async def test_what_waits_is_told_from_the_database(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        [channel] = await stage.rows("SELECT id FROM channels")
        past = "2020-01-01 00:00:00.000000"
        for lane, state in (("staff:1", "pending"), ("card:1", "pending"), ("x", "uncertain")):
            await stage.change(
                "INSERT INTO outbox (channel_id, lane, kind, payload, state, attempts, due_at,"
                " created_at) VALUES (:channel, :lane, 'copy', '{}', :state, 0, :past, :past)",
                channel=channel["id"],
                lane=lane,
                state=state,
                past=past,
            )
        await stage.change(
            "INSERT INTO inbox (channel_id, provider_id, lane, payload, state, attempts, due_at,"
            " received_at) VALUES (:channel, :id, 'x', '{}', 'parked', 0, :past, :past)",
            channel=channel["id"],
            id=new_id(),
            past=past,
        )
        found = await figures(stage)
        assert found["osmodesk_queue_rows:staff"] == found["osmodesk_queue_rows:background"] == 1
        assert found["osmodesk_queue_rows:customer"] == found["osmodesk_queue_rows:inbox"] == 0
        assert found["osmodesk_queue_oldest_seconds:staff"] > 365 * 86400
        assert found["osmodesk_parked_updates"] == found["osmodesk_uncertain_deliveries"] == 1


async def test_requests_are_counted_by_route_and_never_by_address(
    migrated_sqlite_url: str,
) -> None:
    async with run_api(migrated_sqlite_url) as api:
        mia = await api.person()
        session = await api.session(mia)
        for _ in range(3):
            assert (await mia.get(f"/sessions/{session}")).status == 200
        assert (await mia.get(f"/sessions/{new_id()}")).status == 404
        assert (await mia.get("/no/such/thing")).status == 404
        assert (await mia.delete("/auth/me")).status == 405
        async with api.http.get(f"{api.address}/nothing/{session}") as reply:
            assert reply.status == 404
        async with api.http.get(f"{api.address}/api/v1/events", headers=bearer(mia)) as stream:
            assert stream.status == 200
            async with api.http.get(f"{api.address}/metrics") as reply:
                text = await reply.text()
        assert session not in text
        count = {
            tuple(value for _, value in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "osmodesk_http_requests_total"
        }
        route = "/api/v1/sessions/{session_id}"
        assert count["GET", route, "2xx"] == 3
        assert count["GET", route, "4xx"] == 1
        assert count["GET", "other", "4xx"] == 2
        assert count["DELETE", "other", "4xx"] == 1
        # A stream is counted when it starts, because it may last for days.
        assert count["GET", "/api/v1/events", "2xx"] == 1


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}
