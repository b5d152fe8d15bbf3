"""Models of the Graph API's responses; unknown fields are ignored."""

from typing import Any

from pydantic import BaseModel, Field


class SuccessResponse(BaseModel):
    """A completed action that has no id."""

    success: bool = True


class ObjectId(BaseModel):
    """A created object with its id."""

    id: str = Field(min_length=1)


class SendResponse(BaseModel):
    """An accepted message; all of its ids are the same."""

    messages: list[ObjectId] = Field(min_length=1)


class MediaUrl(BaseModel):
    """The URL of a file, valid for five minutes."""

    url: str
    mime_type: str | None = None
    sha256: str | None = None
    file_size: int | None = None


class WebhookAddresses(BaseModel):
    """Webhook addresses: the number's own one wins, then the account's, then the app's."""

    phone_number: str | None = None
    whatsapp_business_account: str | None = None
    application: str | None = None

    @property
    def effective(self) -> str | None:
        return self.phone_number or self.whatsapp_business_account or self.application


class PhoneNumber(BaseModel):
    """A number's data at Meta."""

    id: str
    display_phone_number: str | None = None
    verified_name: str | None = None
    quality_rating: str | None = None
    status: str | None = None
    name_status: str | None = None
    webhook_configuration: WebhookAddresses | None = None


class TokenInfo(BaseModel):
    """An access token's data at Meta; `expires_at` is 0 if Meta does not give it."""

    is_valid: bool = False
    scopes: list[str] = []
    app_id: str | None = None
    expires_at: int = 0


class TokenResponse(BaseModel):
    data: TokenInfo = TokenInfo()


class SubscribedApp(BaseModel):
    """An app that receives an account's events."""

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
    """A page of templates; each is parsed alone, so that an invalid one hides no other."""

    data: list[dict[str, Any]] = []
    paging: Paging = Paging()
