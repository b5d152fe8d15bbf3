"""The job that imports articles from a file; a file with the same name replaces them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from db.ids import MessageId
from db.tables import JobKind
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobRefusedError, RetryPolicy
from desk.knowledge.importing.blocks import ImportedArticle, ImportRefusedError
from desk.knowledge.importing.files import check_size, read_articles
from desk.knowledge.limits import MAX_QUESTION, MAX_QUESTIONS, MAX_TAG, MAX_TAGS, MAX_TITLE
from desk.knowledge.writing import (
    ArticleDraft,
    ArticleRefusedError,
    TypicalQuestion,
    Writing,
    remove_others,
    write_articles,
)
from desk.media.upload_store import UploadStore
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# Articles that are written in one transaction.
_WRITE_AT_ONCE = 20
_RETRY_POLICY = RetryPolicy(max_attempts=3)


@dataclass(frozen=True, slots=True)
class ImportKnowledge:
    """Import this upload, under its former name; `language` and `tags`: of all its articles."""

    kind: ClassVar[JobKind] = JobKind.IMPORT_KNOWLEDGE
    upload: MessageId
    name: str
    language: str
    tags: tuple[str, ...] = ()

    @property
    def dedup_key(self) -> None:
        return None

    def to_json(self) -> dict[str, Any]:
        return {
            "upload": self.upload,
            "name": self.name,
            "language": self.language,
            "tags": list(self.tags),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ImportKnowledge":
        upload = MessageId(data["upload"])
        return cls(upload, data["name"], data["language"], tuple(data["tags"]))


class ImportHandler:
    """Imports files; a job that begins again writes the same articles again."""

    retry_policy = _RETRY_POLICY

    def __init__(self, transactions: RunsTransactions, uploads: UploadStore) -> None:
        self._transactions = transactions
        self._uploads = uploads

    def parse(self, payload: Mapping[str, Any]) -> ImportKnowledge:
        return ImportKnowledge.from_json(payload)

    async def run(self, job: RunningJob, payload: ImportKnowledge) -> Mapping[str, Any]:
        """Import a file; raise JobRefusedError if it cannot be read."""
        try:
            data = await asyncio.to_thread(self._uploads.path_of(payload.upload).read_bytes)
        except FileNotFoundError:
            raise JobRefusedError("the file is no longer there; import it again") from None
        try:
            read = await read_articles(payload.name, data)
            drafts = build_drafts(read, payload)
            imported = await self._write(job, payload.name, drafts)
        except (ImportRefusedError, ArticleRefusedError) as error:
            self._uploads.discard(payload.upload)
            raise JobRefusedError(str(error)) from None
        self._uploads.discard(payload.upload)
        return imported

    async def _write(
        self, job: RunningJob, source: str, drafts: Sequence[ArticleDraft]
    ) -> Mapping[str, Any]:
        for begin in range(0, len(drafts), _WRITE_AT_ONCE):
            part = drafts[begin : begin + _WRITE_AT_ONCE]

            async def step(
                uow: UnitOfWork,
                part: Sequence[ArticleDraft] = part,
                done: int = begin + len(part),
            ) -> None:
                await job.ensure_held(uow.tx)
                await write_articles(uow, source, part)
                await job.report(uow.tx, {"done": done, "total": len(drafts)})

            await self._transactions.run(step)

        async def finish(uow: UnitOfWork) -> int:
            await job.ensure_held(uow.tx)
            return await remove_others(uow, source, [each.title for each in drafts])

        removed = await self._transactions.run(finish)
        return {"done": len(drafts), "total": len(drafts), "removed": removed}


def build_drafts(read: Sequence[ImportedArticle], payload: ImportKnowledge) -> list[ArticleDraft]:
    """Return what to write of a file: titles are unique in it, so that each finds its article."""
    drafts: list[ArticleDraft] = []
    taken: dict[str, int] = {}
    for each in read:
        number = taken[each.title] = taken.get(each.title, 0) + 1
        title = each.title if number == 1 else f"{each.title[: MAX_TITLE - 8]} ({number})"
        questions = [text[:MAX_QUESTION] for text in each.questions[:MAX_QUESTIONS]]
        tags = dict.fromkeys(tag[:MAX_TAG] for tag in (*payload.tags, *each.tags))
        drafts.append(
            ArticleDraft(
                title,
                each.text,
                each.language or payload.language,
                tuple(tags)[:MAX_TAGS],
                tuple(TypicalQuestion(0, text) for text in questions),
                payload.name,
            )
        )
    return drafts


async def import_file(
    run: Callable[[Callable[[Writing], Awaitable[object]]], Awaitable[object]],
    path: Path,
    *,
    language: str,
    tags: Sequence[str],
    say: Callable[[int, int], None],
) -> int:
    """Import a file at once, for the command line; return the number of its articles.

    `run` runs work in a transaction; `say` gets how many of how many are done. Raises
    ImportRefusedError, ArticleRefusedError or OSError.
    """
    data = await asyncio.to_thread(_read_file, path)
    payload = ImportKnowledge(MessageId(""), path.name, language, tuple(tags))
    drafts = build_drafts(await read_articles(path.name, data), payload)
    for begin in range(0, len(drafts), _WRITE_AT_ONCE):
        part = drafts[begin : begin + _WRITE_AT_ONCE]
        await run(partial(write_articles, source=path.name, drafts=part))
        say(begin + len(part), len(drafts))
    await run(partial(remove_others, source=path.name, titles=[each.title for each in drafts]))
    return len(drafts)


def _read_file(path: Path) -> bytes:
    """Read a file; one that is too large is not read into memory."""
    check_size(path.name, path.stat().st_size)
    return path.read_bytes()
