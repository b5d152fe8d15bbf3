"""Make a few calls of the Bot API; errors never contain the token, which is in every URL."""

from typing import Any

import aiohttp

from desk.formatting.masking import mask_secrets

_TIMEOUT = aiohttp.ClientTimeout(total=10)


class BotApiRefusedError(Exception):
    """The Bot API refused a call."""

    def __init__(self, code: int, description: str, migrated_to: str | None = None) -> None:
        super().__init__(mask_secrets(description))
        self.code = code
        self.migrated_to = migrated_to


class BotApiUnreachableError(Exception):
    """No Bot API server responded."""


class BotApi:
    """Calls methods of one bot."""

    def __init__(self, http: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._http = http
        self._base = f"{api_url}/bot{token}"

    async def call(self, method: str, **params: str | int) -> dict[str, Any]:
        """Call a method that returns an object.

        Raise BotApiRefusedError or BotApiUnreachableError.
        """
        try:
            answer = self._http.post(f"{self._base}/{method}", json=params, timeout=_TIMEOUT)
            async with answer as response:
                body = await response.json(content_type=None)
        except TimeoutError:
            raise BotApiUnreachableError("no response within 10 s") from None
        except aiohttp.ClientConnectorError as error:
            raise BotApiUnreachableError(
                mask_secrets(f"no connection ({error.strerror})")
            ) from None
        except (aiohttp.ClientError, ValueError, RecursionError) as error:
            # Only the error's type: aiohttp's error texts contain the URL, and so the token.
            raise BotApiUnreachableError(f"no Bot API response ({type(error).__name__})") from None
        return _read_result(body)


async def get_me(api: BotApi) -> dict[str, Any]:
    """Return the bot itself, which has an id.

    Raise BotApiRefusedError or BotApiUnreachableError.
    """
    me = await api.call("getMe")
    if not isinstance(me.get("id"), int):
        raise BotApiUnreachableError("no Bot API response")
    return me


def _read_result(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or "ok" not in body:
        raise BotApiUnreachableError("no Bot API response")
    if not body["ok"]:
        more, code = body.get("parameters"), body.get("error_code")
        moved = more.get("migrate_to_chat_id") if isinstance(more, dict) else None
        text = str(body.get("description", ""))
        raise BotApiRefusedError(
            code if isinstance(code, int) else 0, text, str(moved) if moved else None
        )
    result = body.get("result")
    if not isinstance(result, dict):
        raise BotApiUnreachableError("no Bot API response")
    return result
