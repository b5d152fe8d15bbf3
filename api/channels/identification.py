"""Asks a channel's provider who it is."""

from desk.setup.errors import ProviderAwayError, UnfitError
from desk.setup.providers import Credentials, Identity, Provider


async def identify(provider: Provider, credentials: Credentials) -> Identity:
    """Ask whose credentials these are; raises CredentialsRefusedError or ProviderAwayError.

    A server that the caller named, and that does not answer, is a wrong name: UnfitError.
    """
    try:
        return await provider.identify(credentials)
    except ProviderAwayError as error:
        if "url" in credentials:
            raise UnfitError("credentials.url", f"nothing was kept: {error}") from None
        raise
