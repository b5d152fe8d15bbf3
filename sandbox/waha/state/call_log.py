"""Shortens requests for the log of calls."""

from sandbox.common.json_shapes import Json


def shorten_params(params: Json) -> Json:
    """Return a request's body with its file's data shortened."""
    file = params.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("data"), str):
        return params
    return {**params, "file": {**file, "data": f"<{len(file['data'])} characters of base64>"}}
