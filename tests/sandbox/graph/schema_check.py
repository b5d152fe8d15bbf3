"""Checks requests, replies and webhooks against the published schema of the Graph API.

The schema is the one of sandbox/graph/graph-v23.json. Three of its oddities are mended: `allOf`
with `additionalProperties: false` (which nothing can fulfil) is joined into one object, `index` of
a button may be any digit, and a status may be `played`. What it does not know yet, but Meta's pages
describe, is taken out before looking: see EXTENSIONS.
"""

import functools
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs

Json = dict[str, Any]
SCHEMA = Path(__file__).parents[3] / "sandbox" / "graph" / "graph-v23.json"
PREFIX = "/{Version}/"
REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
# Fields of a request that are newer than the schema.
EXTENSIONS = ("biz_opaque_callback_data",)


@functools.cache
def load_schema() -> Json:
    """Return the schema, with its components made usable."""
    text = SCHEMA.read_text()
    document: Json = json.loads(text)
    known = document["components"]["schemas"]
    # The copy is not complete: other objects that a webhook's value refers to may be any object.
    for name in REFERENCE.findall(text):
        known.setdefault(name, {"type": "object"})
    for name, one in known.items():
        known[name] = _joined(known, one)
    known["TemplateComponent"]["properties"]["index"] = {"type": "string", "pattern": "^[0-9]$"}
    known["Statuses"]["properties"]["status"]["enum"].append("played")
    return document


def _joined(known: Json, schema: Json) -> Json:
    if "allOf" not in schema:
        return schema
    whole: Json = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        one = known[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        whole["properties"] |= one.get("properties", {})
        whole["required"] += one.get("required", [])
        if "additionalProperties" in one:
            whole["additionalProperties"] = one["additionalProperties"]
    return whole


def find_schema_errors(schema: Json, value: object) -> list[str]:
    """Return what is wrong with a value; nothing if it conforms."""
    whole = {**schema, "components": load_schema()["components"]}
    checker = jsonschema_rs.Draft4Validator(whole)
    return [f"{list(one.instance_path)}: {one.message}" for one in checker.iter_errors(value)]


def find_request_errors(body: Json) -> list[str]:
    """Return what is wrong with the body of a POST to /messages."""
    mapping = load_schema()["components"]["schemas"]["Message"]["discriminator"]["mapping"]
    kind = mapping.get(body.get("type"))
    if kind is None:
        return [f"no type {body.get('type')!r}"]
    seen = {name: value for name, value in body.items() if name not in EXTENSIONS}
    if "recipient" in seen:
        seen["to"] = seen.pop("recipient")
    return find_schema_errors({"$ref": kind}, seen)


def find_reply_errors(path: str, verb: str, body: object) -> list[str]:
    """Return what is wrong with the answer to a call, named by its path after the version."""
    call = load_schema()["paths"][PREFIX + path][verb]
    return find_schema_errors(
        call["responses"]["200"]["content"]["application/json"]["schema"], body
    )


def find_status_errors(value: object) -> list[str]:
    """Return what is wrong with a webhook's value that contains statuses."""
    return find_schema_errors({"$ref": "#/components/schemas/StatusMessageValue"}, value)
