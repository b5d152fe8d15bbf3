"""The state of the stand-in: ordered faults and answers, settings, recorded calls."""

import asyncio
import random
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.common.faults import Faults
from sandbox.common.json_shapes import Json
from sandbox.common.record_log import RecordLog
from sandbox.openai.faults import OpenAIFault
from sandbox.openai.scripts import Scripts
from sandbox.openai.tuning import Tuning


@dataclass
class World:
    """The whole state of the server."""

    faults: Faults[OpenAIFault] = field(default_factory=lambda: Faults(OpenAIFault))
    scripts: Scripts = field(default_factory=Scripts)
    calls: RecordLog = field(default_factory=RecordLog)
    tuning: Tuning = field(default_factory=Tuning)
    # The same numbers in each run.
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 no secret
    # How many calls are being answered now, and the most that there were at once.
    open_calls: int = 0
    most_open_calls: int = 0
    # Set when the server stops: all waiting requests must end.
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def reset(self) -> None:
        """Delete all state."""
        self.faults, self.scripts = Faults(OpenAIFault), Scripts()
        self.calls, self.tuning = RecordLog(), Tuning()
        self.most_open_calls = self.open_calls

    def show(self) -> Json:
        """Return the counts of calls at once."""
        return {"open_calls": self.open_calls, "most_open_calls": self.most_open_calls}


OPENAI = web.AppKey("openai_world", World)
