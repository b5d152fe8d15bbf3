"""The requests to a chat completions server, and its answers, as plain JSON."""

import base64
import math
from dataclasses import dataclass
from typing import Any

from desk.ai.model.abilities import Abilities, MaxTokensField
from desk.ai.model.answer_schema import ANSWER_SCHEMA, FORM_INSTRUCTIONS, SCHEMA_NAME
from desk.ai.model.ports import AnswerForm, ModelRequest, PromptMessage, Usage

_CHARS_OF_TOKEN = 4
# Of a message's frame, and of a picture, as OpenAI counts it at low detail.
_TOKENS_OF_MESSAGE = 4
_TOKENS_OF_IMAGE = 765
_NO_PICTURES = "[The customer sent a picture here. You cannot see pictures.]"


class MalformedCompletion(Exception):  # noqa: N818 the consequence is the name
    """The server's answer has not the shape of the API."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the server answered."""

    text: str
    refusal: str
    finish_reason: str
    model: str
    # None: the server did not count.
    usage: Usage | None


def build_body(
    request: ModelRequest, abilities: Abilities, *, is_structured: bool
) -> dict[str, Any]:
    """Return the JSON of a chat completion, with what the server is able to take."""
    system = f"{request.system}\n\n{FORM_INSTRUCTIONS}" if is_structured else request.system
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [
            {"role": "system", "content": system},
            *(_build_message(each, abilities) for each in request.messages),
        ],
    }
    if request.temperature is not None and abilities.takes_temperature:
        body["temperature"] = request.temperature
    if abilities.max_tokens_field is not MaxTokensField.NONE:
        body[abilities.max_tokens_field] = request.max_tokens
    if is_structured and (form := _build_form(abilities.form)):
        body["response_format"] = form
    return body


def _build_message(message: PromptMessage, abilities: Abilities) -> dict[str, Any]:
    if not message.images:
        return {"role": message.speaker.value, "content": message.text}
    if not abilities.sees_images:
        text = "\n".join([message.text, *[_NO_PICTURES] * len(message.images)])
        return {"role": message.speaker.value, "content": text}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    for image in message.images:
        url = f"data:{image.mime_type};base64,{base64.b64encode(image.data).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return {"role": message.speaker.value, "content": parts}


def _build_form(form: AnswerForm) -> dict[str, Any] | None:
    if form is AnswerForm.JSON_SCHEMA:
        schema = {"name": SCHEMA_NAME, "strict": True, "schema": ANSWER_SCHEMA}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"} if form is AnswerForm.JSON_OBJECT else None


def read_completion(content: object) -> Completion:
    """Return the first choice of a server's answer; raise MalformedCompletion if it has none."""
    choices = content.get("choices") if isinstance(content, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(content, dict) or not isinstance(message, dict):
        raise MalformedCompletion("the answer is no chat completion")
    assert isinstance(choice, dict)  # noqa: S101 for the type checker: its message was read
    return Completion(
        text=_read_text(message.get("content")),
        refusal=_read_text(message.get("refusal")),
        finish_reason=_read_text(choice.get("finish_reason")),
        model=_read_text(content.get("model")),
        usage=_read_usage(content.get("usage")),
    )


def _read_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read_usage(value: object) -> Usage | None:
    if not isinstance(value, dict):
        return None
    tokens_in, tokens_out = value.get("prompt_tokens"), value.get("completion_tokens")
    if not isinstance(tokens_in, int) or not isinstance(tokens_out, int):
        return None
    return Usage(max(tokens_in, 0), max(tokens_out, 0))


def read_embeddings(content: object, count: int) -> list[list[float]]:
    """Return the vectors of a server's answer, in the order of the texts."""
    data = content.get("data") if isinstance(content, dict) else None
    if not isinstance(data, list) or len(data) != count:
        raise MalformedCompletion("the answer has not one vector for each text")
    try:
        ordered = sorted(data, key=lambda each: int(each["index"]))
        vectors = [[float(number) for number in each["embedding"]] for each in ordered]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise MalformedCompletion(f"a vector is malformed: {error}") from None
    if not all(math.isfinite(number) for each in vectors for number in each):
        raise MalformedCompletion("a vector has a number without an end")
    if not all(vectors) or len({len(each) for each in vectors}) > 1:
        raise MalformedCompletion("the vectors have not the same length")
    return vectors


def read_embedding_usage(content: object) -> Usage | None:
    """Return the tokens of an answer with vectors; None: the server did not count."""
    usage = content.get("usage") if isinstance(content, dict) else None
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return Usage(max(tokens, 0)) if isinstance(tokens, int) else None


def estimate_tokens(request: ModelRequest) -> int:
    """Estimate the tokens of a prompt, rather too many than too few."""
    texts = [request.system, FORM_INSTRUCTIONS, *(each.text for each in request.messages)]
    images = sum(len(each.images) for each in request.messages)
    frames = _TOKENS_OF_MESSAGE * (len(request.messages) + 1)
    return estimate_text(*texts) + images * _TOKENS_OF_IMAGE + frames


def estimate_text(*texts: str) -> int:
    """Estimate the tokens of texts; letters outside of ASCII count as two."""
    letters = sum(2 * len(text) - len(text.encode("ascii", "ignore")) for text in texts)
    return math.ceil(letters / _CHARS_OF_TOKEN)
