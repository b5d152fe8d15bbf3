"""Why something cannot be set up as asked; nothing was changed.

SetupError
├── NotPossibleError             not as things stand; the text says what to do instead
├── InvalidValueError                  a value that cannot be; `field` names it
│   └── InvalidCredentialsError the provider does not take them
├── GoneError                   what was to be changed is not there
└── ProviderUnavailableError           the provider does not answer
"""


class SetupError(Exception):
    """Something cannot be set up as asked."""


class NotPossibleError(SetupError):
    """Not possible as things stand."""


class InvalidValueError(SetupError):
    """A value cannot be what it was meant to be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class InvalidCredentialsError(InvalidValueError):
    """The provider does not take these credentials."""


class NotFoundError(SetupError):
    """There is no such thing."""


class ProviderUnavailableError(SetupError):
    """The provider does not answer."""
