"""List the kinds of messages: what people send, and what apps only tell each other.

WhatsApp Web gives each message a `type`; NOWEB and GOWS name the field of WhatsApp's protocol that
holds the content. A kind that is not listed is nothing that a person is known to have sent.
"""

from enum import Enum, auto


class Kind(Enum):
    """What a message is."""

    TEXT = auto()
    IMAGE = auto()
    VIDEO = auto()
    VIDEO_NOTE = auto()
    AUDIO = auto()
    VOICE = auto()
    DOCUMENT = auto()
    STICKER = auto()
    LOTTIE_STICKER = auto()
    STICKER_PACK = auto()
    LOCATION = auto()
    LIVE_LOCATION = auto()
    CONTACT = auto()
    CHOICE = auto()  # a press of a button, an entry of a list, a filled-in form
    POLL = auto()
    POLL_RESULT = auto()
    EVENT = auto()
    GROUP_INVITE = auto()
    CHANNEL_INVITE = auto()
    PRODUCT = auto()
    ORDER = auto()
    INVOICE = auto()
    PAYMENT = auto()
    PAYMENT_REQUEST = auto()
    SCHEDULED_CALL = auto()
    BUSINESS_MESSAGE = auto()  # a text with buttons, as businesses send it

    CALL = auto()
    # WhatsApp could not decrypt it, or has not yet.
    PLACEHOLDER = auto()
    SECURITY_CODE = auto()
    # Between apps: nobody wrote it.
    NOTICE = auto()
    UNKNOWN = auto()


FILES = {
    Kind.IMAGE,
    Kind.VIDEO,
    Kind.VIDEO_NOTE,
    Kind.AUDIO,
    Kind.VOICE,
    Kind.DOCUMENT,
    Kind.STICKER,
}

# WhatsApp Web's types.
WEB_TYPES = {
    "chat": Kind.TEXT,
    "text": Kind.TEXT,
    "oversized": Kind.TEXT,
    "comment": Kind.TEXT,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "gif": Kind.VIDEO,
    "ptv": Kind.VIDEO_NOTE,
    "audio": Kind.AUDIO,
    "ptt": Kind.VOICE,
    "voice": Kind.VOICE,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "sticker-pack": Kind.STICKER_PACK,
    "sticker_pack": Kind.STICKER_PACK,
    "location": Kind.LOCATION,
    "live_location": Kind.LIVE_LOCATION,
    "vcard": Kind.CONTACT,
    "multi_vcard": Kind.CONTACT,
    "contact_card": Kind.CONTACT,
    "contact_card_multi": Kind.CONTACT,
    "list_response": Kind.CHOICE,
    "buttons_response": Kind.CHOICE,
    "template_button_reply": Kind.CHOICE,
    "interactive_response": Kind.CHOICE,
    "poll_creation": Kind.POLL,
    "poll": Kind.POLL,
    "poll_result_snapshot": Kind.POLL_RESULT,
    "event_creation": Kind.EVENT,
    "event": Kind.EVENT,
    "groups_v4_invite": Kind.GROUP_INVITE,
    "newsletter_admin_invite": Kind.CHANNEL_INVITE,
    "product": Kind.PRODUCT,
    "order": Kind.ORDER,
    "payment": Kind.PAYMENT,
    "payment_request": Kind.PAYMENT_REQUEST,
    "scheduled_event_creation": Kind.SCHEDULED_CALL,
    "scheduled_call_creation": Kind.SCHEDULED_CALL,
    "list": Kind.BUSINESS_MESSAGE,
    "buttons": Kind.BUSINESS_MESSAGE,
    "hsm": Kind.BUSINESS_MESSAGE,
    "template": Kind.BUSINESS_MESSAGE,
    "interactive": Kind.BUSINESS_MESSAGE,
    "native_flow": Kind.BUSINESS_MESSAGE,
    "call_log": Kind.CALL,
    "ciphertext": Kind.PLACEHOLDER,
    "biz_content_placeholder": Kind.PLACEHOLDER,
    "album": Kind.NOTICE,
    "broadcast_notification": Kind.NOTICE,
    "debug": Kind.NOTICE,
    "e2e_notification": Kind.NOTICE,
    "gp2": Kind.NOTICE,
    "group_notification": Kind.NOTICE,
    "keep_in_chat": Kind.NOTICE,
    "newsletter_notification": Kind.NOTICE,
    "notification": Kind.NOTICE,
    "notification_template": Kind.NOTICE,
    "pinned_message": Kind.NOTICE,
    "poll_update": Kind.NOTICE,
    "protocol": Kind.NOTICE,
    "reaction": Kind.NOTICE,
    "reaction_enc": Kind.NOTICE,
    "revoked": Kind.NOTICE,
    "event_response": Kind.NOTICE,
}

