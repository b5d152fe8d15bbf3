"""What webhooks say. Anything may be missing, and what is of a strange shape counts as missing.

So half an item is understood as far as it goes; whoever needs more of it says so itself.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WrapValidator

T = TypeVar("T")


class HalfAnItemError(Exception):
    """What came leaves out what makes it up."""


def _word(value: object) -> str | None:
    """Take a text, or a number as its digits."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None


def _or_missing(value: object, read: Callable[[object], Any]) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _readable(value: object) -> list[Any]:
    """Take a list without what are no objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


Word = Annotated[str | None, BeforeValidator(_word)]
Maybe = Annotated[T | None, WrapValidator(_or_missing)]
Several = Annotated[list[T], BeforeValidator(_readable)]


class Part(BaseModel):
    """A part of an item; what we do not know of it is ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Metadata(Part):
    display_phone_number: Word = None
    phone_number_id: Word = None


class Profile(Part):
    name: Word = None
    username: Word = None


class Contact(Part):
    """Who wrote, or whom a status is about."""

    profile: Maybe[Profile] = None
    wa_id: Word = None
    user_id: Word = None


class ErrorData(Part):
    details: Word = None


class Fault(Part):
    """An error, as webhooks carry it."""

    code: Word = None
    title: Word = None
    message: Word = None
    error_data: Maybe[ErrorData] = None


class Text(Part):
    body: Word = None


class Media(Part):
    id: Word = None
    mime_type: Word = None
    sha256: Word = None
    caption: Word = None
    filename: Word = None
    voice: Maybe[bool] = None
    file_size: Maybe[int] = None


class Location(Part):
    latitude: Maybe[float] = None
    longitude: Maybe[float] = None
    name: Word = None
    address: Word = None
    url: Word = None


class SharedName(Part):
    formatted_name: Word = None
    first_name: Word = None
    last_name: Word = None


class SharedPhone(Part):
    phone: Word = None
    wa_id: Word = None


class SharedEmail(Part):
    email: Word = None


class SharedCompany(Part):
    company: Word = None
    department: Word = None
    title: Word = None


class Shared(Part):
    """A contact that was shared."""

    name: Maybe[SharedName] = None
    phones: Several[SharedPhone] = []
    emails: Several[SharedEmail] = []
    org: Maybe[SharedCompany] = None


class Button(Part):
    text: Word = None
    payload: Word = None


class Choice(Part):
    id: Word = None
    title: Word = None
    description: Word = None


class Form(Part):
    name: Word = None
    body: Word = None
    response_json: Any = None


class Interactive(Part):
    type: Word = None
    button_reply: Maybe[Choice] = None
    list_reply: Maybe[Choice] = None
    nfm_reply: Maybe[Form] = None


class Reaction(Part):
    """A reaction; without an emoji it is taken back."""

    message_id: Word = None
    emoji: Word = None


class Product(Part):
    catalog_id: Word = None
    product_retailer_id: Word = None


class Ordered(Part):
    product_retailer_id: Word = None
    quantity: Word = None
    item_price: Word = None
    currency: Word = None


class Order(Part):
    catalog_id: Word = None
    text: Word = None
    product_items: Several[Ordered] = []


class Referral(Part):
    """The advertisement that a customer came by."""

    source_url: Word = None
    source_type: Word = None
    headline: Word = None
    body: Word = None


class System(Part):
    """Something that WhatsApp itself says of a customer."""

    type: Word = None
    body: Word = None
    wa_id: Word = None
    new_wa_id: Word = None
    user_id: Word = None
    previous_user_id: Word = None
    customer: Word = None


class Context(Part):
    """What a message answers, or was asked about."""

    id: Word = None
    referred_product: Maybe[Product] = None


class Unsupported(Part):
    type: Word = None


class Said(Part):
    """What a message says, whatever its type; an edit holds one, too."""

    type: Word = None
    text: Maybe[Text] = None
    image: Maybe[Media] = None
    video: Maybe[Media] = None
    audio: Maybe[Media] = None
    voice: Maybe[Media] = None
    document: Maybe[Media] = None
    sticker: Maybe[Media] = None
    location: Maybe[Location] = None
    contacts: Several[Shared] = []
    button: Maybe[Button] = None
    interactive: Maybe[Interactive] = None
    order: Maybe[Order] = None
    referral: Maybe[Referral] = None
    context: Maybe[Context] = None
    unsupported: Maybe[Unsupported] = None
    errors: Several[Fault] = []


class Edit(Part):
    original_message_id: Word = None
    message: Maybe[Said] = None


class Revoke(Part):
    original_message_id: Word = None


class Message(Said):
    """A message of a customer's, or an echo of one that was written on the business's own phone."""

    id: Word = None
    from_: Word = Field(default=None, alias="from")
    from_user_id: Word = None
    to: Word = None
    to_user_id: Word = None
    timestamp: Word = None
    reaction: Maybe[Reaction] = None
    edit: Maybe[Edit] = None
    revoke: Maybe[Revoke] = None
    system: Maybe[System] = None


class Status(Part):
    """How far one of our messages got."""

    id: Word = None
    status: Word = None
    timestamp: Word = None
    recipient_id: Word = None
    recipient_user_id: Word = None
    biz_opaque_callback_data: Word = None
    errors: Several[Fault] = []


class TemplateNews(Part):
    """What Meta decided about a template."""

    event: Word = None
    message_template_name: Word = None
    message_template_language: Word = None
    reason: Word = None
