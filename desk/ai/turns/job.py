"""The job of a turn: read, think with no transaction open, finish; again if more came meanwhile."""

from collections.abc import Mapping
from typing import Any

import structlog

from db.database import Transaction
from db.ids import AiTurnId, ConversationId
from db.queries.ai import turns
from db.queries.ai.configs import get_agent_ai_config
from db.queries.conversations.threads import Thread
from db.tables import AiAction, AiTurn
from desk.ai.config import AiConfig, to_config
from desk.ai.turns import reasons
from desk.ai.turns.finishing import finish_turn
from desk.ai.turns.follow_up_writer import write_follow_up
from desk.ai.turns.logs import log_late_cost, settle_tokens
from desk.ai.turns.material import read_material
from desk.ai.turns.opening import note_thinking
from desk.ai.turns.scene import Scene
from desk.ai.turns.state import load_ai_session
from desk.ai.turns.thinking import Thinker
from desk.ai.turns.thought import Material, PreparedTurn, Thought
from desk.ai.turns.timers import ThinkTurn
from desk.ai.turns.translations import translate_message
from desk.ai.turns.typing_shown import ShowsTyping, show_while
from desk.conversations.threads import find_thread
from desk.jobs.ports import RunningJob
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# Rounds of thinking about one turn; the rest of a burst is another turn.
_MAX_ROUNDS = 3


class TurnRunner:
    """Runs turns; a turn that begins again after a crash thinks again, and speaks once."""

    def __init__(
        self,
        transactions: RunsTransactions,
        thinker: Thinker,
        typing: ShowsTyping | None = None,
    ) -> None:
        self._transactions = transactions
        self._thinker = thinker
        self._typing = typing

    async def run_job(self, job: RunningJob, payload: Mapping[str, Any]) -> None:
        """Do what a job of AI agents is about."""
        model = self._thinker.model
        if "follow_up" in payload:
            conversation_id = ConversationId(payload["follow_up"])
            await write_follow_up(self._transactions, model, job, conversation_id)
        elif "translate" in payload:
            await translate_message(self._transactions, model, job, payload)
        else:
            turn_id = AiTurnId(payload["turn"])
            await self.run(job, ThinkTurn(turn_id, ConversationId(payload["conversation"])))

    async def run(self, job: RunningJob, what: ThinkTurn) -> None:
        """Think about a turn and finish it, unless a human or the deadline was faster."""
        for number in range(1, _MAX_ROUNDS + 1):
            read = job.prepared if isinstance(job.prepared, PreparedTurn) else None
            if read is None or number > 1:
                read = await self._transactions.run(
                    lambda uow: self._begin(uow, job, what, number)  # noqa: B023 awaited at once
                )
            if read is None:
                return
            material = read.material
            thought = await self._think(read.thread, material)
            try:
                job.is_settled = await self._transactions.run(
                    lambda uow: self._finish(uow, job, what, material, thought)  # noqa: B023 awaited at once
                )
            finally:
                await settle_tokens(self._transactions, thought)
            if job.is_settled:
                return

    async def _begin(
        self, uow: UnitOfWork, job: RunningJob, what: ThinkTurn, number: int
    ) -> PreparedTurn | None:
        """Read what the turn is about, and note that; its timer has noted the first round."""
        found = await self._lock(uow, job, what)
        if found is None:
            return None
        thread, turn, config = found
        await note_thinking(uow, turn, number)
        state = await load_ai_session(uow, turn.session_id)
        return PreparedTurn(thread, await read_material(uow, thread, turn, state, config))

    async def _think(self, thread: Thread, material: Material) -> Thought:
        """Think while the customer sees that somebody types; an error is a handover, too."""
        try:
            return await show_while(self._typing, thread, self._thinker.think(material))
        except Exception:
            log.exception("ai.thinking_failed", session=material.session_id)
            return Thought(AiAction.HANDOVER, reason=reasons.ERROR)

    async def _finish(
        self,
        uow: UnitOfWork,
        job: RunningJob,
        what: ThinkTurn,
        material: Material,
        thought: Thought,
    ) -> bool:
        """Do what was thought, and settle the job with it; return False to think once more."""
        found = await self._lock(uow, job, what)
        if found is None:
            await log_late_cost(uow, what.turn_id, thought)
        else:
            thread, turn, config = found
            state = await load_ai_session(uow, turn.session_id)
            scene = Scene(uow, thread, turn, state, config)
            if not await finish_turn(scene, material, thought):
                return False
        await job.settle(uow.tx, uow.now)
        return True

    async def _lock(
        self, uow: UnitOfWork, job: RunningJob, what: ThinkTurn
    ) -> tuple[Thread, AiTurn, AiConfig] | None:
        """Lock the conversation of a turn; None: the turn is over, or its session is."""
        tx: Transaction = uow.tx
        await job.ensure_held(tx)
        thread = await find_thread(uow, what.conversation_id)
        if thread is None:
            return None
        turn = await turns.find_turn(tx, what.turn_id)  # as it is now, under the lock
        if turn is None or turn.state not in turns.OPEN:
            return None
        row = await get_agent_ai_config(tx, turn.agent_id)
        if row is None or thread.session_id != turn.session_id:
            return None
        return thread, turn, to_config(row)
