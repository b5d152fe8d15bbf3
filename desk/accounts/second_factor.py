"""Second factors: one-time passwords from a person's phone (TOTP, RFC 6238).

A second factor is on once its first code was entered. Recovery codes replace a lost phone; each is
valid once.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from db.database import Transaction
from db.ids import UserId
from db.queries.accounts import second_factors as queries
from db.tables import SecretKind
from desk.accounts.binding import generate_code, hash_code
from desk.accounts.encryption import Encryptor
from desk.actors import Actor
from desk.audit import record

RECOVERY_CODE_COUNT = 10
_ISSUER = "OsmoDesk"
# These values work in every authenticator app.
_DIGITS, _SECONDS, _BYTES = 6, 30, 20
# Phone clocks differ: the previous and the next code are valid, too.
_STEP_TOLERANCE = 1
_TOTP_CODE = re.compile(rf"[0-9]{{{_DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The secret that a person enters in their authenticator app."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class SecondFactorStatus:
    """The state of a user's second factor."""

    is_on: bool
    is_required: bool
    recovery_codes: int


def find_matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the 30-second step near `now` that a code belongs to; None if it matches none."""
    # All authenticator apps support SHA-1, and TOTP does not depend on collision resistance.
    totp = TOTP(secret, _DIGITS, SHA1(), _SECONDS)  # noqa: S303
    present = int(now.timestamp()) // _SECONDS
    around = range(present - _STEP_TOLERANCE, present + _STEP_TOLERANCE + 1)
    found = None
    for step in around:  # check all of them, so that the time reveals nothing
        if hmac.compare_digest(totp.generate(step * _SECONDS), code.encode()):
            found = step
    return found


async def disable_second_factor(
    tx: Transaction, user_id: UserId, *, by: Actor, now: datetime
) -> None:
    """Delete a user's secret and recovery codes; whether a second factor is required stays."""
    nothing = {"secret": None, "confirmed_at": None, "last_step": None}
    await queries.update_factor(tx, user_id, **nothing)
    await queries.replace_codes(tx, user_id, ())
    await record(tx, by, "second_factor.off", f"user:{user_id}", now=now)


class SecondFactors:
    """Sets up and checks second factors, with one installation's SECRET_KEY."""

    def __init__(self, secret_key: str, old_secret_key: str | None = None) -> None:
        self._encryptor = Encryptor(secret_key, old_secret_key, kind=SecretKind.SECOND_FACTOR)

    async def get_status(self, tx: Transaction, user_id: UserId) -> SecondFactorStatus:
        """Return the state of a user's second factor."""
        factor = await queries.find_factor(tx, user_id)
        if factor is None:
            return SecondFactorStatus(False, False, 0)
        left = await queries.count_codes(tx, user_id)
        return SecondFactorStatus(factor.confirmed_at is not None, factor.is_required, left)

    async def enrol(self, tx: Transaction, user_id: UserId, email: str) -> Enrolment | None:
        """Create a secret, which counts once it is confirmed; None if the user already has one."""
        factor = await queries.find_factor(tx, user_id)
        if factor is not None and factor.confirmed_at is not None:
            return None
        raw = secrets.token_bytes(_BYTES)
        text = base64.b32encode(raw).decode()
        encrypted = self._encryptor.encrypt({"totp": text})
        await queries.update_factor(tx, user_id, secret=encrypted, last_step=None)
        totp = TOTP(raw, _DIGITS, SHA1(), _SECONDS)  # noqa: S303 as above
        return Enrolment(text, totp.get_provisioning_uri(email, _ISSUER))

    async def confirm(
        self, tx: Transaction, user_id: UserId, code: str, *, by: Actor, now: datetime
    ) -> list[str] | None:
        """Turn the second factor on with its first code; return the recovery codes.

        Returns None if the code is wrong.
        """
        factor = await queries.find_factor(tx, user_id)
        if factor is None or factor.confirmed_at is not None:
            return None
        if not await self._is_valid_totp(tx, user_id, factor.secret, code, now):
            return None
        await queries.update_factor(tx, user_id, confirmed_at=now)
        await record(tx, by, "second_factor.on", f"user:{user_id}", now=now)
        return await self.replace_recovery_codes(tx, user_id, by=by, now=now)

    async def replace_recovery_codes(
        self, tx: Transaction, user_id: UserId, *, by: Actor, now: datetime
    ) -> list[str]:
        """Create new recovery codes; they void the old ones."""
        codes = [generate_code() for _ in range(RECOVERY_CODE_COUNT)]
        await queries.replace_codes(tx, user_id, [hash_code(each) for each in codes])
        await record(tx, by, "second_factor.recovery_codes", f"user:{user_id}", now=now)
        return codes

    async def verify_code(
        self, tx: Transaction, user_id: UserId, code: str, *, by: Actor, now: datetime
    ) -> bool:
        """Check a one-time or recovery code of a user; a correct code is used up.

        A user without a second factor has no correct code: call `get_status` first.
        """
        factor = await queries.find_factor(tx, user_id)
        if factor is None or factor.confirmed_at is None:
            return False
        if _TOTP_CODE.fullmatch(code.replace(" ", "")):
            return await self._is_valid_totp(tx, user_id, factor.secret, code, now)
        if not await queries.use_code(tx, user_id, hash_code(code), now):
            return False
        await record(tx, by, "second_factor.recovered", f"user:{user_id}", now=now)
        return True

    async def set_required(
        self, tx: Transaction, user_id: UserId, required: bool, *, by: Actor, now: datetime
    ) -> None:
        """Set whether a user must have a second factor.

        A user who must have one can do nothing else until it is set up.
        """
        await queries.update_factor(tx, user_id, is_required=required)
        details = {"required": required}
        await record(tx, by, "second_factor.required", f"user:{user_id}", details, now=now)

    async def _is_valid_totp(
        self, tx: Transaction, user_id: UserId, encrypted: str | None, code: str, now: datetime
    ) -> bool:
        if encrypted is None:
            return False
        secret = base64.b32decode(self._encryptor.decrypt(encrypted)["totp"])
        step = find_matching_step(secret, code.replace(" ", ""), now)
        return step is not None and await queries.mark_step_used(tx, user_id, step)