# Fields that hold another message of the protocol, which is what was sent.
WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "deviceSentMessage",
    "lottieStickerMessage",
    "groupMentionedMessage",
    "botInvokeMessage",
    "botForwardedMessage",
    "associatedChildMessage",
    "limitSharingMessage",
    "eventCoverImage",
    "pollCreationMessageV4",
    "spoilerMessage",
    "questionMessage",
    "editedMessage",
)
VIEW_ONCE_WRAPPERS = {"viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension"}

# The fields of WhatsApp's protocol.
PROTOCOL_FIELDS = {
    "conversation": Kind.TEXT,
    "extendedTextMessage": Kind.TEXT,
    "commentMessage": Kind.TEXT,
    "questionResponseMessage": Kind.TEXT,
    "imageMessage": Kind.IMAGE,
    "videoMessage": Kind.VIDEO,
    "ptvMessage": Kind.VIDEO_NOTE,
    "audioMessage": Kind.AUDIO,
    "documentMessage": Kind.DOCUMENT,
    "stickerMessage": Kind.STICKER,
    "stickerPackMessage": Kind.STICKER_PACK,
    "locationMessage": Kind.LOCATION,
    "liveLocationMessage": Kind.LIVE_LOCATION,
    "contactMessage": Kind.CONTACT,
    "contactsArrayMessage": Kind.CONTACT,
    "templateButtonReplyMessage": Kind.CHOICE,
    "buttonsResponseMessage": Kind.CHOICE,
    "listResponseMessage": Kind.CHOICE,
    "interactiveResponseMessage": Kind.CHOICE,
    "pollCreationMessage": Kind.POLL,
    "pollCreationMessageV2": Kind.POLL,
    "pollCreationMessageV3": Kind.POLL,
    "pollCreationMessageV5": Kind.POLL,
    "pollCreationMessageV6": Kind.POLL,
    "pollResultSnapshotMessage": Kind.POLL_RESULT,
    "pollResultSnapshotMessageV3": Kind.POLL_RESULT,
    "eventMessage": Kind.EVENT,
    "groupInviteMessage": Kind.GROUP_INVITE,
    "newsletterAdminInviteMessage": Kind.CHANNEL_INVITE,
    "newsletterFollowerInviteMessageV2": Kind.CHANNEL_INVITE,
    "productMessage": Kind.PRODUCT,
    "orderMessage": Kind.ORDER,
    "invoiceMessage": Kind.INVOICE,
    "sendPaymentMessage": Kind.PAYMENT,
    "requestPaymentMessage": Kind.PAYMENT_REQUEST,
    "scheduledCallCreationMessage": Kind.SCHEDULED_CALL,
    "buttonsMessage": Kind.BUSINESS_MESSAGE,
    "highlyStructuredMessage": Kind.BUSINESS_MESSAGE,
    "interactiveMessage": Kind.BUSINESS_MESSAGE,
    "listMessage": Kind.BUSINESS_MESSAGE,
    "templateMessage": Kind.BUSINESS_MESSAGE,
    "richResponseMessage": Kind.BUSINESS_MESSAGE,
    "callLogMesssage": Kind.CALL,  # the protocol's own spelling
    "callLogMessage": Kind.CALL,
    "bcallMessage": Kind.CALL,
    "placeholderMessage": Kind.PLACEHOLDER,
    "albumMessage": Kind.NOTICE,
    "call": Kind.NOTICE,
    "cancelPaymentRequestMessage": Kind.NOTICE,
    "chat": Kind.NOTICE,
    "declinePaymentRequestMessage": Kind.NOTICE,
    "encCommentMessage": Kind.NOTICE,
    "encEventResponseMessage": Kind.NOTICE,
    "encReactionMessage": Kind.NOTICE,
    "fastRatchetKeySenderKeyDistributionMessage": Kind.NOTICE,
    "keepInChatMessage": Kind.NOTICE,
    "messageHistoryBundle": Kind.NOTICE,
    "messageHistoryNotice": Kind.NOTICE,
    "paymentInviteMessage": Kind.NOTICE,
    "pinInChatMessage": Kind.NOTICE,
    "pollUpdateMessage": Kind.NOTICE,
    "protocolMessage": Kind.NOTICE,
    "reactionMessage": Kind.NOTICE,
    "requestPhoneNumberMessage": Kind.NOTICE,
    "scheduledCallEditMessage": Kind.NOTICE,
    "secretEncryptedMessage": Kind.NOTICE,
    "senderKeyDistributionMessage": Kind.NOTICE,
    "statusMentionMessage": Kind.NOTICE,
    "groupStatusMentionMessage": Kind.NOTICE,
    "statusNotificationMessage": Kind.NOTICE,
    "statusAddYours": Kind.NOTICE,
    "stickerSyncRmrMessage": Kind.NOTICE,
}
# These come beside the content, and say nothing about it.
BESIDE_CONTENT = {
    "messageContextInfo",
    "senderKeyDistributionMessage",
    "fastRatchetKeySenderKeyDistributionMessage",
}
