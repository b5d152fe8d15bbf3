"""Ask a channel's provider which bot or number the credentials belong to."""

from desk.setup.errors import InvalidValueError, ProviderUnavailableError
from desk.setup.providers import Credentials, Identity, Provider


async def identify(provider: Provider, credentials: Credentials) -> Identity:
    """Identify the credentials; raises InvalidCredentialsError or ProviderUnavailableError.

    When the caller named a server that does not answer, the name is wrong: raises
    InvalidValueError.
    """
    try:
        return await provider.identify(credentials)
    except ProviderUnavailableError as error:
        if "url" in credentials:
            raise InvalidValueError("credentials.url", f"nothing was saved: {error}") from None
        raise
