"""Slow work that goes on after the response: where it is shown, and what `/metrics` says of it."""

from prometheus_client.parser import text_string_to_metric_families

from db.ids import new_id
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, run_api
from tests.flows.eventually import eventually


async def figures(api: ApiStage) -> dict[str, float]:
    async with api.http.get(f"{api.address}/metrics") as reply:
        text = await reply.text()
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "_jobs" in sample.name
    }


async def test_a_deletion_goes_on_once_there_is_a_worker(migrated_url: str) -> None:
    async with run_api(migrated_url) as api:  # no worker yet
        ada, past = await api.admin(), await HistoryBuilder.on_a_channel(api)
        _, client = await past.of(await past.session(says=["hi"]))
        first = await ada.delete(f"/clients/{client}")
        assert first.status == 202, first.body
        job = first.headers["Location"].removeprefix("/api/v1")
        assert job == f"/jobs/{first.body['id']}"
        shown = (await ada.get(job)).body
        assert shown == first.body
        assert (shown["kind"], shown["state"], shown["attempts"]) == ("erase_client", "pending", 0)
        again = await ada.delete(f"/clients/{client}")
        assert (again.status, again.body["id"]) == (202, first.body["id"])
        assert (await ada.get(f"/jobs/{new_id()}")).problem == "not-found"
        found = await figures(api)
        assert found["osmodesk_jobs:erase_client:pending"] == 1
        assert found["osmodesk_jobs_oldest_seconds:erase_client:pending"] > 0
    async with run_api(migrated_url, is_worker=True) as api:
        ada = await api.admin()

        async def is_done() -> bool:
            return bool((await ada.get(job)).body["state"] == "done")

        await eventually(is_done, "the deletion is done")
        assert (await ada.get(f"/clients/{client}")).problem == "not-found"
        assert (await ada.delete(f"/clients/{client}")).problem == "not-found"
        [entry] = await api.audit("client.delete")
        assert entry["subject"] == client
        assert (await figures(api))["osmodesk_jobs_ended_total:erase_client:done"] == 1


async def test_a_deletion_that_was_given_up_says_why(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        ada, past = await api.admin(), await HistoryBuilder.on_a_channel(api)
        _, client = await past.of(await past.session(says=["hi"]))
        job = (await ada.delete(f"/clients/{client}")).body["id"]
        await api.change(
            "UPDATE jobs SET state = 'failed', error = 'OSError: disk', settled_at = run_at"
        )
        shown = (await ada.get(f"/jobs/{job}")).body
        assert (shown["state"], shown["error"]) == ("failed", "OSError: disk")
        assert (await figures(api))["osmodesk_jobs:erase_client:failed"] == 1
        again = await ada.delete(f"/clients/{client}")
        assert (again.body["id"], again.body["state"]) == (job, "pending")
