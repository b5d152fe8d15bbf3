"""One desk with a bot, a Cloud API number and a linked number, which all cases share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlmodel import col

from db.tables import Inbox, InboxState, Lane, Queue
from db.tables.base import now_utc
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.flows.cloud import CloudStage
from tests.flows.eventually import eventually
from tests.flows.staff import Person
from tests.flows.stage import BOT_ID, Stage, prepare_stage
from tests.flows.waha import WahaStage

# An update of a chat that is not ours.
_OTHER = {"id": -1001208, "title": "Other", "type": "channel"}
_BOT = {"id": BOT_ID, "is_bot": True, "first_name": "OsmoDesk"}
_LEFT = {"user": _BOT, "status": "left"}
_MARKER = {
    "chat": _OTHER,
    "from": _BOT,
    "date": 1_800_000_000,
    "old_chat_member": _LEFT,
    "new_chat_member": _LEFT,
}
_SOON = timedelta(seconds=20)
# More than a case orders faults.
_MOST_TRIES = 60


@dataclass(slots=True)
class FieldStage:
    """The stages of all channels; they share the desk, the group and the database."""

    telegram: Stage
    cloud: CloudStage
    waha: WahaStage
    # An agent, and an administrator of the group who is an agent too.
    mia: Person
    boss: Person

    async def settle(self) -> None:
        """Wait until everything that came is handled and everything due is sent.

        Meta's webhooks get some seconds to arrive: a case may hold statuses back for ever.
        """
        assert self.cloud.graph is not None
        # Injected updates keep their order, but others may overtake them: this comes after all.
        marker = await self.telegram.telegram.inject({"my_chat_member": _MARKER})
        await eventually(partial(self._is_stored, marker["update_id"]), "the updates are taken")
        for _ in range(2):
            await self.cloud.graph.wait_until_settled()
            await eventually(self._is_quiet, "the queues are empty")

    async def hurry(self) -> None:
        """Let everything that waits become due at once, and wait until it is done."""
        await self.settle()
        for _ in range(_MOST_TRIES):
            if not await self.telegram.rows(
                "SELECT id FROM outbox WHERE state = 'pending' LIMIT 1"
            ):
                return
            await self.telegram.change(
                "UPDATE inbox SET due_at = received_at WHERE state = 'pending'"
            )
            await self.telegram.skip_delays()
            await self.settle()

    async def _is_stored(self, update_id: int) -> bool:
        found = await self.telegram.rows(
            "SELECT id FROM inbox WHERE provider_id = :id", id=str(update_id)
        )
        return bool(found)

    async def _is_quiet(self) -> bool:
        """Check that no lane is due soon; what waits longer is a timer or a late retry.

        What just came is stored before its lane is due.
        Leases beside the inbox's lanes are no work: on MariaDB they say which process leads.
        """
        soon = now_utc() + _SOON
        is_held = sa.and_(col(Lane.lease).is_not(None), col(Lane.queue) != Queue.INBOX)
        async with self.telegram.database.transaction() as tx:
            waiting = await tx.scalar(
                sa.select(sa.func.count())
                .select_from(Lane)
                .where(sa.or_(is_held, col(Lane.due_at) < soon))
            )
            came = await tx.scalar(
                sa.select(sa.func.count())
                .select_from(Inbox)
                .outerjoin(
                    Lane, sa.and_(col(Lane.queue) == Queue.INBOX, col(Lane.lane) == col(Inbox.lane))
                )
                .where(col(Inbox.state) == InboxState.PENDING, col(Lane.due_at).is_(None))
            )
        return not waiting and not came


@asynccontextmanager
async def run_field(database_url: str) -> AsyncIterator[FieldStage]:
    """Run one desk with all channels and their people."""
    async with (
        prepare_stage(database_url, kind=Stage, whatsapp_limits="off") as stage,
        GraphSandbox(stage.url) as graph,
        WahaSandbox(stage.url) as waha,
        stage.desk() as stage.address,
    ):
        shared = stage.telegram, stage.url, stage.group, stage.database, stage.settings
        cloud = CloudStage(*shared, address=stage.address, graph=graph)
        linked = WahaStage(*shared, address=stage.address, waha=waha)
        await cloud.connect()
        await linked.connect()
        mia, boss = await stage.agent("Mia"), await stage.agent("Boss", admin=True)
        made = FieldStage(stage, cloud, linked, mia, boss)
        await made.settle()
        yield made
