"""A QR message follows the code; whatever happens meanwhile, one picture is left."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId, new_id
from db.queries.channels import whatsapp_sessions
from db.queues.outbox import OutboxItem
from db.tables import Channel, ChannelKind, LinkStatus, OutboxKind, WhatsAppSession
from db.tables.base import now_utc
from desk.channels import Channels, ServedChannel
from desk.linking import qr_message
from desk.unit_of_work import UnitOfWork

GROUP = "-1001"
S = LinkStatus


class Scene:
    """One number, in a transaction that the test moves forward step by step."""

    def __init__(self, tx: AsyncSession, channel: ServedChannel, row: WhatsAppSession) -> None:
        self.tx, self.channel, self.row = tx, channel, row
        self.now = now_utc()

    def make_uow(self, later: float = 0.0) -> UnitOfWork:
        self.now += timedelta(seconds=later)
        return UnitOfWork(self.tx, self.now, Channels([self.channel]))

    def has(self, status: LinkStatus, code: str | None = None) -> None:
        self.row.status, self.row.qr = status, code
        self.row.qr_at = self.now if code else None

    def ask(self, topic: str | None = None) -> list[OutboxItem]:
        uow = self.make_uow()
        qr_message.show_code(uow, self.channel, self.row, GROUP, topic)
        return uow.outbox_items

    def refresh(self, later: float = 0.0) -> list[OutboxItem]:
        uow = self.make_uow(later)
        qr_message.refresh_codes(uow, self.channel, self.row)
        return uow.outbox_items

    async def picture_sent(self, item: OutboxItem, provider_id: str) -> list[OutboxItem]:
        await self.tx.flush()
        uow = self.make_uow()
        await qr_message.save_message_id(uow, payload_of(item), provider_id)
        return uow.outbox_items


async def scene(tx: AsyncSession) -> Scene:
    channel_id = ChannelId(new_id())
    kind = ChannelKind.WHATSAPP_WAHA
    row = Channel(id=channel_id, kind=kind, external_id="s@h", name="Shop", staff_groups=[GROUP])
    tx.add(row)
    await tx.flush()
    served = ServedChannel.from_row(row, enrols_members=False)
    return Scene(tx, served, await whatsapp_sessions.lock_link(tx, channel_id))


def kinds(items: list[OutboxItem]) -> list[OutboxKind]:
    return [each.kind for each in items]


def code_of(item: OutboxItem) -> Any:
    return payload_of(item).content.file["qr"]


def payload_of(item: OutboxItem) -> Any:
    return item.payload


async def test_a_picture_is_sent_follows_the_code_and_goes(database: Database) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [sent] = on.ask("7")
        assert (sent.kind, code_of(sent), payload_of(sent).topic) == (OutboxKind.GENERAL, "a", "7")
        assert await on.picture_sent(sent, "100") == []
        assert on.refresh() == []
        on.has(S.SCAN_QR_CODE, "b")
        [changed] = on.refresh()
        assert (changed.kind, code_of(changed), payload_of(changed).at) == (
            OutboxKind.EDIT,
            "b",
            "100",
        )
        on.has(S.WORKING)
        [gone] = on.refresh()
        assert (gone.kind, payload_of(gone).at) == (OutboxKind.DELETE, "100")
        assert on.row.qr_messages == []


async def test_changes_while_a_picture_is_being_sent_are_applied_later(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [sent] = on.ask()
        on.has(S.SCAN_QR_CODE, "b")
        assert on.refresh() == []
        [changed] = await on.picture_sent(sent, "100")
        assert (changed.kind, code_of(changed)) == (OutboxKind.EDIT, "b")


async def test_a_picture_that_arrives_when_the_code_is_used_goes_at_once(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [sent] = on.ask()
        on.has(S.WORKING)
        assert on.refresh() == []
        [gone] = await on.picture_sent(sent, "100")
        assert (gone.kind, payload_of(gone).at) == (OutboxKind.DELETE, "100")
        assert on.row.qr_messages == []


async def test_a_picture_that_never_arrives_is_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [sent] = on.ask()
        on.has(S.WORKING)
        assert on.refresh(later=600) == []
        assert on.row.qr_messages == []
        [gone] = await on.picture_sent(sent, "100")  # after all
        assert gone.kind is OutboxKind.DELETE


async def test_a_request_before_the_code_exists_is_answered_later(database: Database) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.STARTING)
        assert on.ask() == []
        assert on.refresh(later=5) == []
        on.has(S.SCAN_QR_CODE, "a")
        assert kinds(on.refresh()) == [OutboxKind.GENERAL]


async def test_two_requests_leave_one_picture(database: Database) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [first] = on.ask()
        await on.picture_sent(first, "100")
        again = on.ask()
        assert kinds(again) == [OutboxKind.DELETE, OutboxKind.GENERAL]
        assert len(on.row.qr_messages) == 1
        assert await on.picture_sent(again[1], "101") == []
        # Two requests at once: the message that arrives second is deleted.
        third, fourth = on.ask()[-1], on.ask()[-1]
        assert await on.picture_sent(third, "102") == []
        [stray] = await on.picture_sent(fourth, "103")
        assert (stray.kind, payload_of(stray).at) == (OutboxKind.DELETE, "103")


async def test_an_expired_code_is_reported(database: Database) -> None:
    async with database.transaction() as tx:
        on = await scene(tx)
        on.has(S.SCAN_QR_CODE, "a")
        [sent] = on.ask()
        await on.picture_sent(sent, "100")
        on.has(S.FAILED)
        gone, said = on.refresh()
        assert gone.kind is OutboxKind.DELETE
        assert "/qr" in payload_of(said).content.text
        assert on.row.qr_messages == []
