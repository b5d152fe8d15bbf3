"""The doctor warns of what others can read or pretend."""

from pathlib import Path

from desk.setup.findings import Severity
from scripts.configuration.settings import Settings
from scripts.doctor.exposure import check_files, check_proxies


def settings(**chosen: object) -> Settings:
    return Settings(_env_file=None, **chosen)  # type: ignore[call-arg, arg-type]


def test_a_public_address_without_a_named_proxy() -> None:
    public = {"public_url": "https://desk.example.com"}
    [warning] = check_proxies(settings(**public))
    assert warning.severity is Severity.WARN
    assert "TRUSTED_PROXIES" in warning.remedy
    assert not [*check_proxies(settings(**public, trusted_proxies="127.0.0.1"))]
    assert not [*check_proxies(settings())]


def test_files_that_others_can_read(tmp_path: Path) -> None:
    env, database = tmp_path / ".env", tmp_path / "desk.db"
    for each in (env, database):
        each.touch(0o600)
    chosen = settings(database_url=f"sqlite+aiosqlite:///{database}")
    [fine] = check_files(chosen, env)
    assert fine.severity is Severity.OK
    for each in (env, database):
        each.chmod(0o644)
    found = [*check_files(chosen, env)]
    assert [each.severity for each in found] == [Severity.WARN] * 2
    assert [each.remedy for each in found] == [f"chmod 600 {env}", f"chmod 600 {database}*"]
