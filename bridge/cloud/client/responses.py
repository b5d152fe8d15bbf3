"""What the Graph API answers; what we do not know of it is ignored."""

from typing import Any

from pydantic import BaseModel, Field


class SuccessResponse(BaseModel):
    """Something that was done, and has no id."""

    success: bool = True


class ObjectId(BaseModel):
    """Something that was made, with its id."""

    id: str = Field(min_length=1)


class SendResponse(BaseModel):
    """A message that was taken; all of its ids are one."""

    messages: list[ObjectId] = Field(min_length=1)


class MediaUrl(BaseModel):
    """Where a file can be had for five minutes."""

    url: str
    mime_type: str | None = None
    sha256: str | None = None
    file_size: int | None = None


class WebhookAddresses(BaseModel):
    """Where webhooks go: the number's own address wins, then the account's, then the app's."""

    phone_number: str | None = None
    whatsapp_business_account: str | None = None
    application: str | None = None

    @property
    def effective(self) -> str | None:
        return self.phone_number or self.whatsapp_business_account or self.application


class PhoneNumber(BaseModel):
    """A number as Meta shows it."""

    id: str
    display_phone_number: str | None = None
    verified_name: str | None = None
    quality_rating: str | None = None
    status: str | None = None
    name_status: str | None = None
    webhook_configuration: WebhookAddresses | None = None


class TokenInfo(BaseModel):
    """What Meta says of an access token; `expires_at` is 0 where it does not."""

    is_valid: bool = False
    scopes: list[str] = []
    app_id: str | None = None
    expires_at: int = 0


class TokenResponse(BaseModel):
    data: TokenInfo = TokenInfo()


class SubscribedApp(BaseModel):
    """An app that is told what happens in an account."""

    id: str | None = None
    name: str | None = None


class Subscription(BaseModel):
    whatsapp_business_api_data: SubscribedApp = SubscribedApp()
    override_callback_uri: str | None = None


class Subscriptions(BaseModel):
    data: list[Subscription] = []


class Template(BaseModel):
    """A template in one language."""

    id: str = ""
    name: str
    language: str
    status: str = ""
    category: str = ""
    components: list[dict[str, Any]] = []
    parameter_format: str = ""
    rejected_reason: str | None = None


class Cursors(BaseModel):
    after: str | None = None


class Paging(BaseModel):
    cursors: Cursors = Cursors()
    next: str | None = None


class TemplatePage(BaseModel):
    """A page of templates; each is read for itself, so that a strange one hides no other."""

    data: list[dict[str, Any]] = []
    paging: Paging = Paging()
