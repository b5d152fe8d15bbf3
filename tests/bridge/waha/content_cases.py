"""List bodies of every kind of content, in the shape of every engine."""

from tests.bridge.waha.body_cases import inbound
from tests.bridge.waha.case_builders import none, one, stub
from tests.bridge.waha.engines import base, gows, media, noweb, webjs

_CARD = (
    "BEGIN:VCARD\nVERSION:3.0\nFN:Jo Poe\nTEL;waid=62811:+62 811\nTEL:+62 822\n"
    "EMAIL:j@p.id\nEND:VCARD"
)


NOTICES = [
    *(
        none(f"webjs-{kind}", webjs, kind, body)
        for kind, body in (
            ("album", ""),
            ("gp2", ""),
            ("notification", ""),
            ("notification_template", "This business uses a secure service"),
            ("broadcast_notification", ""),
            ("protocol", ""),
            ("pinned_message", "a pinned text"),
            ("keep_in_chat", ""),
            ("poll_update", ""),
            ("reaction", "👍"),
            ("revoked", ""),
            ("e2e_notification", ""),
            ("call_log", ""),
            ("debug", ""),
            ("something_new", ""),
        )
    ),
    none("webjs-identity", webjs, "e2e_notification", data={"subtype": "identity"}),
    *(
        none(f"{build.__name__}-{field}", build, {field: {"x": 1}, "messageContextInfo": {}})
        for build in (noweb, gows)
        for field in (
            "albumMessage",
            "encReactionMessage",
            "keepInChatMessage",
            "pinInChatMessage",
            "pollUpdateMessage",
            "protocolMessage",
            "reactionMessage",
            "secretEncryptedMessage",
            "senderKeyDistributionMessage",
            "somethingNewMessage",
        )
    ),
    none("noweb-context-alone", noweb, {"messageContextInfo": {"messageSecret": "x"}}),
    none("noweb-empty", noweb, {}),
    none("no-data-at-all", base),
    none(
        "noweb-wrapped-protocol",
        noweb,
        {"ephemeralMessage": {"message": {"protocolMessage": {"type": "REVOKE"}}}},
    ),
]

