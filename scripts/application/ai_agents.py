"""Builds what AI agents need; what thinks is built for the first turn."""

from typing import TYPE_CHECKING, Any

import structlog

from db.errors import DATABASE_ERRORS
from db.queries.conversations.threads import Thread
from desk.ai.gate import AiTrials, TurnHandler
from desk.channels import Channels
from desk.delivery.typing import TypingIndicator, apply_backoff
from desk.errors import DeliveryError
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.media.message_files import MessageFiles
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugins
from desk.transactions import RunsTransactions
from scripts.application.model_source import ModelSource
from scripts.application.rate_limits import build_rate_limiter, build_usage
from scripts.configuration.settings import Settings

if TYPE_CHECKING:
    from desk.ai.model.openai_model import OpenAIModel
    from desk.ai.trials.asking import Trials
    from desk.ai.turns.job import TurnRunner
    from desk.ai.turns.thinking import Thinker
    from desk.ai.turns.with_model import ModelAnswers

log = structlog.get_logger(__name__)


class ThinkerSource:
    """Builds what thinks when it is first needed, once for turns and trials."""

    def __init__(
        self,
        settings: Settings,
        transactions: RunsTransactions,
        knowledge: KnowledgeBase,
        models: ModelSource,
        files: MessageFiles | None = None,
    ) -> None:
        self._settings = settings
        self._transactions = transactions
        self._knowledge = knowledge
        self._models = models
        self._files = files
        self._thinker: Thinker | None = None

    def get(self) -> "Thinker":
        """Return what thinks."""
        if self._thinker is None:
            # Imported now: a desk without AI agents does not need them.
            from desk.ai.turns.thinking import Thinker  # noqa: PLC0415

            model = self._models.get()
            answers = self._build_answers(model) if model else None
            self._thinker = Thinker(self._knowledge, answers)
        return self._thinker

    def _build_answers(self, model: "OpenAIModel") -> "ModelAnswers":
        """Build what answers with a language model."""
        from desk.ai.turns.customer_pictures import CustomerPictures  # noqa: PLC0415 as above
        from desk.ai.turns.with_model import ModelAnswers  # noqa: PLC0415 as above
        from scripts.application.language_model import (  # noqa: PLC0415 as above
            build_budget_limits,
            build_model_names,
            build_prices,
            list_secrets,
        )

        settings, knowledge = self._settings, self._knowledge
        return ModelAnswers(
            model,
            build_model_names(settings),
            build_budget_limits(settings),
            self._transactions,
            lambda: knowledge.threshold,
            build_prices(settings),
            pictures=CustomerPictures(self._files) if self._files else None,
            secrets=list_secrets(settings),
        )


def build_turn_handler(
    thinkers: ThinkerSource, transactions: RunsTransactions, typing: TypingIndicator
) -> TurnHandler:
    """Build the handler of turns."""

    def build_runner() -> "TurnRunner":
        from desk.ai.turns.job import TurnRunner  # noqa: PLC0415 as above

        return TurnRunner(transactions, thinkers.get(), TurnTyping(typing, transactions))

    return TurnHandler(build_runner)


def build_trials(thinkers: ThinkerSource, transactions: RunsTransactions) -> AiTrials:
    """Build what tries AI agents."""

    def build() -> "Trials":
        from desk.ai.trials.asking import Trials  # noqa: PLC0415 as above

        return Trials(transactions, thinkers.get())

    return AiTrials(build)


def build_typing(
    plugins: ChannelPlugins[Any], channels: Channels, connections: Connections
) -> TypingIndicator:
    """Build the typing indicator."""
    # The courier's own limiter counts what it claims, so this needs a limiter of its own.
    rate_limiter = build_rate_limiter(plugins, channels)
    usage = build_usage(plugins, rate_limiter, channels)
    return TypingIndicator(connections.senders, rate_limiter, usage)


class TurnTyping:
    """Shows customers that an AI agent thinks."""

    def __init__(self, typing: TypingIndicator, transactions: RunsTransactions) -> None:
        self._typing = typing
        self._transactions = transactions

    async def show_typing(self, thread: Thread) -> None:
        """Show the typing indicator, if it is due and the limits have room; raise nothing."""
        if not self._typing.is_due(thread.conversation_id):
            return
        try:
            if not await self._transactions.run(lambda uow: self._typing.reserve_call(uow, thread)):
                return
            asked = await self._typing.show(thread)
            if asked is not None:
                await self._transactions.run(lambda uow: apply_backoff(uow, thread, asked))
        except (DeliveryError, TimeoutError, *DATABASE_ERRORS) as error:
            log.info("ai.typing_not_shown", error=type(error).__name__)
