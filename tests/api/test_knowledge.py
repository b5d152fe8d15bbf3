"""Knowledge in the API: articles, the search, imports, and proposed questions."""

import io
from typing import Any

import aiohttp

from db.ids import new_id
from tests.api.knowledge_rows import add_proposed_question
from tests.api.stage import Answer, ApiStage, Person, run_api
from tests.flows.eventually import eventually

PAY: dict[str, Any] = {
    "title": "Paying",
    "text": "You can pay by card or QRIS.\n\nAn invoice comes by email.",
    "language": "en",
    "tags": ["shop"],
    "questions": [{"passage": 0, "text": "How can I pay?"}],
}


async def test_articles_are_written_changed_listed_and_deleted(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    made = await ada.post("/knowledge/articles", PAY)
    assert made.status == 201, made.body
    first, second = made.body["passages"]
    assert (first["text"], first["questions"]) == (
        "You can pay by card or QRIS.",
        ["How can I pay?"],
    )
    assert (made.body["source"], made.body["is_active"], second["questions"]) == (None, True, [])
    path = f"/knowledge/articles/{made.body['id']}"
    assert (await mia.get(path)).body == made.body
    changes = {"title": "How to pay", "tags": ["a", "a"], "text": "Pay in cash."}
    changed = await ada.patch(path, changes)
    assert changed.status == 200, changed.body
    assert (changed.body["title"], changed.body["tags"]) == ("How to pay", ["a"])
    assert [each["id"] for each in changed.body["passages"]] == [first["id"]]
    assert changed.body["passages"][0]["questions"] == ["How can I pay?"]
    assert changed.body["revision"] > made.body["revision"]
    assert (await ada.patch(path, {})).body == changed.body
    await ada.post("/knowledge/articles", {**PAY, "language": "id", "title": "Bayar"})
    listed = await mia.get("/knowledge/articles?limit=1&language=en&q=cash")
    assert [each["title"] for each in listed.body["items"]] == ["How to pay"]
    assert (await mia.get("/knowledge/articles?is_active=false")).body["items"] == []
    assert (await ada.delete(path)).status == 204
    for answer in (await ada.get(path), await ada.patch(path, {}), await ada.delete(path)):
        assert (answer.status, answer.problem) == (404, "not-found")
    for kind in ("created", "changed", "deleted"):
        assert await own_api.audit(f"article.{kind}"), kind


async def test_the_search_shows_what_would_be_done(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()

    async def ask(question: str, **more: Any) -> dict[str, Any]:
        answer = await mia.post("/knowledge/search", {"question": question, **more})
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    assert (await ask("how can I pay"))["decision"] == "handover"
    made = (await ada.post("/knowledge/articles", PAY)).body
    await ada.post("/knowledge/articles", {**PAY, "title": "Dogs", "text": "Dogs may come."})
    found = await ask("how can I pay?")
    assert found["decision"] in {"answer", "offer"}
    assert found["passages"][0]["passage_id"] == made["passages"][0]["id"]
    assert 0 < found["confidence"] <= 1
    assert (found["language"], found["revision"]) == ("en", 2)
    assert (await ask("how can I pay?", tags=["bank"]))["passages"] == []
    assert (await ask("hi"))["decision"] == "handover"
    for body in ({}, {"question": ""}, {"question": "x" * 2_001}, {"question": "x", "limit": 21}):
        assert (await mia.post("/knowledge/search", body)).status == 422


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"text": "\n\n"}, "text"),
    ({"text": "x" * 16_001}, "text"),
    ({"language": "english please"}, "language"),
    ({"questions": [{"passage": 2, "text": "x"}]}, "questions"),
    ({"tags": ["x"] * 21}, "tags"),
    ({"source": "x"}, "source"),
]


