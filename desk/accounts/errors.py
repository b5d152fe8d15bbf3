"""What can be wrong with an account; each text is one line for the person who asked.

AccountError
 ├─ BadName, BadEmail, BadPassword   what was given cannot be taken
 ├─ EmailTaken                       there is such an account already
 └─ NoSuchAccount                    there is none
"""


class AccountError(Exception):
    """An account cannot be made or changed as asked."""


class BadName(AccountError):
    """The name is empty or too long."""


class BadEmail(AccountError):
    """The address is not one that we take."""


class BadPassword(AccountError):
    """The password is too short, too long or too common."""


class EmailTaken(AccountError):
    """There is an account with this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is an account {email} already")


class NoSuchAccount(AccountError):
    """There is no account with this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is no account {email}")
