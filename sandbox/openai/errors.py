"""Errors in the shape that the API gives them."""

from sandbox.common.json_shapes import Json

_TYPES = {
    401: "invalid_request_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}
_SERVER_ERROR = 500


class ApiError(Exception):
    """A refused call."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retry_after = retry_after

    def body(self) -> Json:
        """Return the error as the API's JSON."""
        kind = "server_error" if self.status >= _SERVER_ERROR else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "type": _TYPES.get(self.status, kind),
                "param": self.param,
                "code": self.code,
            }
        }


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """Return the error of a request that is malformed."""
    return ApiError(400, message, param=param, code=code)
