"""What each bot costs a desk while nobody writes: memory, and processor time."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.migrations import open_migrated
from db.queries.channels import channels as channel_queries
from db.tables import ChannelKind
from db.url import parse_database_url
from desk.accounts.encryption import Encryptor
from scripts.bench.relay import SECRET, run_desk
from scripts.bench.stage import Stage, run_stage

_FIRST_ID = 700100000
# Registering the bots is over by then.
_SETTLE_SECONDS = 20.0
_IDLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class BotFigures:
    """A desk with so many bots: resident megabytes, and the share of a core that it needs."""

    bots: int
    megabytes: float
    cpu_share: float


async def measure_bots(counts: Sequence[int]) -> list[BotFigures]:
    """Measure an idle desk on SQLite with each of these numbers of bots."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'desk.db'}"
        found, added = [], 1
        async with (
            open_migrated(parse_database_url(url)) as database,
            run_stage(customers=1) as stage,
        ):
            for count in sorted(counts):
                while added < count:
                    await _add_bot(stage, database, _FIRST_ID + added)
                    added += 1
                found.append(await _measure(stage, url, count))
    return found


async def _add_bot(stage: Stage, database: Database, bot_id: int) -> None:
    token = f"{bot_id}:benchmark-token-of-the-sandbox-alone"
    await stage.telegram.add_bot(token)
    credentials = Encryptor(SECRET).encrypt({"token": token})

    async def save(tx: AsyncSession) -> None:
        await channel_queries.save_channel(
            tx, ChannelKind.TELEGRAM, str(bot_id), credentials=credentials, staff_groups=()
        )

    await database.run(save)


async def _measure(stage: Stage, url: str, bots: int) -> BotFigures:
    async with run_desk(stage, url) as desk:
        await asyncio.sleep(_SETTLE_SECONDS)
        before = desk.cpu_seconds()
        await asyncio.sleep(_IDLE_SECONDS)
        share = (desk.cpu_seconds() - before) / _IDLE_SECONDS
        return BotFigures(bots, desk.megabytes(), share)


def print_bots(found: Sequence[BotFigures], say: Callable[[str], None]) -> None:
    """Print the figures, and what each further bot costs."""
    for each in found:
        say(f"{each.bots:4} bots, idle: {each.megabytes:.0f} MB, {each.cpu_share:.1%} of a core")
    first, last = found[0], found[-1]
    if more := last.bots - first.bots:
        memory = (last.megabytes - first.megabytes) / more
        share = (last.cpu_share - first.cpu_share) / more
        say(f"each further bot: {memory:.2f} MB, {share:.2%} of a core")
