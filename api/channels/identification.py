"""Asks a channel's provider who it is."""

from desk.setup.errors import InvalidValueError, ProviderUnavailableError
from desk.setup.providers import Credentials, Identity, Provider


async def identify(provider: Provider, credentials: Credentials) -> Identity:
    """Ask whose credentials these are; raises InvalidCredentialsError or ProviderUnavailableError.

    A server that the caller named, and that does not answer, is a wrong name: InvalidValueError.
    """
    try:
        return await provider.identify(credentials)
    except ProviderUnavailableError as error:
        if "url" in credentials:
            raise InvalidValueError("credentials.url", f"nothing was kept: {error}") from None
        raise
