"""Articles in the database, on both engines: their passages, and the index that follows them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from db.database import Database
from db.ids import ArticleId, ConversationId, KnowledgeQuestionId
from db.queries.knowledge import articles as queries
from db.queries.knowledge.articles import PassageRow
from db.tables import KnowledgeQuestion, QuestionState
from desk.actors import human
from desk.knowledge.import_job import ImportKnowledge, build_drafts
from desk.knowledge.importing.blocks import ImportedArticle
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.knowledge.ports import SearchScope
from desk.knowledge.proposals import propose_question
from desk.knowledge.writing import (
    ArticleDraft,
    ArticleRefusedError,
    TypicalQuestion,
    add_article,
    remove_others,
    write_articles,
)
from desk.setup.errors import InvalidValueError, NotFoundError
from desk.setup.knowledge import (
    accept_question,
    change_article,
    create_article,
    delete_article,
    refuse_question,
)
from tests.desk.stage import Stage

MIA = human("Mia")
PAY = ArticleDraft(
    "Paying",
    "You can pay by card.\n\nAn invoice comes by email.",
    "en",
    ("shop",),
    (TypicalQuestion(0, "How can I pay?"), TypicalQuestion(1, "Where is my invoice?")),
)


async def passages_of(stage: Stage, article_id: ArticleId) -> list[PassageRow]:
    return await stage.run_in_uow(lambda uow: queries.read_passages(uow.tx, article_id))


async def create(stage: Stage, draft: ArticleDraft = PAY) -> ArticleId:
    made = await stage.run_in_uow(lambda uow: create_article(uow, draft, by=MIA))
    return made.id


async def change(
    stage: Stage,
    article_id: ArticleId,
    questions: list[TypicalQuestion] | None = None,
    **values: Any,
) -> None:
    await stage.run_in_uow(
        lambda uow: change_article(uow, article_id, values, questions=questions, by=MIA)
    )


async def test_passages_keep_their_ids_and_questions_through_changes(stage: Stage) -> None:
    made = await create(stage)
    card, invoice = await passages_of(stage, made)
    assert [each.questions[0][1] for each in (card, invoice)] == [
        "How can I pay?",
        "Where is my invoice?",
    ]
    text = "New first.\n\nAn invoice comes by email.\n\nYou can pay by card or QRIS."
    await change(stage, made, text=text)
    first, same, last = await passages_of(stage, made)
    assert (same.id, same.questions) == (invoice.id, invoice.questions)
    assert first.id == card.id  # the only former one that was left
    assert last.id not in {card.id, invoice.id}
    await change(stage, made, [TypicalQuestion(2, "Do you take QRIS?")])
    questions = [each.questions for each in await passages_of(stage, made)]
    assert [len(each) for each in questions] == [0, 0, 1]
    await change(stage, made, text="Only this.")
    assert [each.text for each in await passages_of(stage, made)] == ["Only this."]
    await stage.run_in_uow(lambda uow: delete_article(uow, made, by=MIA))
    assert await passages_of(stage, made) == []
    with pytest.raises(NotFoundError):
        await change(stage, made, title="x")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(PAY, text=" \n\n "), "text"),
        (replace(PAY, text="\n\n".join("abc" for _ in range(201))), "text"),
        (replace(PAY, questions=(TypicalQuestion(2, "x"),)), "questions"),
        (replace(PAY, questions=tuple(TypicalQuestion(0, "x") for _ in range(21))), "questions"),
    ],
)
async def test_what_cannot_be_stored_is_named(
    stage: Stage, draft: ArticleDraft, field: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        await create(stage, draft)
    assert caught.value.field == field


async def test_the_search_follows_every_change(stage: Stage) -> None:
    knowledge, other = KnowledgeBase(stage.database), KnowledgeBase(stage.database)

    async def find(question: str, **more: Any) -> list[str]:
        results = [
            await each.search(question, language="en", **more) for each in (knowledge, other)
        ]
        assert results[0].passages == results[1].passages
        return [each.text for each in results[0].passages]

    assert await find("how can I pay") == []
    made = await create(stage)
    assert (await find("how can I pay"))[0] == "You can pay by card."
    assert await find("how can I pay", scope=SearchScope(["bank"])) == []
    await change(stage, made, text="Pay in cash only.")
    assert await find("how can I pay") == ["Pay in cash only."]
    [passage] = await passages_of(stage, made)
    found = await knowledge.find_passage(passage.id)
    assert found is not None
    assert (found.title, found.text) == ("Paying", "Pay in cash only.")
    await change(stage, made, is_active=False)
    assert await find("how can I pay") == []
    assert await knowledge.find_passage(passage.id) is None
    await change(stage, made, is_active=True)
    assert 0 < knowledge.threshold <= 1
    await stage.run_in_uow(lambda uow: delete_article(uow, made, by=MIA))
    assert await find("how can I pay") == []


async def test_many_searches_at_once_build_one_index(stage: Stage) -> None:
    for number in range(3):
        await create(stage, replace(PAY, title=f"Paying {number}"))
    knowledge = KnowledgeBase(stage.database)
    results = await asyncio.gather(
        *(knowledge.search("invoice by email", language=None) for _ in range(20))
    )
    assert {each.revision for each in results} == {3}
    assert all(len(each.articles) == 3 for each in results)


async def test_changes_at_once_count_one_after_the_other(mariadb_database: Database) -> None:
    async def add(number: int) -> int:
        async def work(tx: Any) -> int:
            return await queries.next_revision(tx)

        return await mariadb_database.run(work)

    assert sorted(await asyncio.gather(*(add(each) for each in range(6)))) == [1, 2, 3, 4, 5, 6]


async def test_an_import_replaces_the_articles_of_its_source(stage: Stage) -> None:
    payload = ImportKnowledge("U", "faq.md", "en", ("faq",))  # type: ignore[arg-type]

    async def write(*read: ImportedArticle) -> int:
        drafts = build_drafts(read, payload)

        async def work(uow: Any) -> int:
            await write_articles(uow, "faq.md", drafts)
            return await remove_others(uow, "faq.md", [each.title for each in drafts])

        return await stage.run_in_uow(work)

    async def titles() -> dict[str, ArticleId]:
        rows = await stage.run_in_uow(lambda uow: queries.list_of_source(uow.tx, "faq.md"))
        return {each.title: each.id for each in rows}

    by_hand = await create(stage)
    assert await write(ImportedArticle("A", "One."), ImportedArticle("A", "Two.")) == 0
    first = await titles()
    assert set(first) == {"A", "A (2)"}
    revision = await stage.run_in_uow(lambda uow: queries.read_revision(uow.tx))
    assert await write(ImportedArticle("A", "One."), ImportedArticle("A", "Two.")) == 0
    assert await stage.run_in_uow(lambda uow: queries.read_revision(uow.tx)) == revision
    assert await write(ImportedArticle("A", "New.", "id", ("x",), ("what is new",))) == 1
    assert await titles() == {"A": first["A"]}
    [passage] = await passages_of(stage, first["A"])
    assert (passage.text, passage.questions[0][1]) == ("New.", "what is new")
    assert len(await passages_of(stage, by_hand)) == 2


async def test_the_number_of_articles_is_limited(stage: Stage) -> None:
    await create(stage)
    with pytest.raises(ArticleRefusedError, match="1 articles already"):
        await stage.run_in_uow(lambda uow: add_article(uow, PAY, most=1))


# Proposed questions


async def test_a_question_that_a_human_answered_becomes_a_typical_one(stage: Stage) -> None:
    made, conversation = await create(stage), await stage.customer()
    card, _ = await passages_of(stage, made)

    async def propose(text: str, **more: Any) -> KnowledgeQuestionId | None:
        return await stage.run_in_uow(
            lambda uow: propose_question(uow, conversation, text, "By card.", **more)
        )

    first = await propose("can i  pay with\nvisa", passage_id=card.id)
    assert first is not None
    assert await propose("can i pay with visa") is None  # proposed already
    assert await propose("hi") is None
    assert await propose("x" * 500) is None
    gone = await propose("and with mastercard", passage_id="0" * 26)
    assert gone is not None
    knowledge = KnowledgeBase(stage.database)
    before = await knowledge.search("can i pay with visa", language=None)

    async def accept(which: KnowledgeQuestionId, **more: Any) -> KnowledgeQuestion:
        values = {"passage_id": None, "text": None, **more}
        return await stage.run_in_uow(lambda uow: accept_question(uow, which, by=MIA, **values))

    with pytest.raises(InvalidValueError):
        await accept(gone)
    accepted = await accept(first, text="Can I pay with Visa?")
    assert accepted.state is QuestionState.ACCEPTED
    assert (accepted.conversation_id, accepted.answer) == (None, None)
    with pytest.raises(NotFoundError):
        await accept(first)
    after = await knowledge.search("can i pay with visa", language=None)
    assert after.passages[0].passage_id == card.id
    assert after.passage_confidence > before.passage_confidence
    await stage.run_in_uow(lambda uow: refuse_question(uow, gone, by=MIA))
    with pytest.raises(NotFoundError):
        await stage.run_in_uow(lambda uow: refuse_question(uow, gone, by=MIA))
    assert await propose("and with mastercard") is None


async def test_a_proposal_outlives_the_passage_that_it_was_for(stage: Stage) -> None:
    made = await create(stage)
    card, _ = await passages_of(stage, made)
    conversation = ConversationId(await stage.customer())
    proposed = await stage.run_in_uow(
        lambda uow: propose_question(
            uow, conversation, "can i pay with visa", "Yes.", passage_id=card.id
        )
    )
    await stage.run_in_uow(lambda uow: delete_article(uow, made, by=MIA))
    async with stage.database.transaction() as tx:
        left = await tx.get_one(KnowledgeQuestion, proposed)
        assert (left.passage_id, left.state) == (None, QuestionState.PROPOSED)
