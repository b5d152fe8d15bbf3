"""Put content without a type of its own into words for staff: polls, events, invitations, orders.

The engines name the same things differently; the first name that is there counts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bridge.json_objects import as_mapping
from bridge.waha.convert.engine_message import EngineMessage
from bridge.waha.convert.message_kinds import Kind
from bridge.waha.convert.timestamps import to_datetime
from desk.texts import Translate

Json = Mapping[str, Any]
_MAX_LENGTH = 1000
_MAX_LINES = 50
_THOUSANDTHS = 1000


def summarize(message: EngineMessage, translate: Translate) -> str:
    """Describe a message in words; empty if this kind needs none or nothing is known of it."""
    describe = _SUMMARIES.get(message.kind)
    return describe(message.fields, translate) if describe is not None else ""


def summarize_ad(context: Json, translate: Translate) -> str:
    """Name the advertisement that led to a message; empty if none did."""
    ad = find_ad(context)
    words = (find_text(ad, "title"), find_text(ad, "body", "description"), ad_url(ad))
    what = " · ".join(dict.fromkeys(filter(None, words)))
    return translate("whatsapp.referral", what=what[:_MAX_LENGTH]) if what else ""


def find_ad(context: Json) -> Json:
    """Return the advertisement in a message's context; a shared link's preview is none."""
    ad = as_mapping(context.get("externalAdReply")) or context
    is_ad = any(ad.get(name) for name in ("ctwaClid", "sourceId", "sourceID", "ref"))
    is_ad = is_ad or find_text(ad, "sourceType").lower() == "ad"
    source = find_text(context, "conversionSource", "entryPointConversionSource")
    is_ad = is_ad or "ad" in source.lower()
    return ad if is_ad or ad.get("showAdAttribution") is True else {}


def ad_url(ad: Json) -> str:
    """Return the address of an advertisement."""
    return find_text(ad, "sourceUrl", "sourceURL", "mediaUrl", "mediaURL")


def find_text(fields: Json, *names: str) -> str:
    """Return the first of these fields that is a text with words, or an empty text."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()[:_MAX_LENGTH]
    return ""


def find_choice(fields: Json) -> str:
    """Return the words of the button, or of the entry in a list, that somebody chose."""
    listed = as_mapping(fields.get("listResponse")) or fields
    body = as_mapping(fields.get("body"))
    words = (
        find_text(fields, "selectedDisplayText", "selectedDisplayTextV2", "buttonText"),
        find_text(as_mapping(fields.get("Response")), "SelectedDisplayText"),
        find_text(listed, "title"),
        find_text(body, "text"),
        find_text(as_mapping(fields.get("nativeFlowResponseMessage")), "name"),
        find_text(fields, "body", "selectedId", "selectedButtonId", "selectedButtonID"),
    )
    return next(filter(None, words), "")


def _summarize_poll(fields: Json, translate: Translate) -> str:
    question = find_text(fields, "name", "pollName", "body") or "?"
    options = fields.get("options") or fields.get("pollOptions")
    return "\n".join(
        [translate("whatsapp_message.poll", question=question), *_list_options(options)]
    )


def _summarize_poll_result(fields: Json, translate: Translate) -> str:
    question = find_text(fields, "name", "pollName", "body") or "?"
    votes = fields.get("pollVotes") or fields.get("pollVotesSnapshot")
    return "\n".join(
        [translate("whatsapp_message.poll_result", question=question), *_list_options(votes)]
    )


def _list_options(options: object) -> Iterator[str]:
    for option in options[:_MAX_LINES] if isinstance(options, list) else ():
        fields = as_mapping(option)
        words = option if isinstance(option, str) else find_text(fields, "optionName", "name")
        votes = find_text(fields, "optionVoteCount", "count")
        if words:
            yield f"• {words[:_MAX_LENGTH]}" + (f": {votes}" if votes else "")


def _summarize_event(fields: Json, translate: Translate) -> str:
    is_cancelled = fields.get("isCanceled") is True or fields.get("isEventCanceled") is True
    place = as_mapping(fields.get("location")) or as_mapping(fields.get("eventLocation"))
    lines = [
        translate(
            "whatsapp_message.event_cancelled" if is_cancelled else "whatsapp_message.event",
            name=find_text(fields, "name", "eventName", "body") or "?",
        ),
        _format_time(fields.get("startTime") or fields.get("eventStartTime"), translate),
        find_text(place, "name", "address", "degreesLatitude"),
        find_text(fields, "description", "eventDescription"),
        find_text(fields, "joinLink", "eventJoinLink"),
    ]
    return _join(lines)


def _format_time(value: object, translate: Translate) -> str:
    try:
        at = to_datetime(float(value)) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return ""
    return translate("whatsapp_message.starts", time=at) if at else ""


def _summarize_group_invite(fields: Json, translate: Translate) -> str:
    name = find_text(fields, "groupName", "inviteGrpName") or "?"
    code = find_text(fields, "inviteCode")
    link = f"https://chat.whatsapp.com/{code}" if code else ""
    words = find_text(fields, "caption", "body", "comment")
    return _join([translate("whatsapp_message.group_invite", name=name), words, link])


def _summarize_channel_invite(fields: Json, translate: Translate) -> str:
    name = find_text(fields, "newsletterName") or "?"
    return _join(
        [translate("whatsapp_message.channel_invite", name=name), find_text(fields, "caption")]
    )


