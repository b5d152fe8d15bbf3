"""The second factor over HTTP: set up, required at log-in, lost, required by an administrator."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from structlog.testing import capture_logs

from db.tables.base import now_utc
from tests.api.stage import Answer, ApiStage, Person, run_api
from tests.api.test_login import PASSWORD, someone


def code_of(secret: str, *, later: int = 0) -> str:
    """Return the code that an authenticator app shows, `later` steps of 30 seconds from now."""
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 as apps do
    return totp.generate(int(now_utc().timestamp()) + 30 * later).decode()


async def log_in(api: ApiStage, person: Person, code: str | None = None) -> Answer:
    body: dict[str, Any] = {"email": person.email, "password": PASSWORD}
    return await api.ask("POST", "/auth/login", body if code is None else {**body, "code": code})


async def with_factor(api: ApiStage) -> tuple[Person, str, list[str]]:
    """Create a person with a second factor; return also its secret and the recovery codes."""
    mia = await someone(api)
    made = await mia.post("/auth/second-factor", {"password": PASSWORD})
    assert made.status == 200, made.body
    secret = made.body["secret"]
    # Use the present code: the next one stays free for a log-in, and this one is always valid.
    done = await mia.post("/auth/second-factor/confirm", {"code": code_of(secret)})
    assert done.status == 200, done.body
    return mia, secret, done.body["recovery_codes"]


async def test_it_is_set_up_with_an_app_and_asked_for_from_then_on(own_api: ApiStage) -> None:
    mia, secret, codes = await with_factor(own_api)
    assert len(set(codes)) == 10
    standing = (await mia.get("/auth/second-factor")).body
    assert standing == {"is_on": True, "is_required": False, "recovery_codes": 10}
    needed = await log_in(own_api, mia)
    assert (needed.status, needed.problem) == (401, "second-factor-needed")
    wrong = await log_in(own_api, mia, "000000")
    assert (wrong.status, wrong.problem) == (401, "bad-credentials")
    assert (await log_in(own_api, mia, code_of(secret, later=1))).status == 200
    assert len(await own_api.audit("second_factor.on")) == 1
    [failed] = await own_api.audit("log_in.failed")
    assert "second factor" in str(failed["details"])


async def test_what_an_app_needs_is_in_the_uri(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    made = (await mia.post("/auth/second-factor", {"password": PASSWORD})).body
    uri = urlsplit(made["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [made["secret"]]
    assert parse_qs(uri.query)["issuer"] == ["OsmoDesk"]
    kept = await own_api.rows("SELECT secret FROM second_factors")
    assert made["secret"] not in str(kept)


async def test_one_that_is_not_confirmed_does_not_count(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    first = (await mia.post("/auth/second-factor", {"password": PASSWORD})).body["secret"]
    assert (await log_in(own_api, mia)).status == 200
    second = (await mia.post("/auth/second-factor", {"password": PASSWORD})).body["secret"]
    assert first != second
    old = await mia.post("/auth/second-factor/confirm", {"code": code_of(first)})
    assert old.faults == {"code": "wrong"}
    for nonsense in ("", "12345", "abcdef", "\uff11" * 6, "0" * 41):
        answer = await mia.post("/auth/second-factor/confirm", {"code": nonsense})
        assert answer.status == 422


async def test_no_code_is_good_twice(own_api: ApiStage) -> None:
    mia, secret, codes = await with_factor(own_api)
    code, before = code_of(secret, later=1), code_of(secret)
    assert (await log_in(own_api, mia, code)).status == 200
    assert (await log_in(own_api, mia, code)).problem == "bad-credentials"
    assert (await log_in(own_api, mia, before)).problem == "bad-credentials"
    spoken = codes[0].lower().replace("-", " ")
    assert (await log_in(own_api, mia, spoken)).status == 200
    assert (await log_in(own_api, mia, codes[0])).problem == "bad-credentials"
    assert (await mia.get("/auth/second-factor")).body["recovery_codes"] == 9
    assert len(await own_api.audit("second_factor.recovered")) == 1


async def test_a_clock_that_is_30_seconds_off_is_forgiven_and_no_more(own_api: ApiStage) -> None:
    mia, secret, _ = await with_factor(own_api)
    assert (await log_in(own_api, mia, code_of(secret, later=5))).problem == "bad-credentials"
    assert (await log_in(own_api, mia, code_of(secret, later=1))).status == 200


async def test_setting_up_takes_the_password(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    answer = await mia.post("/auth/second-factor", {"password": "wrong password"})
    assert answer.faults == {"password": "wrong_password"}


async def test_another_one_only_after_the_first_is_off(own_api: ApiStage) -> None:
    mia, secret, _ = await with_factor(own_api)
    again = await mia.post("/auth/second-factor", {"password": PASSWORD})
    assert (again.status, again.problem) == (409, "conflict")
    off = {"password": PASSWORD, "code": "000000"}
    assert (await mia.post("/auth/second-factor/disable", off)).faults == {"code": "wrong"}
    off["code"] = code_of(secret, later=1)
    assert (await mia.post("/auth/second-factor/disable", off)).status == 204
    assert (await log_in(own_api, mia)).status == 200
    assert len(await own_api.audit("second_factor.off")) == 1


async def test_new_recovery_codes_void_the_old_ones(own_api: ApiStage) -> None:
    mia, secret, old = await with_factor(own_api)
    both = {"password": PASSWORD, "code": code_of(secret, later=1)}
    answer = await mia.post("/auth/second-factor/recovery-codes", both)
    new = answer.body["recovery_codes"]
    assert set(new).isdisjoint(old)
    assert (await log_in(own_api, mia, old[0])).problem == "bad-credentials"
    assert (await log_in(own_api, mia, new[0])).status == 200


async def test_who_must_have_one_can_do_nothing_before(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await someone(own_api)
    must = await ada.patch(f"/users/{mia.user_id}", {"second_factor_required": True})
    assert must.body["second_factor_required"] is True
    held_up = await mia.get("/agents")
    assert (held_up.status, held_up.problem) == (403, "second-factor-first")
    assert (await mia.patch("/auth/me", {"name": "Mia"})).status == 403
    assert (await mia.get("/auth/me")).body["must_enrol_second_factor"] is True
    # The routes that lead out of this state are open.
    assert (await log_in(own_api, mia)).status == 200
    secret = (await mia.post("/auth/second-factor", {"password": PASSWORD})).body["secret"]
    await mia.post("/auth/second-factor/confirm", {"code": code_of(secret)})
    assert (await mia.get("/agents")).status == 200


async def test_an_administrator_helps_who_lost_everything(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    mia, _, codes = await with_factor(own_api)
    assert (await ada.get(f"/users/{mia.user_id}")).body["second_factor_on"] is True
    assert (await ada.delete(f"/users/{mia.user_id}/second-factor")).status == 204
    assert (await log_in(own_api, mia)).status == 200
    assert (await mia.get("/auth/second-factor")).body["recovery_codes"] == 0
    [entry] = await own_api.audit("second_factor.off")
    assert entry["user_id"] == ada.user_id
    assert codes[0] not in str(await own_api.rows("SELECT * FROM recovery_codes"))


@pytest.mark.parametrize("code", ["", "x" * 41, 123456, None])
async def test_a_code_that_is_none_is_told(own_api: ApiStage, code: Any) -> None:
    mia = await someone(own_api)
    body = {"email": mia.email, "password": PASSWORD, "code": code}
    answer = await own_api.ask("POST", "/auth/login", body)
    assert answer.status == (200 if code is None else 422)


async def test_without_one_there_is_nothing_to_renew_or_switch_off(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    both = {"password": PASSWORD, "code": "000000"}
    for what in ("recovery-codes", "disable"):
        answer = await mia.post(f"/auth/second-factor/{what}", both)
        assert (answer.status, answer.problem) == (409, "conflict")


@pytest.mark.parametrize("what", ["recovery-codes", "disable"])
async def test_a_stolen_log_in_and_the_password_are_not_enough(
    own_api: ApiStage, what: str
) -> None:
    """Otherwise an attacker could guess codes as fast as passwords are hashed."""
    mia, _, _ = await with_factor(own_api)
    path = f"/auth/second-factor/{what}"
    assert (await mia.post(path, {"password": PASSWORD})).faults == {"code": "missing"}
    both = {"password": PASSWORD, "code": "000000"}
    refused = 0
    while (answer := await mia.post(path, both)).status == 422:
        assert answer.faults == {"code": "wrong"}
        refused += 1
        assert refused <= 12
    assert answer.problem == "too-many-requests"
    # The right password alone does not allow more attempts either.
    assert (await log_in(own_api, mia, "000000")).status == 429
    failed = await own_api.audit("proof.failed")
    assert len(failed) == refused >= 5
    assert "code" in str(failed[0]["details"])
    assert (await mia.get("/auth/second-factor")).body["recovery_codes"] == 10


async def test_another_secret_key_is_told_to_whom_it_keeps_out(migrated_url: str) -> None:
    async with run_api(migrated_url) as api:
        mia, secret, codes = await with_factor(api)
    async with run_api(migrated_url, secret_key="S" * 40) as api:
        with capture_logs() as said:
            answer = await log_in(api, mia, code_of(secret, later=1))
        assert (answer.status, answer.problem) == (503, "wrong-key")
        assert int(answer.headers["Retry-After"]) >= 1
        for way in ("SECRET_KEY", "recovery code", "drop-second-factor"):
            assert way in answer.body["detail"]
        [line] = [each for each in said if each["event"] == "api.wrong_secret_key"]
        assert "SECRET_KEY" in line["hint"]
        # The error is not the user's: no failure is counted, and routes without secrets still work.
        assert await api.audit("log_in.failed") == []
        assert (await log_in(api, mia, codes[0])).status == 200


async def test_the_password_alone_does_not_clear_the_count_of_guessed_codes(
    own_api: ApiStage,
) -> None:
    mia, _, _ = await with_factor(own_api)
    for _ in range(12):
        guess = await log_in(own_api, mia, "000000")
        if guess.status == 429:
            return
        assert guess.problem == "bad-credentials"
        # The right password, where no code is asked for.
        again = await mia.post("/auth/second-factor", {"password": PASSWORD})
        assert again.status in {409, 429}
    raise AssertionError("codes can be guessed without end")


async def test_guesses_at_the_first_code_wait_and_are_audited(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    await mia.post("/auth/second-factor", {"password": PASSWORD})
    tries = 0
    while tries < 12:
        guess = await mia.post("/auth/second-factor/confirm", {"code": "000000"})
        if guess.status == 429:
            break
        assert guess.faults == {"code": "wrong"}
        tries += 1
    assert 5 <= tries < 12
    failed = await own_api.audit("proof.failed")
    assert len(failed) == tries
    assert all("first code" in str(each["details"]) for each in failed)
