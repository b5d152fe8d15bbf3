"""The only module that imports the openai package, which costs time and memory.

Import it at the first call of a model, as `desk/ai/model/openai_model.py` does.
"""

from collections.abc import Iterator
from typing import Any

import openai

from desk.ai.model.server_failure import FailureKind, ServerFailure

_CONNECT_SECONDS = 5.0
# The package's own calls build its models and cost twice the time; this one is public, too.
_CHAT, _EMBEDDINGS = "/chat/completions", "/embeddings"
_MESSAGE_LENGTH = 300


class OpenAIClient:
    """Calls one server; raises only ServerFailure. The caller limits the time."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            # Our own policy tries again, within the deadline.
            max_retries=0,
            http_client=openai.DefaultAioHttpClient(
                timeout=openai.Timeout(None, connect=_CONNECT_SECONDS), follow_redirects=False
            ),
        )

    async def complete(self, body: dict[str, Any]) -> object:
        """Return the JSON of a chat completion."""
        return await self._post(_CHAT, body)

    async def embed(self, body: dict[str, Any]) -> object:
        """Return the JSON of embeddings."""
        return await self._post(_EMBEDDINGS, body)

    async def _post(self, path: str, body: dict[str, Any]) -> object:
        try:
            return await self._client.post(path, body=body, cast_to=object)
        except openai.APIConnectionError as error:
            causes = list(_list_causes(error))
            # The package also calls a lost connection a time-out.
            timed_out = any(isinstance(each, TimeoutError) for each in causes)
            kind = FailureKind.TIMEOUT if timed_out else FailureKind.CONNECTION
            text = f"no answer: {type(causes[-1]).__name__}"
            raise ServerFailure(kind, text) from error
        except openai.APIStatusError as error:
            raise _to_failure(error) from error
        except (openai.OpenAIError, ValueError) as error:
            text = f"the answer cannot be read: {type(error).__name__}"
            raise ServerFailure(FailureKind.MALFORMED, text) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _to_failure(error: openai.APIStatusError) -> ServerFailure:
    return ServerFailure(
        FailureKind.STATUS,
        " ".join(str(error.message).split())[:_MESSAGE_LENGTH],
        status=error.status_code,
        code=str(error.code or ""),
        param=str(error.param or ""),
        retry_after=_read_retry_after(error.response.headers.get("retry-after")),
    )


def _read_retry_after(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
