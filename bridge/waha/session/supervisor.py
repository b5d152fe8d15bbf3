"""Keeps one number's session on its WAHA server: made, configured, started, its code fetched."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import RefusedError, WahaError, consequence
from bridge.waha.client.models import Session, link_status
from bridge.waha.identifiers import chat_ids
from bridge.waha.session.session_config import Hook, begun, configured, is_configured
from db.database import Database
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from db.queries.channels import channels as kept_channels
from db.queries.channels import whatsapp_sessions
from db.queues.lanes import LeaseLostError
from db.tables import LinkStatus
from db.tables.base import now_utc
from desk.cluster.leader import LeaderLock
from desk.cluster.notify import Notifier
from desk.cluster.wake import Signal
from desk.linking import status as keeping
from desk.linking.states import (
    DesiredState,
    LinkReport,
    SessionCommand,
    choose_command,
    get_desired_state,
)
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# How long until it is looked at again, in seconds; an event of WAHA's wakes us before.
_PAUSES = {
    LinkStatus.STARTING: 1.0,
    LinkStatus.SCAN_QR_CODE: 2.0,
    LinkStatus.PASSKEY_REQUIRED: 2.0,
    LinkStatus.PASSKEY_CONFIRMATION: 2.0,
    LinkStatus.FAILED: 2.0,
}
_PAUSE = 5.0
_FIRST_RETRY, _LONGEST_RETRY = 0.5, 60.0
# A server that restarts is away for a moment: nobody needs to know.
_TOLERATED = 3
# A session that fails again and again is restarted more and more rarely.
_FIRST_RESTART, _LONGEST_RESTART = 5.0, 600.0

MakeDesk = Callable[[AsyncSession], UnitOfWork]


class Keeper:
    """Looks after one channel's session until cancelled; only the process that leads does."""

    def __init__(
        self,
        channel_id: ChannelId,
        client: WahaClient,
        database: Database,
        hook: Hook | None,
        leader_lock: LeaderLock,
        *,
        uow: MakeDesk,
        outbox_notifier: Notifier,
    ) -> None:
        """Take what it works with; without a `hook` WAHA cannot call us, and the link is kept."""
        self.signal = Signal()
        self._channel_id = channel_id
        self._client = client
        self._database = database
        self._hook = hook
        self._leader_lock = leader_lock
        self._make_desk = uow
        self._outbox_bell = outbox_notifier
        self._failures = 0
        self._told = False
        # So that a server which describes the configuration in other words is not told for ever.
        self._configured = False
        self._restarts = 0
        self._restart_after = 0.0

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            pause = _FIRST_RETRY
            try:
                await self._leader_lock.acquire()
                pause = await self._turn()
            except LeaseLostError:
                log.info("link.taken_over", channel=self._channel_id)
            except DATABASE_ERRORS as error:
                log.warning("link.database_away", error=describe_error(error))
            except Exception:
                # One number's trouble must not end who looks after it.
                log.exception("link.mistaken", channel=self._channel_id)
                pause = _PAUSE
            await self.signal.sleep(pause)

    async def _turn(self) -> float:
        """Look at the session once, and do what it needs; returns when to look again."""
        wanted = await self._wanted()
        try:
            seen = await self._put_right(wanted)
        except WahaError as error:
            return await self._in_trouble(error)
        await self._note(
            lambda uow: keeping.update_status(uow, uow.channels[self._channel_id], seen)
        )
        await self._out_of_trouble()
        return _PAUSES.get(seen.status, _PAUSE)

    async def _wanted(self) -> DesiredState:
        async def read(tx: AsyncSession) -> DesiredState:
            channel = await kept_channels.find_channel(tx, self._channel_id)
            row = await whatsapp_sessions.find_link(tx, self._channel_id)
            return get_desired_state(row, channel.settings if channel else {})

        return await self._database.run(read)

    async def _put_right(self, wanted: DesiredState) -> LinkReport:
        """Bring the session to where it should be, by one order at the most; say how it stands."""
        session = await self._client.here()
        if session is None:
            return await self._make(wanted)
        if not self._configured and self._hook is not None:
            self._configured = True
            if not is_configured(session.config or {}, self._channel_id, self._hook):
                config = configured(session.config or {}, self._channel_id, self._hook)
                await self._client.configure(config)
                log.info("link.configured", channel=self._channel_id)
                session = await self._client.here() or session
        await self._order(session, wanted)
        return await self._seen(session)

    async def _make(self, wanted: DesiredState) -> LinkReport:
        """Make the session, which starts by itself, unless an admin wants it stopped."""
        if wanted.is_stopped:
            return LinkReport(LinkStatus.STOPPED, now_utc(), is_event=False)
        self._configured = True
        await self._client.create(begun(self._channel_id, self._hook))
        log.info("link.made", channel=self._channel_id, session=self._client.session)
        return LinkReport(LinkStatus.STARTING, now_utc(), is_event=False)

    async def _order(self, session: Session, wanted: DesiredState) -> None:
        status = link_status(session.status)
        order = choose_command(status, wanted) if status is not None else None
        if status is LinkStatus.WORKING:
            self._restarts, self._restart_after = 0, 0.0
        if order is None or (order is SessionCommand.RESTART and not self._may_restart(wanted)):
            return
        await self._client.order(order.value)
        log.info("link.ordered", channel=self._channel_id, order=order.value)

    def _may_restart(self, wanted: DesiredState) -> bool:
        now = now_utc().timestamp()
        if now < self._restart_after and not wanted.wants_code:
            return False
        self._restart_after = now + min(_LONGEST_RESTART, _FIRST_RESTART * 2**self._restarts)
        self._restarts += 1
        return True

    async def _seen(self, session: Session) -> LinkReport:
        status = link_status(session.status)
        if status is None:
            raise RefusedError(0, f"WAHA says {session.status[:60]!r}, which we do not know")
        code = await self._code() if status is LinkStatus.SCAN_QR_CODE else None
        me = session.me
        chat = chat_ids.person(me.id) if me else None
        return LinkReport(
            status,
            now_utc(),
            phone=chat_ids.phone(chat) if chat else None,
            name=me.push_name if me else None,
            qr=code,
            is_event=False,
        )

    async def _code(self) -> str | None:
        try:
            return await self._client.qr()
        except RefusedError as error:
            if error.session_status is None:
                raise
            return None  # it was scanned, or ran out, in this very moment

    async def _in_trouble(self, error: WahaError) -> float:
        self._failures += 1
        reason = str(consequence(error))
        log.warning("link.trouble", channel=self._channel_id, reason=reason)
        if self._failures >= _TOLERATED and not self._told:
            self._told = True
            await self._note(
                lambda uow: keeping.report_unreachable(uow, uow.channels[self._channel_id], reason)
            )
        return min(_LONGEST_RETRY, _FIRST_RETRY * 2.0 ** min(self._failures - 1, 10))

    async def _out_of_trouble(self) -> None:
        self._failures = 0
        if self._told:
            self._told = False
            await self._note(
                lambda uow: keeping.report_reachable(uow, uow.channels[self._channel_id])
            )

    async def _note(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> None:
        """Do it in one transaction, as long as this process leads; whoever delivers is woken."""
        wrote = False

        async def once(tx: AsyncSession) -> None:
            nonlocal wrote
            await self._leader_lock.check(tx)
            uow = self._make_desk(tx)
            await work(uow)
            wrote = bool(uow.outbox_items)
            await uow.flush()

        await self._database.run(once)
        if wrote:
            self._outbox_bell.notify()
