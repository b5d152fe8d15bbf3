"""The credentials of each kind of channel: they are encrypted and never shown again."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, RootModel, Tag

from api.errors.problems import ValidationFailed
from api.schemas.base import RequestBody
from db.tables import ChannelKind
from desk.urls.servers import normalize_server_url

_TOKEN = r"^[0-9]{1,20}:[A-Za-z0-9_-]{1,200}$"  # noqa: S105 what one looks like
_VISIBLE = r"^[!-~]+$"
_NUMBER = r"^[0-9]{1,32}$"
_NAME = r"^[A-Za-z0-9_-]+$"
_SECRET: dict[str, Any] = {"writeOnly": True}

Number = Annotated[str, Field(pattern=_NUMBER, max_length=32, examples=["106540352242922"])]


def _secret_field(about: str, **more: Any) -> Any:
    return Field(repr=False, description=about, json_schema_extra=_SECRET, **more)


def _printable_field(most: int) -> Any:
    return Field(pattern=_VISIBLE, max_length=most)


class TelegramCredentials(RequestBody):
    """A bot's token from @BotFather; it is encrypted and never shown again."""

    token: Annotated[
        str,
        Field(
            pattern=_TOKEN,
            max_length=221,
            repr=False,
            examples=["123456789:AAExampleExampleExampleExampleExample"],
            json_schema_extra=_SECRET,
        ),
    ]


class CloudCredentials(RequestBody):
    """The credentials of a number and its app from Meta's pages; all of them are encrypted."""

    access_token: Annotated[str, _printable_field(1024)] = _secret_field(
        "of a system user, because it does not expire"
    )
    phone_number_id: Number = Field(description="Meta's id of the number, not the number itself")
    app_secret: Annotated[str, _printable_field(200)] = _secret_field(
        "App settings > Basic; it signs the webhooks"
    )
    waba_id: Number = Field(description="id of the WhatsApp Business account")
    verify_token: Annotated[str, _printable_field(200)] | None = _secret_field(
        "omit it to get a generated token, which is shown once", default=None
    )


class WahaCredentials(RequestBody):
    """How to reach WAHA; all of it is encrypted."""

    url: Annotated[
        str,
        Field(
            pattern=r"^https?://[!-~]+$",
            max_length=500,
            examples=["http://waha:3000"],
            description="address of the server; it may be private",
        ),
        AfterValidator(normalize_server_url),
    ]
    api_key: Annotated[str, _printable_field(500)] = _secret_field("WAHA's X-Api-Key")
    session: Annotated[str, Field(pattern=_NAME, max_length=54)] | None = Field(
        default=None, description="name of the session at WAHA; omit it to get a generated name"
    )


def _guess_kind(given: object) -> str | None:
    """Guess by the names of the fields which kind of credentials these are."""
    if not isinstance(given, Mapping):
        return None
    if not _CLOUD.isdisjoint(given):
        return "<cloud>"
    return "<telegram>" if _WAHA.isdisjoint(given) else "<waha>"


_CLOUD = CloudCredentials.model_fields.keys()
_WAHA = WahaCredentials.model_fields.keys()
KINDS: dict[type[RequestBody], ChannelKind] = {
    TelegramCredentials: ChannelKind.TELEGRAM,
    CloudCredentials: ChannelKind.WHATSAPP_CLOUD,
    WahaCredentials: ChannelKind.WHATSAPP_WAHA,
}


class RenewedCredentials(
    RootModel[
        Annotated[
            Annotated[TelegramCredentials, Tag("<telegram>")]
            | Annotated[CloudCredentials, Tag("<cloud>")]
            | Annotated[WahaCredentials, Tag("<waha>")],
            Discriminator(
                _guess_kind,
                custom_error_type="kind",
                custom_error_message="must be an object with the channel's credentials",
            ),
        ]
    ]
):
    """New credentials for a channel, of its kind."""

    def for_kind(self, kind: ChannelKind) -> dict[str, str]:
        """Return the credentials; raises ValidationFailed when they are of another kind."""
        if KINDS[type(self.root)] is not kind:
            raise ValidationFailed.field(
                "", f"these are not credentials of a {kind} channel", "other_kind"
            )
        return self.root.model_dump(exclude_none=True)
