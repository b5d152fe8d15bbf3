"""Builds the language model of the settings, if there is one."""

from desk.ai.model.budget import BudgetLimits
from desk.ai.model.levels import ModelNames
from desk.ai.model.openai_model import OpenAIModel
from desk.ai.model.prices import ModelPrices, Price
from desk.ai.model.server_calls import ServerCalls
from scripts.configuration.settings import Settings


def build_language_model(settings: Settings) -> OpenAIModel | None:
    """Return the model, which is first connected to when it is asked; None: there is none."""
    if not settings.has_language_model:
        return None
    key = settings.openai_api_key
    calls = ServerCalls(
        settings.openai_base_url,
        key.get_secret_value() if key else None,
        calls_at_once=settings.ai_calls_at_once,
    )
    return OpenAIModel(calls, embedding_model=settings.openai_embedding_model)


def build_model_names(settings: Settings) -> ModelNames:
    """Return the models of the agents' levels."""
    return ModelNames(
        settings.openai_model, settings.openai_model_basic, settings.openai_model_advanced
    )


def build_budget_limits(settings: Settings) -> BudgetLimits:
    """Return the most tokens of a session and of a day."""
    return BudgetLimits(settings.ai_tokens_per_session or None, settings.ai_tokens_per_day or None)


def build_prices(settings: Settings) -> ModelPrices:
    """Return what the models cost."""
    return ModelPrices({name: Price(*each) for name, each in settings.ai_prices.items()})


def list_secrets(settings: Settings) -> tuple[str, ...]:
    """Return the values that no answer of an AI agent may contain."""
    kept = (
        settings.openai_api_key,
        settings.telegram_bot_token,
        settings.telegram_staff_bot_token,
        settings.jwt_secret,
        settings.jwt_secret_old,
        settings.secret_key,
        settings.secret_key_old,
    )
    password = settings.database_url.url.password
    return tuple(each.get_secret_value() for each in kept if each) + (
        (password,) if password else ()
    )
