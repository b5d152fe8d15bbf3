"""Try AI agents on the command line, on the database of the settings."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from api.ai.agents import read_changed_columns
from api.ai.models import AiConfigModel
from api.errors.problems import ValidationFailed
from db.database import Database
from db.queries.ai.configs import AiAgentRow, list_ai_agents
from db.tables import AgentLevel
from desk.ai.gate import AiTrials
from desk.ai.trials.results import ConfigChanges, ReplayedTurn, TriedAnswer, count
from desk.channels import Channels
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.application.ai_agents import ThinkerSource, build_trials
from scripts.application.database_work import run_with_settings
from scripts.application.model_source import ModelEmbedder, ModelSource
from scripts.application.uow_factory import build_uow_factory
from scripts.configuration.settings import load_settings
from scripts.upkeep.ai_agent_choice import choose_agent
from scripts.upkeep.errors import UpkeepError

T = TypeVar("T")
# Returns a text of ours in the operator's language.
Translate = Callable[[str], str]

_MOST_AGENTS = 1000
_AT_ONCE = 20
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class _Transactions:
    """Runs transactions of trials; no channel is served and nothing follows them."""

    database: Database
    uow_factory: UnitOfWorkFactory

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self.database.run(lambda tx: work(self.uow_factory.create(tx)))


@dataclass(frozen=True, slots=True)
class _Start:
    """After which question a page begins."""

    at: datetime
    id: str
    back: bool = False


def ask_agent(
    question: str, agent: str | None, language: str | None, to_operator: Translate
) -> list[str]:
    """Ask an AI agent a question; return lines that show the answer and why it is that one."""

    async def work(trials: AiTrials, database: Database) -> list[str]:
        found = await _find_agent(database, agent)
        answer = await trials.ask(found.id, question, language, ConfigChanges())
        return [f"{found.name}:", *_format_answer(answer, to_operator)]

    return _run(work)


def replay_questions(
    agent: str | None,
    config: Path | None,
    level: str | None,
    limit: int,
    *,
    say: Callable[[str], object],
    to_operator: Translate,
) -> None:
    """Ask past questions again, newest first, and say what became of each, then the shares."""
    changes = _read_changes(config, level)

    async def work(trials: AiTrials, database: Database) -> None:
        found = await _find_agent(database, agent)
        turns: list[ReplayedTurn] = []
        start: _Start | None = None
        while len(turns) < limit:
            size = min(_AT_ONCE, limit - len(turns))
            page = await trials.replay(found.id, changes, start=start, limit=size)
            for turn in page.turns:
                for line in _format_turn(turn, to_operator):
                    say(line)
            turns += page.turns
            if not page.has_more:
                break
            start = _Start(turns[-1].asked_at, turns[-1].log_id)
        for line in _format_counts(turns, to_operator):
            say(line)

    _run(work)


def _run(work: Callable[[AiTrials, Database], Awaitable[T]]) -> T:
    settings = load_settings()

    async def on_database(database: Database) -> T:
        transactions = _Transactions(database, build_uow_factory(settings, Channels(), []))
        models = ModelSource(settings)
        knowledge = KnowledgeBase(database, ModelEmbedder(settings, models, database))
        thinkers = ThinkerSource(settings, transactions, knowledge, models)
        try:
            return await work(build_trials(thinkers, transactions), database)
        finally:
            await models.close()

    return asyncio.run(run_with_settings(settings, on_database, migrate_sqlite=True))


async def _find_agent(database: Database, name: str | None) -> AiAgentRow:
    """Find an AI agent by its name or id; the only one, if none is named. Raise UpkeepError."""
    rows = await database.run(lambda tx: list_ai_agents(tx, start=None, limit=_MOST_AGENTS))
    return choose_agent(rows, name)


def _read_changes(config: Path | None, level: str | None) -> ConfigChanges:
    try:
        chosen = None if level is None else AgentLevel(level.capitalize())
    except ValueError:
        raise UpkeepError(f"--level is one of {', '.join(AgentLevel)}") from None
    return ConfigChanges({} if config is None else _read_columns(config), chosen)


def _read_columns(path: Path) -> Mapping[str, Any]:
    """Read a file with fields of a configuration, as the API takes them."""
    try:
        text = path.read_text(encoding="utf-8")
        model = AiConfigModel.model_validate_json(text)
        return read_changed_columns(model)
    except (OSError, UnicodeDecodeError) as error:
        raise UpkeepError(f"{path}: cannot be read ({error})") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise UpkeepError(f"{path}: {field}: {first['msg']}") from None
    except ValidationFailed as error:
        wrong = error.errors[0]
        raise UpkeepError(f"{path}: {wrong.field}: {wrong.message}") from None


def _format_answer(answer: TriedAnswer, to_operator: Translate) -> list[str]:
    lines = [f"  {answer.text}"] if answer.text else []
    lines += [f"  {number}. {title}" for number, title in enumerate(answer.choices, 1)]
    sure = "-" if answer.confidence is None else f"{answer.confidence:.0%}"
    seconds = f"{answer.seconds:.2f}"
    lines.append("  " + to_operator(f"action {answer.action}, confidence {sure}, {seconds} s"))
    if answer.reason:
        lines.append("  " + to_operator("a person answers:") + f" {answer.reason}")
    for each in answer.passages:
        # An article's own words are not ours to translate.
        score = to_operator(f"with a score of {each.get('score')}")
        lines.append("  " + to_operator("the passage") + f" “{each.get('title')}” {score}")
    if answer.model is not None:
        model, cost = answer.model, f"{answer.cost:.6f}"
        given, taken = answer.tokens_in, answer.tokens_out
        used = to_operator(f"model {model}, {given} tokens in, {taken} out, cost {cost}")
        lines.append(f"  {used}")
    return lines


def _format_turn(turn: ReplayedTurn, to_operator: Translate) -> list[str]:
    mark = "*" if turn.is_changed else " "
    return [
        f"{mark} {turn.asked_at:%Y-%m-%d %H:%M} {_shorten(turn.question)}",
        f"    {to_operator('before: ')}{_describe(turn.before)}",
        f"    {to_operator('now:    ')}{_describe(turn.after)}",
    ]


def _describe(answer: TriedAnswer) -> str:
    sure = "" if answer.confidence is None else f" ({answer.confidence:.0%})"
    return f"{answer.action}{sure}: {_shorten(answer.text or answer.reason)}"


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


def _format_counts(turns: Sequence[ReplayedTurn], to_operator: Translate) -> list[str]:
    if not turns:
        return [to_operator("No past questions: the agent has answered nobody yet.")]
    it = count(turns)

    def share(many: int) -> str:
        return f"{many / it.questions:.0%}"

    answered, answered_now = share(it.answered_before), share(it.answered_after)
    handed, handed_now = share(it.handed_over_before), share(it.handed_over_after)
    return [
        "",
        to_operator(f"{it.questions} questions; * has another answer now"),
        to_operator(f"  answered:    {answered} before, {answered_now} now"),
        to_operator(f"  handed over: {handed} before, {handed_now} now"),
        to_operator(f"  changed:     {share(it.changed)}"),
    ]
