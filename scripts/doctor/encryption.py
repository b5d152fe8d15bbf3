"""Check that every stored secret is encrypted with the present SECRET_KEY."""

from db.database import Database
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from scripts.configuration.settings import Settings
from scripts.upkeep.reseal import count_by_key

_SECRETS = "secrets"


async def check_secrets(settings: Settings, database: Database) -> CheckResult:
    """Check whether a stored secret needs another key than SECRET_KEY."""
    counts = await count_by_key(database, settings.secret_keys)
    if counts.unreadable:
        text = (
            f"{len(counts.unreadable)} cannot be decrypted with this SECRET_KEY or SECRET_KEY_OLD: "
            f"{counts.describe_unreadable()}"
        )
        remedy = "set SECRET_KEY_OLD to the key that encrypted them, or enter them again"
        return report_error(_SECRETS, text, remedy)
    if counts.old:
        text = f"{counts.old} are still encrypted with SECRET_KEY_OLD"
        return report_warning(_SECRETS, text, "osmodesk db reseal, then remove SECRET_KEY_OLD")
    if settings.secret_key_old is not None:
        text = f"all {counts.current} are encrypted with SECRET_KEY: SECRET_KEY_OLD can be removed"
        return report_ok(_SECRETS, text)
    return report_ok(_SECRETS, f"all {counts.current} can be decrypted with SECRET_KEY")
