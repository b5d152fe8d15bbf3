"""Say Meta's errors and codes in words for staff, with pure functions."""

import re
from collections.abc import Sequence

from bridge.cloud.receiving.webhook_models import WebhookError
from desk.texts import Translate

_MAX_WORDS = 300
# Words that are a name for programs.
_CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
# Meta's code → our own words, which say what it means for staff.
_KNOWN_CODES = {
    **dict.fromkeys(("130501", "131051"), "unsupported"),
    "131060": "unavailable",
    **dict.fromkeys(("1", "2", "131000", "131016", "135000"), "went_wrong"),
    "131052": "media_download",
    "131053": "media_upload",
    **dict.fromkeys(("4", "80007", "130429", "131048", "131056"), "too_busy"),
    **dict.fromkeys(("0", "3", "10", "190", "131005"), "no_access"),
    **dict.fromkeys(("368", "131031"), "locked"),
    "131042": "unpaid",
}
# The owner of the phone does not share what was written before it was connected.
HISTORY_DECLINED = "2593109"


def describe_error(error: WebhookError, translate: Translate) -> str:
    """Describe an error in our words if its code is known, or else in Meta's; without the code."""
    key = _KNOWN_CODES.get(error.code or "")
    if key is not None:
        return translate(f"whatsapp_error.{key}")
    details = error.error_data.details if error.error_data else None
    words = next(filter(None, (details, error.details, error.title, error.message)), None)
    if not words:
        return translate("whatsapp_error.no_words")
    shown = humanize(words) if _CODE.fullmatch(words) else words[:_MAX_WORDS]
    return translate("whatsapp_error.other", words=shown)


def describe_errors(errors: Sequence[WebhookError], translate: Translate) -> str:
    """Describe several errors, each of them once."""
    said = dict.fromkeys(describe_error(each, translate) for each in errors[:3])
    return " ".join(said) or translate("whatsapp_error.no_words")


def humanize(code: str | None) -> str:
    """Turn a code of Meta's that has no words of ours into readable ones: `TIER_1K` → `tier 1k`."""
    return " ".join((code or "?").replace("_", " ").split()).lower()[:_MAX_WORDS]