def _summarize_product(fields: Json, translate: Translate) -> str:
    product = as_mapping(fields.get("product")) or fields
    lines = [
        translate(
            "whatsapp_message.shared_product", name=find_text(product, "title", "body") or "?"
        ),
        _format_amount(product, "priceAmount1000", "currencyCode"),
        find_text(product, "description"),
        find_text(fields, "body") if product is not fields else "",
        find_text(product, "url", "productURL"),
    ]
    return _join(lines)


def _summarize_order(fields: Json, translate: Translate) -> str:
    count = find_text(fields, "itemCount") or "?"
    lines = [
        translate("whatsapp_message.placed_order", count=count),
        find_text(fields, "orderTitle", "title"),
        _format_amount(fields, "totalAmount1000", "totalCurrencyCode"),
        find_text(fields, "message", "body"),
    ]
    return _join(lines)


def _summarize_invoice(fields: Json, translate: Translate) -> str:
    return translate("whatsapp_message.invoice", note=find_text(fields, "note") or "?")


def _summarize_payment(fields: Json, translate: Translate) -> str:
    if find_text(fields, "subtype") == "request":
        return _summarize_payment_request(fields, translate)
    amount = _find_amount(fields)
    first = translate("whatsapp_message.payment_sent_of", amount=amount) if amount else ""
    return _join([first or translate("whatsapp_message.payment_sent"), _find_note(fields)])


def _summarize_payment_request(fields: Json, translate: Translate) -> str:
    amount = _find_amount(fields)
    first = translate("whatsapp_message.payment_request_of", amount=amount) if amount else ""
    return _join([first or translate("whatsapp_message.payment_request"), _find_note(fields)])


def _find_amount(fields: Json) -> str:
    inner = as_mapping(fields.get("amount"))
    return (
        _format_amount(fields, "amount1000", "currencyCodeIso4217")
        or _format_amount(fields, "paymentAmount1000", "paymentCurrency")
        or _format_amount(inner, "value", "currencyCode", unit=_to_unit(inner.get("offset")))
    )


def _find_note(fields: Json) -> str:
    note = as_mapping(fields.get("noteMessage")) or as_mapping(fields.get("paymentNoteMsg"))
    extended = as_mapping(note.get("extendedTextMessage"))
    return find_text(extended, "text") or find_text(note, "conversation", "body")


def _to_unit(offset: object) -> int:
    return offset if isinstance(offset, int) and offset > 0 else _THOUSANDTHS


def _format_amount(fields: Json, amount: str, currency: str, *, unit: int = _THOUSANDTHS) -> str:
    """Format an amount that WhatsApp gives in thousandths, as in `12.50 USD`."""
    try:
        value = float(find_text(fields, amount)) / unit
    except ValueError:
        return ""
    return f"{value:,.2f} {find_text(fields, currency)}".strip()


def _summarize_sticker_pack(fields: Json, translate: Translate) -> str:
    return translate("whatsapp_message.sticker_pack", name=find_text(fields, "name", "body") or "?")


def _summarize_lottie(fields: Json, translate: Translate) -> str:
    del fields
    return translate("whatsapp_message.moving_sticker")


def _summarize_scheduled_call(fields: Json, translate: Translate) -> str:
    title = find_text(fields, "title", "scheduledEventTitle", "body") or "?"
    start = fields.get("scheduledTimestampMs") or fields.get("scheduledEventStartTime")
    return _join(
        [translate("whatsapp_message.scheduled_call", title=title), _format_time(start, translate)]
    )


def _summarize_business_message(fields: Json, translate: Translate) -> str:
    del translate
    template = as_mapping(fields.get("hydratedTemplate")) or as_mapping(
        fields.get("hydratedFourRowTemplate")
    )
    header, body = as_mapping(fields.get("header")), as_mapping(fields.get("body"))
    lines = [
        find_text(template, "hydratedTitleText"),
        find_text(header, "title"),
        find_text(fields, "title", "text"),
        find_text(template, "hydratedContentText"),
        find_text(body, "text"),
        find_text(fields, "contentText", "description", "body"),
        find_text(template, "hydratedFooterText"),
        find_text(as_mapping(fields.get("footer")), "text") or find_text(fields, "footerText"),
    ]
    return _join([*dict.fromkeys(lines)])


def _join(lines: list[str]) -> str:
    return "\n".join(filter(None, lines))


_SUMMARIES: dict[Kind, Callable[[Json, Translate], str]] = {
    Kind.POLL: _summarize_poll,
    Kind.POLL_RESULT: _summarize_poll_result,
    Kind.EVENT: _summarize_event,
    Kind.GROUP_INVITE: _summarize_group_invite,
    Kind.CHANNEL_INVITE: _summarize_channel_invite,
    Kind.PRODUCT: _summarize_product,
    Kind.ORDER: _summarize_order,
    Kind.INVOICE: _summarize_invoice,
    Kind.PAYMENT: _summarize_payment,
    Kind.PAYMENT_REQUEST: _summarize_payment_request,
    Kind.STICKER_PACK: _summarize_sticker_pack,
    Kind.LOTTIE_STICKER: _summarize_lottie,
    Kind.SCHEDULED_CALL: _summarize_scheduled_call,
    Kind.BUSINESS_MESSAGE: _summarize_business_message,
}