async def test_a_wrong_article_is_refused(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    for changes, field in WRONG:
        answer = await ada.post("/knowledge/articles", {**PAY, **changes})
        assert (answer.status, answer.problem) == (422, "invalid"), changes
        assert field in answer.faults
    assert (await mia.post("/knowledge/articles", PAY)).status == 403


async def send(by: Person, name: str, data: bytes, query: str = "language=en") -> Answer:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    return await by.post(f"/knowledge/imports?{query}", data=form)


async def test_a_file_is_imported_as_a_job(migrated_url: str) -> None:
    async with run_api(migrated_url, is_worker=True) as api:
        ada = await api.admin()

        async def run(name: str, data: bytes, query: str = "language=en") -> dict[str, Any]:
            started = await send(ada, name, data, query)
            assert started.status == 202, started.body
            place = started.headers["Location"].removeprefix("/api/v1")
            job: dict[str, Any] = started.body

            async def has_ended() -> bool:
                nonlocal job
                job = (await ada.get(place)).body
                return job["state"] in {"done", "failed"}

            await eventually(has_ended, "the import has ended")
            return job

        text = "# Bayar\n\nLewat QRIS.\n\n# Kirim\n\nSetiap hari.\n"
        job = await run("faq.md", text.encode(), "language=id&tags=a&tags=b")
        assert (job["state"], job["result"]) == ("done", {"done": 2, "total": 2, "removed": 0})
        listed = (await ada.get("/knowledge/articles?language=id")).body["items"]
        assert {each["title"] for each in listed} == {"Bayar", "Kirim"}
        assert {(each["source"], *each["tags"]) for each in listed} == {("faq.md", "a", "b")}
        job = await run("faq.md", b"# Bayar\n\nTunai.\n", "language=id")
        assert job["result"]["removed"] == 1
        job = await run("broken.pdf", b"%PDF-1.4 " + bytes(90))
        assert job["state"] == "failed"
        assert job["error"].startswith("the PDF cannot be read")
        assert not [
            each for each in (api.settings.media_dir / "uploads").rglob("*") if each.is_file()
        ]


async def test_a_wrong_file_is_refused_at_once(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    assert (await send(mia, "faq.md", b"# A\n\nB")).status == 403
    assert (await send(ada, "faq.docx", b"x")).faults == {"file": "unknown_format"}
    assert (await send(ada, "faq.md", b"")).faults == {"file": "empty"}
    assert (await send(ada, "faq.md", b"x" * 5_000_000)).status == 413
    assert (await send(ada, "faq.md", b"x", "")).faults == {"language": "missing"}


async def test_proposed_questions_are_accepted_and_refused(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    made = (await ada.post("/knowledge/articles", PAY)).body
    passage = made["passages"][0]["id"]
    session = await own_api.session()
    [row] = await own_api.rows("SELECT conversation_id FROM sessions WHERE id = :id", id=session)
    conversation: str = row["conversation_id"]

    await add_proposed_question(own_api, passage_id=passage, conversation_id=conversation)
    await add_proposed_question(own_api, "can I use paypal")
    assert (await mia.get("/knowledge/questions")).status == 403
    listed = (await ada.get("/knowledge/questions")).body["items"]
    by_text = {each["text"]: each for each in listed}
    assert by_text["can I use visa"]["article_id"] == made["id"]
    assert by_text["can I use paypal"]["passage_id"] is None

    def path(text: str, verb: str) -> str:
        return f"/knowledge/questions/{by_text[text]['id']}/{verb}"

    assert (await ada.post(path("can I use paypal", "accept"), {})).status == 422
    assert (await ada.post(path("can I use visa", "accept"), {"text": "Visa?"})).status == 204
    assert (await ada.post(path("can I use visa", "accept"), {})).status == 404
    assert (await ada.post(path("can I use paypal", "refuse"))).status == 204
    assert (await ada.get("/knowledge/questions")).body["items"] == []
    refused = (await ada.get("/knowledge/questions?state=refused")).body["items"]
    assert [each["text"] for each in refused] == ["can I use paypal"]
    shown = (await ada.get(f"/knowledge/articles/{made['id']}")).body
    assert shown["passages"][0]["questions"] == ["How can I pay?", "Visa?"]
    assert (await ada.post(f"/knowledge/questions/{new_id()}/refuse")).status == 404
