"""AI agents and their knowledge: written, imported, set up, asked; 360 pixels wide, by touch."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from db.ids import AgentId, ChannelId, ConversationId, PassageId, SessionId
from db.tables import AiAction, AiConversationLog, KnowledgeQuestion, QuestionState, Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>"
TEXT = "The bakery opens at seven.\n\nThe bakery delivers to Bandung."


async def test_knowledge_is_written_imported_and_grows(scene: Scene) -> None:
    phone = await scene.enter(await scene.agent("Kit", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("knowledge/new")
    await phone.button("Add an article")
    title = page.get_by_label("Title")
    await expect(title).to_be_focused()  # it is empty
    await title.fill(HOSTILE)
    await page.get_by_label("Text").fill(TEXT)
    await page.get_by_label("Language").select_option("en")
    await page.get_by_label("Tags").fill("bakery\n\nshop")
    await phone.button("Add an article")
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    asked = page.get_by_label("Questions that passage 1 answers, one in each line")
    await asked.fill("When does the bakery open?\n" + "x" * 301)
    await phone.press(page.get_by_role("button", name="Save").last)
    await expect(page.locator(".field-error, .form-error").first).to_be_visible()
    await asked.fill("When does the bakery open?")
    await phone.save(page.get_by_role("button", name="Save").last)
    await inspect(phone, "article")
    [brief] = (await scene.call("GET", "/knowledge/articles?q=bakery"))["items"]
    article = await scene.call("GET", f"/knowledge/articles/{brief['id']}")
    assert article["tags"] == ["bakery", "shop"]
    first, second = article["passages"]
    assert (first["questions"], second["questions"]) == (["When does the bakery open?"], [])

    row = KnowledgeQuestion(
        passage_id=PassageId(second["id"]),
        text=f"Do you deliver, {HOSTILE}?",
        state=QuestionState.PROPOSED,
        answer="Yes, to Bandung.",
    )
    async with scene.stage.database.transaction() as tx:
        tx.add(row)
    await phone.administer("knowledge/questions")
    await expect(page.get_by_text("The bakery delivers to Bandung.")).to_be_visible()
    await inspect(phone, "proposed questions")
    await page.get_by_label("Question (leave names out)").fill("Do you deliver?")
    await phone.button("Accept")
    await expect(page.get_by_text("Nothing is proposed")).to_be_visible()
    article = await scene.call("GET", f"/knowledge/articles/{brief['id']}")
    assert article["passages"][1]["questions"] == ["Do you deliver?"]

    await phone.administer(f"knowledge/{brief['id']}")
    await phone.button("Delete the article")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete the article"))
    await expect(page.get_by_role("heading", name="Knowledge")).to_be_visible()


async def test_articles_are_imported_from_a_file(scene: Scene) -> None:
    phone = await scene.enter(await scene.agent("Ivo", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("knowledge/import")
    file = page.locator("input[type=file]")
    await file.set_input_files(
        FilePayload(name="virus.exe", mimeType="application/exe", buffer=b"MZ")
    )
    await phone.button("Import")
    await expect(page.locator(".field-error")).to_be_visible()
    guide = b"# How to pay\n\nBy card or cash.\n\n# How to return\n\nWithin a week."
    await file.set_input_files(FilePayload(name="guide.md", mimeType="text/markdown", buffer=guide))
    await phone.button("Import")
    await expect(page.get_by_text("2 articles were imported.")).to_be_visible()
    await inspect(phone, "import")
    await phone.press(page.get_by_role("link", name="Show the articles"))
    await page.get_by_role("searchbox").fill("return")
    await expect(page.get_by_role("link", name="How to return")).to_be_visible()
    await expect(page.get_by_role("link", name="How to pay")).to_have_count(0)
    await inspect(phone, "knowledge")


async def hand_over(scene: Scene, question: str, reason: str) -> None:
    """Write into the log that the AI agent handed a question over."""
    customer = await scene.waiting_customer(question, name="Boone")
    [agent] = (await scene.call("GET", "/ai-agents"))["items"]
    [session] = [
        each
        for each in (await scene.call("GET", "/queue"))["items"]
        if each["client"]["name"] == customer.name
    ]
    log = AiConversationLog(
        conversation_id=ConversationId(session["conversation_id"]),
        session_id=SessionId(session["id"]),
        agent_id=AgentId(agent["id"]),
        channel_id=ChannelId(await scene.channel()),
        user_message=question,
        action=AiAction.HANDOVER,
        handover_reason=reason,
    )
    async with scene.stage.database.transaction() as tx:
        tx.add(log)


async def ask_past_questions(scene: Scene, phone: Visitor) -> None:
    """Ask what was handed over again: with the article it is answered, with a word it is not."""
    page = phone.page
    await phone.button("Ask again")
    await expect(page.get_by_text("No customer has asked it anything yet.")).to_be_visible()
    await hand_over(scene, "How much does a boat cost?", "no article answers the question")
    await phone.button("Ask again")
    turn = page.get_by_role("list", name="Past questions").get_by_role("listitem")
    await expect(turn).to_contain_text("Changed")
    await expect(turn).to_contain_text("no article answers the question")
    await expect(turn).to_contain_text("A boat costs 40 euros an hour.")
    shares = page.get_by_role("table", name="1 question")
    await expect(shares.get_by_role("row", name="Answered")).to_have_text("Answered0 %100 %")
    await expect(page.get_by_text("1 changed (100 %).")).to_be_visible()
    await inspect(phone, "past questions")
    await page.get_by_label("Words", exact=True).fill("boat")  # tried unsaved
    await phone.button("Ask again")
    await expect(shares.get_by_role("row", name="Answered")).to_have_text("Answered0 %0 %")
    await phone.button("Discard")


async def test_an_ai_agent_is_set_up_and_asked(scene: Scene) -> None:
    body = {"title": "Boats", "text": "A boat costs 40 euros an hour.", "language": "en"}
    article = await scene.call("POST", "/knowledge/articles", {**body, "tags": ["boats"]})
    phone = await scene.enter(await scene.agent("Aida", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("ai/new")
    await phone.button("Add an AI agent")
    await expect(page.get_by_label("Name")).to_be_focused()  # it is empty
    await page.get_by_label("Name").fill("Aria")
    await phone.button("Add an AI agent")
    await expect(page.get_by_role("heading", name="Aria")).to_be_visible()
    await page.get_by_label("Status").select_option("offline")
    await page.get_by_label("Only articles with these tags").fill("boats")
    await page.get_by_label("It must be this sure").fill("200")
    await phone.button("Add a product")
    await phone.button("Save")
    await expect(page.locator(".field-error")).to_have_count(2)  # 200 %, and no name
    await page.get_by_label("It must be this sure").fill("5")
    product = page.get_by_role("group", name="Products")
    await product.get_by_label("Name").fill(HOSTILE)
    await product.get_by_label("Price").fill("Rp 75.000")
    await page.get_by_label("Conditions in plain sentences").fill("They want a refund.")
    await phone.save()
    await page.get_by_label("Question").fill("How much does a boat cost?")
    await phone.button("Ask")
    answer = page.locator(".answer")
    await expect(answer).to_contain_text("It answers")
    await expect(answer).to_contain_text(re.compile(r"\d+ % sure"))
    await expect(answer.locator("blockquote")).to_contain_text("40 euros")
    await inspect(phone, "AI agent")
    await ask_past_questions(scene, phone)
    await phone.press(page.get_by_role("link", name="Change the hours"))
    await expect(page.get_by_label("Monday: from")).to_be_visible()  # that form, too, has a Save
    await phone.save()

    [found] = (await scene.call("GET", "/ai-agents"))["items"]
    config = found["config"]
    assert (found["status"], config["mode"], config["confidence_threshold"]) == (
        "offline",
        "suggest",
        0.05,
    )
    assert config["products"] == [{"name": HOSTILE, "price": "Rp 75.000", "description": ""}]
    assert config["handover_conditions"] == ["They want a refund."]
    assert config["handover_rules"]["complaints"] == 2
    assert config["working_hours"]["week"]["monday"]
    await phone.administer("ai")
    await expect(page.get_by_role("link", name="Aria")).to_contain_text("Writes drafts")
    await inspect(phone, "AI agents")
    await phone.press(page.get_by_role("link", name="Aria"))
    await phone.button("Delete the AI agent")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete the AI agent"))
    await expect(page.get_by_text("There is no AI agent yet")).to_be_visible()
    await scene.call("DELETE", f"/knowledge/articles/{article['id']}")
