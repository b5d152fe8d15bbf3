"""What can be wrong with an account; each text is one line for the person who asked.

AccountError
 ├─ BadNameError, BadEmailError, BadPasswordError   what was given cannot be taken
 ├─ EmailTakenError                       there is such an account already
 ├─ NoSuchAccountError                    there is none
 └─ LastAdminError                        somebody must be left who may do everything
"""


class AccountError(Exception):
    """An account cannot be made or changed as asked."""


class BadNameError(AccountError):
    """The name is empty or too long."""


class BadEmailError(AccountError):
    """The address is not one that we take."""


class BadPasswordError(AccountError):
    """The password is too short, too long or too common."""


class EmailTakenError(AccountError):
    """There is an account with this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is an account {email} already")


class NoSuchAccountError(AccountError):
    """There is no account with this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is no account {email}")


class LastAdminError(AccountError):
    """The last administrator cannot be disabled, nor become anything else."""

    def __init__(self) -> None:
        super().__init__("this is the last administrator: make another one first")
