"""Send admins' commands about a number's link to its WAHA server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError, WahaRefusedError
from bridge.waha.setup.provider import create_client
from desk.linking.ports import LinkCommand
from desk.setup.errors import NotPossibleError, ProviderUnavailableError
from desk.setup.providers import Credentials

_NOT_FOUND = 404
_SERVER_ERRORS = 500


class WahaLinker:
    """Sends commands to any WAHA server: each channel's credentials name its own."""

    async def send_command(self, credentials: Credentials, command: LinkCommand) -> None:
        """Start, stop, restart or unlink a session; see desk/linking/ports.py."""
        async with _open_client(credentials) as client:
            try:
                await client.send_command(command)
            except WahaRefusedError as error:
                if error.status != _NOT_FOUND:
                    raise

    async def request_code(self, credentials: Credentials, phone: str) -> str:
        """Request a pairing code to be typed on the phone with this number."""
        async with _open_client(credentials) as client:
            return await client.request_code(phone)


@asynccontextmanager
async def _open_client(credentials: Credentials) -> AsyncIterator[WahaClient]:
    """Yield a client for the block, and convert its errors to setup errors."""
    client = create_client(credentials)
    try:
        yield client
    except WahaRefusedError as error:
        if error.session_status is not None:
            raise NotPossibleError(
                f"the number's session has the status {error.session_status}"
            ) from None
        if error.status >= _SERVER_ERRORS:
            raise ProviderUnavailableError(f"{client.host}: {error}") from None
        raise NotPossibleError(f"WAHA refused: {error}") from None
    except WahaError as error:
        raise ProviderUnavailableError(str(error)) from None
    finally:
        await client.close()
