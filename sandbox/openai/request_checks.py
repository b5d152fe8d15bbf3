"""Checks of a request that a strict server makes."""

from sandbox.common.json_shapes import Json
from sandbox.openai.errors import ApiError, bad_request
from sandbox.openai.prompt_reading import has_images
from sandbox.openai.tuning import JSON_OBJECT, JSON_SCHEMA, TEXT, Tuning

_ROLES = {"system", "developer", "user", "assistant"}
_SERVER_ERROR = 500


def check_key(tuning: Tuning, header: str) -> None:
    """Refuse a call without a key, or with another than the server's."""
    kind, _, key = header.partition(" ")
    wrong = kind.lower() != "bearer" or not key or tuning.api_key not in {"", key}
    if wrong:
        raise ApiError(401, "Incorrect API key provided", code="invalid_api_key")


def check_model(tuning: Tuning, body: Json) -> None:
    """Refuse a model that the server does not have."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise bad_request("you must provide a model parameter", "model")
    known = [name.strip() for name in tuning.models.split(",") if name.strip()]
    if known and model not in known:
        text = f"The model `{model}` does not exist or you do not have access to it."
        raise ApiError(404, text, code="model_not_found")


def check_chat(tuning: Tuning, body: Json) -> str:
    """Refuse a chat completion that is malformed or not supported; return the answer's form."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise bad_request("Missing required parameter: 'messages'.", "messages")
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise bad_request("Invalid value for 'role'.", f"messages[{number}].role")
    if "temperature" in body and not tuning.temperature:
        text = "Unsupported value: 'temperature' does not support this with this model."
        raise bad_request(text, "temperature", "unsupported_value")
    if "max_tokens" in body and not tuning.max_tokens:
        text = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        raise bad_request(text, "max_tokens", "unsupported_parameter")
    if has_images(messages) and not tuning.images:
        raise bad_request("This model does not support image inputs.", "messages")
    return _check_form(tuning, body)


def _check_form(tuning: Tuning, body: Json) -> str:
    form = body.get("response_format") or {"type": TEXT}
    kind = form.get("type") if isinstance(form, dict) else None
    if kind not in {TEXT, JSON_OBJECT, JSON_SCHEMA}:
        raise bad_request("Invalid value for 'response_format.type'.", "response_format")
    status = {JSON_SCHEMA: tuning.json_schema_error, JSON_OBJECT: tuning.json_object_error}
    if code := status.get(kind, 0):
        text = "Internal Server Error" if code >= _SERVER_ERROR else f"'{kind}' is not supported"
        raise ApiError(code, text, param="response_format")
    if kind == JSON_SCHEMA:
        _check_schema(form.get("json_schema"))
    if kind == JSON_OBJECT and "json" not in str(body["messages"]).lower():
        # OpenAI refuses this, because its models write spaces without end.
        raise bad_request("'messages' must contain the word 'json' in some form.", "messages")
    return str(kind)


def _check_schema(named: object) -> None:
    if not isinstance(named, dict) or not named.get("name"):
        raise bad_request("Missing 'response_format.json_schema.name'.", "response_format")
    if named.get("strict"):
        _check_strict(named.get("schema"), "schema")


def _check_strict(schema: object, place: str) -> None:
    """Refuse a schema that strict mode does not accept, as OpenAI does."""
    if not isinstance(schema, dict):
        raise bad_request(f"Invalid schema at {place}", "response_format")
    if schema.get("type") == "object":
        names = set(schema.get("properties", {}))
        if schema.get("additionalProperties") is not False:
            text = f"'additionalProperties' is required to be false at {place}"
            raise bad_request(text, "response_format", "invalid_json_schema")
        if set(schema.get("required", ())) != names:
            text = f"'required' must include every key in properties at {place}"
            raise bad_request(text, "response_format", "invalid_json_schema")
    for name, part in schema.get("properties", {}).items():
        _check_strict(part, f"{place}.{name}")
    if "items" in schema:
        _check_strict(schema["items"], f"{place}.items")
