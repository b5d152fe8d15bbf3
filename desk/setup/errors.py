"""Why something cannot be set up as asked; nothing was changed.

SetUpError
├── ImpossibleError             not as things stand; the text says what to do instead
├── UnfitError                  a value that cannot be; `field` names it
│   └── CredentialsRefusedError the provider does not take them
├── GoneError                   what was to be changed is not there
└── ProviderAwayError           the provider does not answer
"""


class SetUpError(Exception):
    """Something cannot be set up as asked."""


class ImpossibleError(SetUpError):
    """Not possible as things stand."""


class UnfitError(SetUpError):
    """A value cannot be what it was meant to be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class CredentialsRefusedError(UnfitError):
    """The provider does not take these credentials."""


class GoneError(SetUpError):
    """There is no such thing."""


class ProviderAwayError(SetUpError):
    """The provider does not answer."""
