"""Only an answer of the provider raises an alarm about a link; a late event changes nothing."""

from datetime import timedelta

from db.database import Database, Transaction
from db.ids import ChannelId
from db.queries.channels import whatsapp_sessions
from db.tables import Channel, ChannelKind, LinkStatus, WhatsAppSession
from db.tables.base import now_utc
from desk.channels import Channels, ServedChannel
from desk.linking.states import LinkReport
from desk.linking.status import update_status
from desk.unit_of_work import UnitOfWork

NOW = now_utc()
MOMENT = timedelta(milliseconds=300)


async def report_all(
    database: Database, *reports: LinkReport
) -> tuple[LinkStatus, str | None, list[str]]:
    """Report statuses one after the other; return the stored status, the code, and the notices."""
    row = Channel(
        id=ChannelId("01" + "C" * 24),
        kind=ChannelKind.WHATSAPP_WAHA,
        external_id="s@waha",
        name="Shop",
        staff_groups=["-1001"],
    )
    channel = ServedChannel.from_row(row, enrols_members=False)
    said: list[str] = []

    async def work(tx: Transaction) -> WhatsAppSession:
        tx.add(row)
        await tx.flush()
        for at, report in enumerate(reports):
            uow = UnitOfWork(tx, NOW + at * timedelta(seconds=0.1), Channels([channel]))
            await update_status(uow, channel, report)
            said.extend(each.payload.content.text for each in uow.outbox_items)  # type: ignore[union-attr]
        return await whatsapp_sessions.lock_link(tx, channel.id)

    kept = await database.run(work)
    return kept.status, kept.qr, said


async def test_a_late_event_does_not_hide_the_code(database: Database) -> None:
    shown = LinkReport(LinkStatus.SCAN_QR_CODE, NOW, qr="2@code", is_event=False)
    late = LinkReport(LinkStatus.STARTING, NOW - MOMENT)
    status, code, _ = await report_all(database, shown, late)
    assert (status, code) == (LinkStatus.SCAN_QR_CODE, "2@code")


async def test_an_answer_that_a_scan_has_overtaken_is_no_alarm(database: Database) -> None:
    asked = LinkReport(LinkStatus.SCAN_QR_CODE, NOW - MOMENT, is_event=False)
    scanned = LinkReport(LinkStatus.WORKING, NOW + timedelta(seconds=5), phone="+491")
    status, _, said = await report_all(database, scanned, asked)
    assert status is LinkStatus.WORKING
    assert not any("lost" in text for text in said)


async def test_an_event_by_a_fast_clock_is_no_alarm(database: Database) -> None:
    working = LinkReport(LinkStatus.WORKING, NOW, phone="+491", is_event=False)
    fast = LinkReport(LinkStatus.SCAN_QR_CODE, NOW + timedelta(seconds=30))
    status, _, said = await report_all(database, working, fast)
    assert status is LinkStatus.WORKING
    assert not any("lost" in text for text in said)


async def test_a_lost_link_is_told(database: Database) -> None:
    working = LinkReport(LinkStatus.WORKING, NOW, phone="+491", is_event=False)
    lost = LinkReport(LinkStatus.SCAN_QR_CODE, NOW + timedelta(seconds=9), is_event=False)
    status, _, said = await report_all(database, working, lost)
    assert status is LinkStatus.SCAN_QR_CODE
    assert "lost its link" in said[-1]
