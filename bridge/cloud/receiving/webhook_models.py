"""Models of webhook items; any field may be missing, and an invalid value counts as missing.

So an incomplete item is parsed as far as possible. Code that needs a missing field raises an error
itself.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WrapValidator

T = TypeVar("T")


def _to_text(value: object) -> str | None:
    """Accept a text, or a number as its digits."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None


def _read_or_none(value: object, read: Callable[[object], Any]) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _keep_objects(value: object) -> list[Any]:
    """Keep only the objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


LenientText = Annotated[str | None, BeforeValidator(_to_text)]
Lenient = Annotated[T | None, WrapValidator(_read_or_none)]
LenientList = Annotated[list[T], BeforeValidator(_keep_objects)]


class WebhookModel(BaseModel):
    """A part of an item; unknown fields are ignored."""

    model_config = ConfigDict(defer_build=True, extra="ignore", populate_by_name=True)


class Metadata(WebhookModel):
    display_phone_number: LenientText = None
    phone_number_id: LenientText = None


class Profile(WebhookModel):
    name: LenientText = None
    username: LenientText = None


class Contact(WebhookModel):
    """The author of a message, or the recipient of a status."""

    profile: Lenient[Profile] = None
    wa_id: LenientText = None
    user_id: LenientText = None


class ErrorData(WebhookModel):
    details: LenientText = None


class WebhookError(WebhookModel):
    """An error in a webhook."""

    code: LenientText = None
    title: LenientText = None
    message: LenientText = None
    details: LenientText = None
    error_data: Lenient[ErrorData] = None


class Text(WebhookModel):
    body: LenientText = None


class Media(WebhookModel):
    id: LenientText = None
    mime_type: LenientText = None
    sha256: LenientText = None
    caption: LenientText = None
    filename: LenientText = None
    voice: Lenient[bool] = None
    file_size: Lenient[int] = None


class Location(WebhookModel):
    latitude: Lenient[float] = None
    longitude: Lenient[float] = None
    name: LenientText = None
    address: LenientText = None
    url: LenientText = None


class SharedName(WebhookModel):
    formatted_name: LenientText = None
    first_name: LenientText = None
    last_name: LenientText = None


class SharedPhone(WebhookModel):
    phone: LenientText = None
    wa_id: LenientText = None


class SharedEmail(WebhookModel):
    email: LenientText = None


class SharedCompany(WebhookModel):
    company: LenientText = None
    department: LenientText = None
    title: LenientText = None


class SharedContact(WebhookModel):
    """A shared contact."""

    name: Lenient[SharedName] = None
    phones: LenientList[SharedPhone] = []
    emails: LenientList[SharedEmail] = []
    org: Lenient[SharedCompany] = None
    vcard: LenientText = None
    # "contact_request": the customer's own card, which we asked for.
    origin: LenientText = None


class Button(WebhookModel):
    text: LenientText = None
    payload: LenientText = None


class Choice(WebhookModel):
    id: LenientText = None
    title: LenientText = None
    description: LenientText = None


class Form(WebhookModel):
    name: LenientText = None
    body: LenientText = None
    response_json: Any = None


class CallPermission(WebhookModel):
    """The answer to our question whether we may call."""

    response: LenientText = None
    is_permanent: Lenient[bool] = None
    expiration_timestamp: LenientText = None


class Question(WebhookModel):
    text: LenientText = None


class Interactive(WebhookModel):
    type: LenientText = None
    body: Lenient[Question] = None
    call_permission_reply: Lenient[CallPermission] = None
    button_reply: Lenient[Choice] = None
    list_reply: Lenient[Choice] = None
    nfm_reply: Lenient[Form] = None


class Reaction(WebhookModel):
    """A reaction; without an emoji it removes the previous one."""

    message_id: LenientText = None
    emoji: LenientText = None


class Product(WebhookModel):
    catalog_id: LenientText = None
    product_retailer_id: LenientText = None


class OrderItem(WebhookModel):
    product_retailer_id: LenientText = None
    quantity: LenientText = None
    item_price: LenientText = None
    currency: LenientText = None


class Order(WebhookModel):
    catalog_id: LenientText = None
    text: LenientText = None
    product_items: LenientList[OrderItem] = []


class Referral(WebhookModel):
    """The advertisement that led to the message."""

    source_url: LenientText = None
    source_type: LenientText = None
    source_id: LenientText = None
    ctwa_clid: LenientText = None
    headline: LenientText = None
    body: LenientText = None


class System(WebhookModel):
    """A notice from WhatsApp about a customer."""

    type: LenientText = None
    body: LenientText = None
    wa_id: LenientText = None
    new_wa_id: LenientText = None
    user_id: LenientText = None
    previous_user_id: LenientText = None
    customer: LenientText = None


class Context(WebhookModel):
    """The message that this one replies to, or the product that it asks about."""

    id: LenientText = None
    forwarded: Lenient[bool] = None
    frequently_forwarded: Lenient[bool] = None
    referred_product: Lenient[Product] = None


class Unsupported(WebhookModel):
    type: LenientText = None


class MessageBody(WebhookModel):
    """A message's content of any type; an edit contains one too."""

    type: LenientText = None
    text: Lenient[Text] = None
    image: Lenient[Media] = None
    video: Lenient[Media] = None
    audio: Lenient[Media] = None
    voice: Lenient[Media] = None
    document: Lenient[Media] = None
    sticker: Lenient[Media] = None
    location: Lenient[Location] = None
    contacts: LenientList[SharedContact] = []
    button: Lenient[Button] = None
    interactive: Lenient[Interactive] = None
    order: Lenient[Order] = None
    referral: Lenient[Referral] = None
    context: Lenient[Context] = None
    unsupported: Lenient[Unsupported] = None
    errors: LenientList[WebhookError] = []


