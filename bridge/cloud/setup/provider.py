"""Identify and check Cloud API numbers when a channel is set up."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bridge.cloud.client.error_mapping import ErrorAction, find_error_action
from bridge.cloud.client.errors import GraphCallError, GraphRefusedError
from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.client.responses import PhoneNumber
from bridge.cloud.intake.webhook import PATH
from bridge.cloud.setup.health_check import NUMBER, check_health
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import report_error
from desk.setup.providers import Credentials, HealthCheck, Identity, Webhook

# For all calls together, because a person waits for the result.
_TIMEOUT_SECONDS = 25.0
_MAX_TITLE = 120
_NO_SUCH_OBJECT = (100, 33)


@dataclass(frozen=True, slots=True)
class CloudProvider:
    """Sets up channels at Meta's Graph API, or a stand-in, at `api_url`."""

    api_url: str

    @property
    def webhook(self) -> Webhook:
        """Return our webhook; the verify token is entered at Meta beside the address."""
        return Webhook(PATH, secret="verify_token")  # noqa: S106 the name of a credential

    def complete(self, credentials: Credentials) -> Credentials:
        """Create a verify token if none was given."""
        given = {key: value for key, value in credentials.items() if value}
        return {"verify_token": secrets.token_urlsafe(24), **given}

    async def disconnect(self, credentials: Credentials) -> None:
        """Do nothing: the webhook at Meta belongs to the app, which may have other numbers."""

    async def identify(self, credentials: Credentials) -> Identity:
        """Return the number's identity.

        Raise InvalidCredentialsError or ProviderUnavailableError.
        """
        async with self._open_client(credentials) as graph:
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    number = await graph.get_number()
            except GraphRefusedError as refusal:
                raise self._to_setup_error(refusal) from None
            except (GraphCallError, TimeoutError) as failure:
                raise ProviderUnavailableError(
                    f"{self.api_url}: {failure or 'no response'}"
                ) from None
        return _to_identity(number)

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        """Check the token, the number, the business account's apps and the webhook."""
        _ = groups  # only Telegram has groups
        async with self._open_client(credentials) as graph:
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    return HealthCheck(tuple(await check_health(graph, self.api_url, webhook)))
            except TimeoutError:
                text = f"{self.api_url} did not answer everything within {_TIMEOUT_SECONDS:.0f} s"
                return HealthCheck((report_error(NUMBER, text, "try again later"),))

    @asynccontextmanager
    async def _open_client(self, credentials: Credentials) -> AsyncIterator[GraphClient]:
        graph = GraphClient(
            self.api_url,
            credentials["access_token"],
            credentials["phone_number_id"],
            credentials.get("waba_id"),
        )
        try:
            yield graph
        finally:
            await graph.close()

    def _to_setup_error(
        self, refusal: GraphRefusedError
    ) -> InvalidCredentialsError | ProviderUnavailableError:
        if (refusal.code, refusal.subcode) == _NO_SUCH_OBJECT:
            reason = "Meta does not know this number, or the token has no access to it"
            return InvalidCredentialsError("credentials.phone_number_id", reason)
        if find_error_action(refusal.code) is ErrorAction.STOP_CHANNEL or refusal.status in {
            401,
            403,
        }:
            reason = f"Meta refuses the token: {refusal}"
            return InvalidCredentialsError("credentials.access_token", reason)
        return ProviderUnavailableError(f"{self.api_url}: {refusal}")


def _to_identity(number: PhoneNumber) -> Identity:
    title = number.verified_name or number.display_phone_number or number.id
    return Identity(number.id, title[:_MAX_TITLE])
