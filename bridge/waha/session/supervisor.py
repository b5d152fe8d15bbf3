"""Keep one number's session on its WAHA server created, configured, started and linked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError, WahaRefusedError, to_delivery_error
from bridge.waha.client.models import Session, to_link_status
from bridge.waha.identifiers import chat_ids
from bridge.waha.session.session_config import (
    WebhookConfig,
    add_webhook,
    build_new_config,
    is_configured,
)
from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from db.queries.channels import channels as channel_queries
from db.queries.channels import whatsapp_sessions
from db.queues.lanes import LeaseLostError
from db.tables import LinkStatus
from db.tables.base import now_utc
from desk.cluster.leader import LeaderLock
from desk.cluster.notify import Notifier
from desk.cluster.wake import Signal
from desk.linking import status as link_status
from desk.linking.states import (
    DesiredState,
    LinkReport,
    SessionCommand,
    choose_command,
    get_desired_state,
)
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# Seconds until the next check; an event from WAHA wakes us earlier.
_CHECK_INTERVALS = {
    LinkStatus.STARTING: 1.0,
    LinkStatus.SCAN_QR_CODE: 2.0,
    LinkStatus.PASSKEY_REQUIRED: 2.0,
    LinkStatus.PASSKEY_CONFIRMATION: 2.0,
    LinkStatus.FAILED: 2.0,
}
_CHECK_INTERVAL = 5.0
_FIRST_BACKOFF, _MAX_BACKOFF = 0.5, 60.0
# A restarting server is away for a moment, which need not be reported.
_FAILURES_BEFORE_REPORT = 3
# A session that fails repeatedly is restarted more and more rarely.
_FIRST_RESTART, _MAX_RESTART = 5.0, 600.0

MakeUnitOfWork = Callable[[Transaction], UnitOfWork]


class SessionSupervisor:
    """Supervises one channel's session until cancelled; only the leading process does so."""

    def __init__(
        self,
        channel_id: ChannelId,
        client: WahaClient,
        database: Database,
        hook: WebhookConfig | None,
        leader_lock: LeaderLock,
        *,
        make_uow: MakeUnitOfWork,
        outbox_notifier: Notifier,
    ) -> None:
        """Create a supervisor.

        Without a `hook` WAHA cannot call us, but the link is maintained all the same.
        """
        self.signal = Signal()
        self._channel_id = channel_id
        self._client = client
        self._database = database
        self._hook = hook
        self._leader_lock = leader_lock
        self._make_uow = make_uow
        self._outbox_notifier = outbox_notifier
        self._failures = 0
        self._is_reported = False
        # Configure only once, even if the server describes the configuration differently.
        self._is_configured = False
        self._restarts = 0
        self._restart_after = 0.0

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            interval = _FIRST_BACKOFF
            try:
                await self._leader_lock.acquire()
                interval = await self._run_once()
            except LeaseLostError:
                log.info("link.taken_over", channel=self._channel_id)
            except DATABASE_ERRORS as error:
                log.warning("link.database_unavailable", error=describe_error(error))
            except Exception:
                # An error of one number must not end its supervisor.
                log.exception("link.internal_error", channel=self._channel_id)
                interval = _CHECK_INTERVAL
            await self.signal.sleep(interval)

    async def _run_once(self) -> float:
        """Check the session once and do what it needs; return the seconds until the next check."""
        wanted = await self._load_wanted_state()
        if wanted is None:
            return _CHECK_INTERVAL
        try:
            report = await self._reconcile(wanted)
        except WahaError as error:
            return await self._record_failure(error)
        await self._run_transaction(
            lambda uow: link_status.update_status(uow, uow.channels[self._channel_id], report)
        )
        await self._record_recovery()
        return _CHECK_INTERVALS.get(report.status, _CHECK_INTERVAL)

    async def _load_wanted_state(self) -> DesiredState | None:
        """Return what the session should be; None: the channel was switched off or deleted."""

        async def read(tx: Transaction) -> DesiredState | None:
            channel = await channel_queries.find_channel(tx, self._channel_id)
            if channel is None or not channel.is_active:
                return None
            row = await whatsapp_sessions.find_link(tx, self._channel_id)
            return get_desired_state(row, channel.settings)

        return await self._database.run(read)

    async def _reconcile(self, wanted: DesiredState) -> LinkReport:
        """Move the session towards the wanted state with at most one command; return its state."""
        asked_at = now_utc()
        session = await self._client.get_session()
        if session is None:
            return await self._create_session(wanted)
        if not self._is_configured and self._hook is not None:
            self._is_configured = True
            if not is_configured(session.config or {}, self._channel_id, self._hook):
                config = add_webhook(session.config or {}, self._channel_id, self._hook)
                await self._client.configure(config)
                log.info("link.configured", channel=self._channel_id)
                asked_at = now_utc()
                session = await self._client.get_session() or session
        if session.me is not None:
            # Linked, even if the session failed before we saw it work: it starts without a scan.
            wanted = replace(wanted, is_linked=True)
        await self._send_command(session, wanted)
        return await self._to_link_state(session, asked_at)

    async def _create_session(self, wanted: DesiredState) -> LinkReport:
        """Create the session, which starts by itself, unless an admin wants it stopped."""
        if wanted.is_stopped:
            return LinkReport(LinkStatus.STOPPED, now_utc(), is_event=False)
        self._is_configured = True
        await self._client.create(build_new_config(self._channel_id, self._hook))
        log.info("link.created", channel=self._channel_id, session=self._client.session)
        return LinkReport(LinkStatus.STARTING, now_utc(), is_event=False)

    async def _send_command(self, session: Session, wanted: DesiredState) -> None:
        status = to_link_status(session.status)
        command = choose_command(status, wanted) if status is not None else None
        if status is LinkStatus.WORKING:
            self._restarts, self._restart_after = 0, 0.0
        if command is None or (command is SessionCommand.RESTART and not self._can_restart(wanted)):
            return
        await self._client.send_command(command.value)
        log.info("link.command_sent", channel=self._channel_id, command=command.value)

    def _can_restart(self, wanted: DesiredState) -> bool:
        now = now_utc().timestamp()
        if now < self._restart_after and not wanted.wants_code:
            return False
        self._restart_after = now + min(_MAX_RESTART, _FIRST_RESTART * 2**self._restarts)
        self._restarts += 1
        return True

    async def _to_link_state(self, session: Session, asked_at: datetime) -> LinkReport:
        status = to_link_status(session.status)
        if status is None:
            raise WahaRefusedError(0, f"unknown session status at WAHA: {session.status[:60]!r}")
        code = await self._fetch_qr_code() if status is LinkStatus.SCAN_QR_CODE else None
        me = session.me
        chat = chat_ids.normalize_person_chat(me.id) if me else None
        return LinkReport(
            status,
            asked_at,
            phone=chat_ids.to_phone(chat) if chat else None,
            name=me.push_name if me else None,
            qr=code,
            is_event=False,
        )

    async def _fetch_qr_code(self) -> str | None:
        try:
            return await self._client.get_qr_code()
        except WahaRefusedError as error:
            if error.session_status is None:
                raise
            return None  # the code was scanned or expired at this moment

    async def _record_failure(self, error: WahaError) -> float:
        self._failures += 1
        reason = str(to_delivery_error(error))
        log.warning("link.check_failed", channel=self._channel_id, reason=reason)
        if self._failures >= _FAILURES_BEFORE_REPORT and not self._is_reported:
            self._is_reported = True
            await self._run_transaction(
                lambda uow: link_status.report_unreachable(
                    uow, uow.channels[self._channel_id], reason
                )
            )
        return min(_MAX_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(self._failures - 1, 10))

    async def _record_recovery(self) -> None:
        self._failures = 0
        if self._is_reported:
            self._is_reported = False
            await self._run_transaction(
                lambda uow: link_status.report_reachable(uow, uow.channels[self._channel_id])
            )

    async def _run_transaction(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> None:
        """Run `work` in one transaction while this process leads; then wake the courier."""
        wrote = False

        async def once(tx: Transaction) -> None:
            nonlocal wrote
            await self._leader_lock.check(tx)
            uow = self._make_uow(tx)
            await work(uow)
            await uow.flush()
            wrote = uow.has_deliveries

        await self._database.run(once)
        if wrote:
            self._outbox_notifier.notify()
