"""Why something cannot be set up as asked; nothing was changed.

SetupError
├── NotPossibleError             not possible at the moment; the text says what to do instead
├── InvalidValueError            an invalid value; `field` names it
│   └── InvalidCredentialsError  the provider does not accept them
├── NotFoundError                the object to change does not exist
└── ProviderUnavailableError     the provider does not answer
"""


class SetupError(Exception):
    """Something cannot be set up as asked."""


class NotPossibleError(SetupError):
    """The change is not possible in the current state."""


class InvalidValueError(SetupError):
    """A value is not valid."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class InvalidCredentialsError(InvalidValueError):
    """The provider does not accept these credentials."""


class NotFoundError(SetupError):
    """The object does not exist."""


class ProviderUnavailableError(SetupError):
    """The provider does not answer."""
