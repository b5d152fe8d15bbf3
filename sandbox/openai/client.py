"""A client of the control API for tests and the demo: it orders answers and faults."""

from typing import Any

from sandbox.common.control_client import ControlClient
from sandbox.common.json_shapes import Json, without_none


class OpenAISandbox(ControlClient):
    """A client of the model server's stand-in; the API's own URL is `api_url`.

    Without an ordered answer the stand-in answers from the passages of the prompt.
    """

    control = "control/openai"

    @property
    def api_url(self) -> str:
        """The value of OPENAI_BASE_URL."""
        return f"{self.base_url}/openai/v1"

    async def answers(self, answer: str | Json, **more: object) -> None:
        """Order an answer: a text as it is, or an object that is sent as JSON.

        `when`: for prompts whose last message contains this, with where="any" anywhere in the
        prompt; `times`: how often, 0 for always; `tokens_in`, `tokens_out`; `echo`: a regular
        expression, whose last match in the last message stands for {echo} in the answer.
        """
        await self._post("answers", {"answer": answer, **more})

    async def clear_answers(self) -> None:
        """Remove all ordered answers."""
        await self.ask("DELETE", "answers")

    async def fault(self, kind: str = "error", call: str = "chat", **more: object) -> None:
        """Order a fault: text (part of the customer's last message), times, and its fields.

        Kinds: error (status, code, param, message, retry_after), late (seconds), hang (seconds),
        drop_before, drop_after, cut, html, broken_json, nonsense (answer), empty, refusal,
        content_filter, length.
        """
        await self._post("faults", {"call": call, "kind": kind, **more})

    async def clear_faults(self) -> None:
        """Remove all faults that are still to come."""
        await self.ask("DELETE", "faults")

    async def tune(self, **settings: Any) -> Json:
        """Change settings (sandbox/openai/tuning.py) and return all of them."""
        return await self._post("tuning", settings)

    async def calls(
        self, call: str | None = None, *, after: int = 0, form: str | None = None
    ) -> list[Json]:
        """Return the calls made.

        Each has seq, call, model, form, body, text (the last message), answer, fault, status.
        """
        wanted = without_none({"call": call, "form": form})
        recorded: list[Json] = await self.ask("GET", "calls", after=after, **wanted)
        return recorded

    async def state(self) -> Json:
        """Return the settings, open_calls and most_open_calls."""
        return await self._get("state")

    async def record_calls(self, *, record: bool) -> None:
        """Switch the recording of calls on or off."""
        await self._post("calls", {"record": record})
