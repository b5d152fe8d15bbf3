"""Tests of what the settings say about the language model."""

from pathlib import Path
from typing import Never

from db.database import Database
from db.tables import AgentLevel
from desk.ai.model.budget import BudgetLimits
from desk.ai.model.openai_model import OpenAIModel
from desk.ai.turns.with_model import ModelAnswers
from desk.knowledge.knowledge_base import KnowledgeBase
from scripts.application.ai_agents import ThinkerSource
from scripts.application.language_model import (
    build_budget_limits,
    build_language_model,
    build_model_names,
    list_secrets,
)
from scripts.application.model_source import ModelSource
from scripts.configuration.settings import Settings


def load(**values: object) -> Settings:
    return Settings(_env_file=Path("none.env"), **values)


async def test_a_model_needs_a_key_or_a_server_of_ones_own() -> None:
    assert build_language_model(load()) is None
    for settings in (
        load(openai_api_key="sk-test"),
        load(openai_base_url="http://127.0.0.1:11434/v1"),
    ):
        model = build_language_model(settings)
        assert isinstance(model, OpenAIModel)
        await model.close()


def test_a_level_without_its_own_model_has_the_intermediate_one() -> None:
    basic, middle, advanced = AgentLevel.BASIC, AgentLevel.INTERMEDIATE, AgentLevel.ADVANCED
    names = build_model_names(load(openai_model="m", openai_model_advanced="large"))
    assert [names.choose(each) for each in (basic, middle, advanced, None)] == [
        "m",
        "m",
        "large",
        "m",
    ]
    assert names.choose(advanced, "named") == "named"
    assert names.list_names() == ["m", "large"]


def test_no_limit_is_zero() -> None:
    assert build_budget_limits(load(ai_tokens_per_session=0, ai_tokens_per_day=7)) == BudgetLimits(
        None, 7
    )


def test_every_secret_is_listed() -> None:
    long = "x" * 40
    settings = load(
        openai_api_key="sk-test",
        secret_key=long,
        database_url="mysql://user:hunter2@127.0.0.1/db",
    )
    assert list_secrets(settings) == ("sk-test", long, "hunter2")
    secret = [name for name, each in Settings.model_fields.items() if "SecretStr" in repr(each)]
    assert len(secret) >= 6
    assert set(secret) <= set(list_secrets.__code__.co_names)


class NoTransactions:
    async def run(self, work: object) -> Never:
        raise AssertionError(work)


async def test_no_answer_may_contain_a_secret(database: Database) -> None:
    settings = load(
        openai_api_key="sk-test",
        telegram_staff_bot_token="700000003:" + "A" * 35,
        jwt_secret="j" * 40,
    )
    models = ModelSource(settings)
    thinker = ThinkerSource(settings, NoTransactions(), KnowledgeBase(database), models).get()
    assert isinstance(thinker.model, ModelAnswers)
    assert thinker.model.secrets == list_secrets(settings)
    assert "j" * 40 in thinker.model.secrets
    await models.close()