_POLL = {"name": "Which?", "options": [{"optionName": "Red"}, {"optionName": "Blue"}]}
_INVITE = {"groupName": "Cyclists", "inviteCode": "AbC", "caption": "Join us"}
_AD = {
    "externalAdReply": {
        "title": "Red shoes",
        "body": "Half price",
        "sourceType": "ad",
        "sourceId": "120",
        "sourceUrl": "https://fb.me/x",
        "ctwaClid": "clid",
    }
}
_PREVIEW = {"externalAdReply": {"title": "A page", "sourceUrl": "https://example.com"}}
READABLE = [
    one("noweb-poll", noweb, {"pollCreationMessage": _POLL}, right=inbound("TEXT", "• Blue")),
    one(
        "webjs-poll",
        webjs,
        "poll_creation",
        "Which?",
        data={"pollName": "Which?", "pollOptions": [{"name": "Red"}, {"name": "Blue"}]},
        right=inbound("TEXT", "Poll: Which?\n• Red\n• Blue"),
    ),
    one(
        "webjs-event",
        webjs,
        "event_creation",
        data={"eventName": "Party", "eventStartTime": 1_778_552_560},
        right=inbound("TEXT", "Event: Party\nStarts: 2026-05-12"),
    ),
    one(
        "gows-event-cancelled",
        gows,
        {"eventMessage": {"name": "Party", "isCanceled": True, "location": {"name": "Hall"}}},
        right=inbound("TEXT", "Cancelled event: Party\nHall"),
    ),
    one(
        "noweb-invite",
        noweb,
        {"groupInviteMessage": _INVITE},
        right=inbound(
            "LINK", "the WhatsApp group Cyclists\nJoin us\nhttps://chat.whatsapp.com/AbC"
        ),
    ),
    one(
        "webjs-invite",
        webjs,
        "groups_v4_invite",
        data={"inviteGrpName": "Cyclists", "inviteCode": "AbC"},
        right=inbound("LINK", "the WhatsApp group Cyclists"),
    ),
    one(
        "webjs-product",
        webjs,
        "product",
        data={"title": "Shoe", "priceAmount1000": 12_500, "currencyCode": "IDR"},
        right=inbound("TEXT", "Product: Shoe\n12.50 IDR"),
    ),
    one(
        "noweb-order",
        noweb,
        {
            "orderMessage": {
                "itemCount": 2,
                "message": "by Friday",
                "totalAmount1000": "20000",
                "totalCurrencyCode": "USD",
            }
        },
        right=inbound("TEXT", "number of items: 2\n20.00 USD\nby Friday"),
    ),
    one("webjs-order", webjs, "order", data={"itemCount": 3}, right=inbound("TEXT", "items: 3")),
    one(
        "gows-payment-sent",
        gows,
        {"sendPaymentMessage": {"noteMessage": {"extendedTextMessage": {"text": "rent"}}}},
        right=inbound("TEXT", "Payment"),
    ),
    one(
        "noweb-payment-request-with-note",
        noweb,
        {
            "requestPaymentMessage": {
                "amount": {"value": "150000", "offset": 100, "currencyCode": "INR"},
                "noteMessage": {"extendedTextMessage": {"text": "lunch"}},
            }
        },
        right=inbound("TEXT", "Payment request: 1,500.00 INR\nlunch"),
    ),
    one(
        "noweb-sticker-pack",
        noweb,
        {"stickerPackMessage": {"name": "Cats"}},
        right=inbound("TEXT", "Sticker pack: Cats"),
    ),
    one(
        "webjs-view-once",
        webjs,
        "video",
        data={"isViewOnce": True},
        hasMedia=True,
        right=inbound("OTHER", "A video that can be viewed only once"),
    ),
    one(
        "noweb-view-once-stub",
        noweb,
        None,
        data={"messageStubType": 2, "key": {"isViewOnce": True}},
        right=inbound("OTHER", "viewed only once"),
    ),
    one(
        "noweb-view-once-with-file",
        noweb,
        {"viewOnceMessageV2": {"message": {"imageMessage": {"viewOnce": True}}}},
        right=inbound("IMAGE"),
        **media("image/jpeg"),
    ),
    one("noweb-ciphertext", stub, 2, right=inbound("OTHER", "could not show")),
    one(
        "noweb-button",
        noweb,
        {"templateButtonReplyMessage": {"selectedDisplayText": "Yes, today", "selectedId": "y"}},
        right=inbound("TEXT", "Yes, today"),
    ),
    one(
        "gows-button",
        gows,
        {"buttonsResponseMessage": {"selectedDisplayText": "No", "selectedButtonID": "n"}},
        right=inbound("TEXT", "No"),
    ),
    one(
        "noweb-list",
        noweb,
        {"listResponseMessage": {"title": "Option two"}},
        right=inbound("TEXT", "Option two"),
    ),
    one(
        "gows-interactive",
        gows,
        {"interactiveResponseMessage": {"body": {"text": "Confirmed"}}},
        right=inbound("TEXT", "Confirmed"),
    ),
    one(
        "noweb-text-in-data",
        noweb,
        {"ephemeralMessage": {"message": {"extendedTextMessage": {"text": "wrapped"}}}},
        right=inbound("TEXT", "wrapped"),
    ),
    one(
        "noweb-ad",
        noweb,
        {"extendedTextMessage": {"text": "How much?", "contextInfo": _AD}},
        body="How much?",
        right=inbound("LINK", "How much?\n\nCame from an ad: Red shoes · Half price"),
    ),
    one(
        "webjs-ad",
        webjs,
        "chat",
        "How much?",
        data={"ctwaContext": {"title": "Red shoes", "sourceId": "1", "sourceUrl": "https://x.y"}},
        right=inbound("LINK", "Came from an ad: Red shoes"),
    ),
    one(
        "noweb-forwarded",
        noweb,
        {"extendedTextMessage": {"text": "news", "contextInfo": {"isForwarded": True}}},
        body="news",
        right={**inbound("TEXT", "news"), "shows": ("Forwarded", "news")},
    ),
    one(
        "gows-quote-of-another-chat",
        gows,
        {"conversation": "this one?"},
        body="this one?",
        replyTo={"id": "3AELSEWHERE", "body": "the red shoes"},
        right={**inbound("TEXT", "this one?"), "shows": ("the red shoes", "this one?")},
    ),
    one(
        "noweb-preview-is-no-ad",
        noweb,
        {"extendedTextMessage": {"text": "see this", "contextInfo": _PREVIEW}},
        body="see this",
        right={**inbound("TEXT", "see this"), "hides": ("ad:",)},
    ),
]

