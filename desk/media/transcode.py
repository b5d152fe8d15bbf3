"""Has a file made into what the first way wants that it can go, if that can be done."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from db.ids import MessageId
from desk.content import Content
from desk.media.converter import Converter, NotMadeError
from desk.media.errors import GoneError, OutOfReachError
from desk.media.file_names import name_for
from desk.media.message_files import Files
from desk.media.ports import Takes
from desk.media.probe import Facts, facts_of
from desk.media.send_options import TakesOf, Way, fits, ways

log = structlog.get_logger(__name__)

# At the same time; who waits for a turn holds up nobody who fetches.
_AT_ONCE = 2
ANYTHING = Takes(1 << 62)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A file as it goes out, and the way that it goes; no way: the channel does not take it."""

    path: Path
    facts: Facts
    way: Way | None = None

    def describe(self, content: Content) -> Content:
        """Say of a content as what it goes, and what its file is now."""
        assert self.way is not None  # noqa: S101 asked before
        kept = content.file or {}
        name = name_for(kept.get("name"), self.facts.mime, made=self.way.form is not None)
        file = {**kept, "mime": self.facts.mime, "size": self.facts.size, "name": name}
        return replace(content, type=self.way.kind, file=file)


class Making:
    """Makes files fit, a few at a time."""

    def __init__(self, files: Files, converter: Converter) -> None:
        self._files = files
        self._converter = converter
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def fitted(
        self, message_id: MessageId, content: Content, path: Path, takes: TakesOf
    ) -> Fitted:
        """Choose how a file goes, made into what that wants; raises GoneError for an empty one."""
        facts = await facts_of(path, content.file or {})
        if facts.size == 0:
            raise GoneError("it is empty")
        for way in ways(content.type, facts, takes):
            if way.form is None:
                return Fitted(path, facts, way)
            made = await self._made(message_id, content, Fitted(path, facts, way))
            if made is not None and fits(made.facts, takes(way.kind) or ANYTHING):
                return made
        return Fitted(path, facts)

    async def _made(self, message_id: MessageId, content: Content, it: Fitted) -> Fitted | None:
        assert it.way is not None  # noqa: S101 chosen just now
        assert it.way.form is not None  # noqa: S101 as above
        source = it.path, it.facts.mime, it.way.form
        try:
            async with self._turns:
                file = content.file or {}
                path = await self._files.made(message_id, file, source, self._converter)
        except (NotMadeError, OutOfReachError) as error:
            form = it.way.form.value
            log.info("media.not_made", message=message_id, form=form, reason=str(error))
            return None
        return Fitted(path, await facts_of(path, {}), it.way)
