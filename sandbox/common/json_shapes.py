"""JSON as plain dictionaries, with one compact encoder."""

import json
from typing import Any

Json = dict[str, Any]

# One encoder for all: `json.dumps` with separators would build a new one on every call.
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def without_none(fields: Json) -> Json:
    """Return `fields` without those that are None."""
    return {name: value for name, value in fields.items() if value is not None}
