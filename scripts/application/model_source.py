"""The language model of this process, built when it is first needed, closed at the end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.database import Database
from db.ids import SessionId
from desk.knowledge.ports import EmbeddingFailedError
from scripts.configuration.settings import Settings

if TYPE_CHECKING:
    from desk.ai.model.openai_model import OpenAIModel

# ruff: noqa: PLC0415 a desk without AI agents does not need what is imported late


class ModelSource:
    """Builds the language model once, if the settings name one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: OpenAIModel | None = None

    def get(self) -> "OpenAIModel | None":
        """Return the model; None: there is none."""
        if self._model is None:
            from scripts.application.language_model import build_language_model

            self._model = build_language_model(self._settings)
        return self._model

    async def close(self) -> None:
        """Close the connections to the model."""
        if self._model is not None:
            await self._model.close()


class ModelEmbedder:
    """Asks the server of the language model for vectors; their tokens are counted."""

    def __init__(self, settings: Settings, models: ModelSource, database: Database) -> None:
        self._settings = settings
        self._models = models
        self._database = database
        self._name = settings.openai_embedding_model if settings.has_language_model else None

    @property
    def model(self) -> str | None:
        return self._name

    async def embed(
        self, texts: Sequence[str], *, seconds: float, session_id: SessionId | None = None
    ) -> list[list[float]]:
        """Return a vector for each text, in their order; raise EmbeddingFailedError."""
        from desk.ai.model.completions import estimate_text
        from desk.ai.model.ports import FailureReason, ModelError
        from desk.ai.model.token_account import TokenAccount
        from scripts.application.language_model import build_budget_limits, build_prices

        model, name = self._models.get(), self._name
        if model is None or name is None:
            raise EmbeddingFailedError("there is no model for embeddings", is_final=True)
        limits, prices = build_budget_limits(self._settings), build_prices(self._settings)
        account = TokenAccount(limits, prices, self._database.run)
        try:
            made = await account.call(
                lambda: model.embed(texts, deadline=seconds),
                model=name,
                need=estimate_text(*texts),
                session_id=session_id,
            )
        except ModelError as error:
            final = {FailureReason.MISCONFIGURED, FailureReason.REJECTED}
            raise EmbeddingFailedError(str(error), is_final=error.reason in final) from None
        return made.vectors
