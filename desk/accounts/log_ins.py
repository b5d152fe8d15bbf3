"""Begin log-ins with a password, keep them alive with refresh tokens, and end them."""

from dataclasses import dataclass
from datetime import datetime

from db.database import Transaction
from db.ids import LogInId, UserId
from db.queries.accounts import accounts
from db.queries.accounts import log_ins as queries
from db.queries.accounts.log_ins import TokenRow
from desk.accounts import access_tokens
from desk.accounts.access_tokens import AccessTokens, Claims
from desk.accounts.client_info import ClientInfo
from desk.accounts.refresh_tokens import (
    IDLE_LIFETIME,
    MAX_LIFETIME,
    RefreshTokens,
    StoredToken,
    TokenUse,
    classify_use,
    hash_token,
)
from desk.actors import Actor, human
from desk.audit import record

# Enough for all devices of one person.
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The access token and refresh token that a client gets and keeps secret."""

    access_token: str
    refresh_token: str
    # Lifetime of the access token, in seconds.
    expires_in: int
    refresh_expires_at: datetime
    user_id: UserId


class LogIns:
    """Begins log-ins and keeps them alive, with one installation's JWT_SECRET.

    What was signed with `old_secret`, the one before, is accepted too.
    """

    def __init__(self, secret: str, old_secret: str | None = None) -> None:
        self.access = AccessTokens(secret, old_secret)
        self._refresh = RefreshTokens(secret)
        self._old_refresh = RefreshTokens(old_secret) if old_secret else None

    async def begin_log_in(
        self,
        tx: Transaction,
        user_id: UserId,
        version: int,
        *,
        by: Actor,
        client: ClientInfo,
        now: datetime,
        init_data: str | None = None,
    ) -> TokenPair:
        """Begin a log-in for a user who has proved their identity.

        `init_data` names the data of a Mini App that proved it: it begins no second log-in.
        """
        expires_at = now + MAX_LIFETIME
        log_in = await queries.add_log_in(
            tx,
            user_id=user_id,
            created_at=now,
            last_used_at=now,
            expires_at=expires_at,
            address=client.address,
            user_agent=client.user_agent,
            init_data_digest=init_data,
        )
        token = self._refresh.generate()
        await queries.add_token(tx, log_in, hash_token(token), now, now + IDLE_LIFETIME)
        details = {"log_in": log_in, **client.to_audit_details()}
        await record(tx, by, "log_in.began", f"user:{user_id}", details, now=now)
        return self._issue_pair(Claims(user_id, log_in, version), token, now + IDLE_LIFETIME, now)

    async def resume(
        self,
        tx: Transaction,
        user_id: UserId,
        version: int,
        log_in: LogInId,
        log_in_expires_at: datetime,
        *,
        now: datetime,
    ) -> TokenPair:
        """Return new tokens of a log-in that lost its own; those that it had are void."""
        await queries.expire_unused_tokens(tx, log_in, now)
        token, expires_at = self._refresh.generate(), min(now + IDLE_LIFETIME, log_in_expires_at)
        await queries.add_token(tx, log_in, hash_token(token), now, expires_at)
        return self._issue_pair(Claims(user_id, log_in, version), token, expires_at, now)

    async def refresh(
        self, tx: Transaction, token: str, *, client: ClientInfo, now: datetime
    ) -> TokenPair | None:
        """Return the next token pair for a refresh token; None if the token is not valid.

        A token that two clients have used ends its log-in: commit the transaction in that case,
        too.
        """
        kept = await queries.lock_token_by_hash(tx, hash_token(token))
        if kept is None or not kept.user_is_active:
            return None
        match classify_use(_to_stored_token(kept), client.fingerprint, now):
            case TokenUse.ENDED:
                return None
            case TokenUse.STOLEN:
                await self._end_stolen(tx, kept, client, now)
                return None
            case TokenUse.FIRST:
                return await self._rotate(tx, kept, token, client, now)
            case TokenUse.REPEATED:
                return await self._repeat(tx, kept, token, now)

    async def end_by_token(
        self, tx: Transaction, token: str, *, client: ClientInfo, now: datetime
    ) -> None:
        """End the log-in of a refresh token, which may be used or expired; do nothing without one.

        Whoever has a token may end its log-in: it gives nothing away.
        """
        kept = await queries.lock_token_by_hash(tx, hash_token(token))
        if kept is None or not await queries.end_log_in(tx, kept.log_in_id, "logged out", now):
            return
        by = human(kept.user_name, kept.user_id)
        details = {"log_in": kept.log_in_id, **client.to_audit_details()}
        await record(tx, by, "log_in.ended", f"user:{kept.user_id}", details, now=now)

    async def _rotate(
        self, tx: Transaction, kept: TokenRow, token: str, client: ClientInfo, now: datetime
    ) -> TokenPair:
        following = self._refresh.derive_successor(token)
        expires_at = min(now + IDLE_LIFETIME, kept.log_in_expires_at)
        await queries.mark_token_used(tx, kept, client.fingerprint, now)
        await queries.add_token(tx, kept.log_in_id, hash_token(following), now, expires_at)
        return self._issue_pair(_to_claims(kept), following, expires_at, now)

    async def _repeat(
        self, tx: Transaction, kept: TokenRow, token: str, now: datetime
    ) -> TokenPair | None:
        following = self._refresh.derive_successor(token)
        known = await queries.lock_token_by_hash(tx, hash_token(following))
        if known is None and self._old_refresh is not None:
            following = self._old_refresh.derive_successor(token)
            known = await queries.lock_token_by_hash(tx, hash_token(following))
        if known is None:  # it was used under another JWT_SECRET
            return None
        return self._issue_pair(_to_claims(kept), following, known.expires_at, now)

    async def _end_stolen(
        self, tx: Transaction, kept: TokenRow, client: ClientInfo, now: datetime
    ) -> None:
        if not await queries.end_log_in(tx, kept.log_in_id, "refresh token used twice", now):
            return
        by = human(kept.user_name, kept.user_id)
        details = {"log_in": kept.log_in_id, **client.to_audit_details()}
        await record(tx, by, "log_in.reused", f"user:{kept.user_id}", details, now=now)

    def _issue_pair(
        self, claims: Claims, token: str, expires_at: datetime, now: datetime
    ) -> TokenPair:
        seconds = int(access_tokens.LIFETIME.total_seconds())
        issued = self.access.issue(claims, now)
        return TokenPair(issued, token, seconds, expires_at, claims.user_id)


async def end_log_in(
    tx: Transaction, user_id: UserId, log_in: LogInId, *, by: Actor, now: datetime
) -> bool:
    """End one log-in of a user; return False if the user has no such open log-in."""
    if not await queries.end_log_in(tx, log_in, "logged out", now, of=user_id):
        return False
    await record(tx, by, "log_in.ended", f"user:{user_id}", {"log_in": log_in}, now=now)
    return True


async def end_all_log_ins(tx: Transaction, user_id: UserId, *, by: Actor, now: datetime) -> None:
    """End all log-ins of a user."""
    await accounts.end_log_ins(tx, user_id, "logged out everywhere", now)
    await record(tx, by, "log_in.ended_all", f"user:{user_id}", now=now)


def _to_stored_token(row: TokenRow) -> StoredToken:
    return StoredToken(
        row.id,
        row.expires_at,
        row.used_at,
        row.used_by,
        row.log_in_expires_at,
        row.log_in_ended_at,
    )


def _to_claims(row: TokenRow) -> Claims:
    return Claims(row.user_id, row.log_in_id, row.token_version)
