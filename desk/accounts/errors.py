"""Errors of accounts; each text is one line for the person who asked.

AccountError
 ├─ BadNameError, BadEmailError, BadPasswordError   the value is not allowed
 ├─ EmailTakenError       the account exists already
 ├─ NameTakenError        another active agent has this name
 ├─ NoSuchAccountError    there is no such account
 └─ LastAdminError        one active administrator must remain
"""


class AccountError(Exception):
    """The account cannot be created or changed as asked."""


class BadNameError(AccountError):
    """The name is empty, too long or not printable."""


class BadEmailError(AccountError):
    """The email address is not valid."""


class BadPasswordError(AccountError):
    """The password is too short, too long or too common."""

    def __init__(self, words: str, fault: str, limit: int | None = None) -> None:
        """Set `fault`, a stable code for programs, and the limit that was broken."""
        super().__init__(words)
        self.fault, self.limit = fault, limit


class EmailTakenError(AccountError):
    """An account with this email address exists already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is an account {email} already")


class NameTakenError(AccountError):
    """Another active agent has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is an active agent {name} already: choose another name")


class NoSuchAccountError(AccountError):
    """There is no account with this email address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is no account {email}")


class LastAdminError(AccountError):
    """The last administrator cannot be disabled or get another role."""

    def __init__(self) -> None:
        super().__init__("this is the last administrator: make another one first")