FILES = [
    one(
        "noweb-voice",
        noweb,
        {"audioMessage": {"ptt": True, "mimetype": "audio/ogg; codecs=opus"}},
        right=inbound("VOICE"),
        **media("audio/ogg; codecs=opus"),
    ),
    one(
        "gows-voice",
        gows,
        {"audioMessage": {"PTT": True}},
        right=inbound("VOICE"),
        **media("audio/ogg; codecs=opus"),
    ),
    one("webjs-audio", webjs, "audio", right=inbound("AUDIO"), **media("audio/ogg; codecs=opus")),
    one("webjs-ptt", webjs, "ptt", right=inbound("VOICE"), **media("audio/ogg")),
    one(
        "webjs-picture-as-document",
        webjs,
        "document",
        right=inbound("FILE"),
        **media("image/png", filename="plan.png"),
    ),
    one(
        "noweb-picture-as-document",
        noweb,
        {
            "documentWithCaptionMessage": {
                "message": {"documentMessage": {"caption": "the plan", "fileName": "plan.png"}}
            }
        },
        right=inbound("FILE", "the plan"),
        **media("image/png"),
    ),
    one(
        "gows-webp-picture",
        gows,
        {"imageMessage": {"mimetype": "image/webp"}},
        right=inbound("IMAGE"),
        **media("image/webp"),
    ),
    one(
        "noweb-video-note",
        noweb,
        {"ptvMessage": {"mimetype": "video/mp4"}},
        right=inbound("VIDEO_NOTE"),
        **media("video/mp4"),
    ),
    one(
        "webjs-lottie",
        webjs,
        "sticker",
        data={"isLottie": True},
        right=inbound("TEXT", "animated sticker"),
        **media("application/was"),
    ),
    one(
        "webjs-file-with-an-error",
        webjs,
        "video",
        "look",
        right=inbound("VIDEO", "look"),
        **media(None, url=None, error={"message": "timed out"}),
    ),
    one(
        "gows-file-not-had",
        gows,
        {"videoMessage": {"caption": "see"}},
        hasMedia=True,
        right=inbound("VIDEO", "see"),
    ),
]

_QUOTED = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Andr=C3=A9 =\r\nM=C3=BCller\r\n"
    "TEL;CELL:+15550003334\r\nEND:VCARD"
)
CONTACTS_AND_PLACES = [
    one("noweb-card", noweb, {}, vCards=[_CARD], right=inbound("CONTACT", "+62 822 · j@p.id")),
    one("webjs-quoted-card", webjs, "vcard", vCards=[_QUOTED], right=inbound("CONTACT")),
    one("webjs-card-in-the-body", webjs, "vcard", _CARD, right=inbound("CONTACT", "+62 822")),
    one(
        "gows-cards-in-data",
        gows,
        {"contactsArrayMessage": {"contacts": [{"vcard": _CARD}, {"vcard": _QUOTED}]}},
        right=inbound("CONTACT", "André Müller · +15550003334"),
    ),
    one(
        "noweb-card-without-number",
        noweb,
        {"contactMessage": {"displayName": "Jo"}},
        vCards=["BEGIN:VCARD\nFN:Jo\nEMAIL:jo@p.id\nEND:VCARD"],
        right=inbound("TEXT", "Contact: Jo · jo@p.id"),
    ),
    one(
        "gows-latitude-left-out",
        gows,
        {"locationMessage": {"degreesLongitude": 32.5}},
        location={"longitude": "32.5", "name": "Equator"},
        right=inbound("LOCATION"),
    ),
    one(
        "noweb-location-in-data",
        noweb,
        {"locationMessage": {"degreesLatitude": 1.5, "degreesLongitude": 2.5}},
        right=inbound("LOCATION"),
    ),
    one(
        "noweb-live-location",
        noweb,
        {
            "liveLocationMessage": {
                "degreesLatitude": 1.5,
                "degreesLongitude": 2.5,
                "caption": "on my way",
            }
        },
        right=inbound("LOCATION", "on my way"),
    ),
]