class Edit(WebhookModel):
    original_message_id: LenientText = None
    message: Lenient[MessageBody] = None


class Revoke(WebhookModel):
    original_message_id: LenientText = None


class Message(MessageBody):
    """A customer's message, or an echo of one that was written on the business's own phone."""

    id: LenientText = None
    from_: LenientText = Field(default=None, alias="from")
    from_user_id: LenientText = None
    to: LenientText = None
    to_user_id: LenientText = None
    timestamp: LenientText = None
    # Written in a group, which is nobody's private chat.
    group_id: LenientText = None
    origin: LenientText = None
    reaction: Lenient[Reaction] = None
    edit: Lenient[Edit] = None
    revoke: Lenient[Revoke] = None
    system: Lenient[System] = None


class Payment(WebhookModel):
    reference_id: LenientText = None


class Call(WebhookModel):
    """A call between a customer and the number."""

    id: LenientText = None
    from_: LenientText = Field(default=None, alias="from")
    from_user_id: LenientText = None
    to: LenientText = None
    event: LenientText = None
    direction: LenientText = None


class Preference(WebhookModel):
    """What a customer wants of one category of messages: `stop` or `resume`."""

    wa_id: LenientText = None
    user_id: LenientText = None
    category: LenientText = None
    value: LenientText = None


class SavedContact(WebhookModel):
    """A person in the contacts of the business's phone."""

    full_name: LenientText = None
    first_name: LenientText = None
    phone_number: LenientText = None


class ContactSync(WebhookModel):
    """A change of the contacts of the business's phone."""

    type: LenientText = None
    action: LenientText = None
    contact: Lenient[SavedContact] = None


class HistoryContext(WebhookModel):
    status: LenientText = None


class HistoryMessage(Message):
    """A message from before the number was connected."""

    history_context: Lenient[HistoryContext] = None


class HistoryPart(WebhookModel):
    """Some of a customer's messages from before the number was connected."""

    id: LenientText = None
    messages: LenientList[dict[str, Any]] = []
    errors: LenientList[WebhookError] = []


class Status(WebhookModel):
    """The delivery status of one of our messages, or the state of a payment that one asks for."""

    id: LenientText = None
    type: LenientText = None
    status: LenientText = None
    payment: Lenient[Payment] = None
    timestamp: LenientText = None
    recipient_id: LenientText = None
    recipient_user_id: LenientText = None
    biz_opaque_callback_data: LenientText = None
    errors: LenientList[WebhookError] = []


class TemplateStatusUpdate(WebhookModel):
    """Meta's decision about a template."""

    event: LenientText = None
    message_template_name: LenientText = None
    message_template_language: LenientText = None
    reason: LenientText = None
