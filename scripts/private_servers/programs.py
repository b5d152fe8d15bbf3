"""Finds the programs of servers."""

import os
import shutil

# Debian installs servers here, outside an ordinary user's PATH.
SERVER_FOLDERS = os.pathsep.join(["/usr/sbin", "/usr/local/sbin", "/usr/libexec"])


class ProgramMissingError(Exception):
    """A program that a server needs is not installed."""


def find_program(*names: str) -> str:
    """Return the path of the first of these programs that is installed.

    Raises ProgramMissingError if none is installed.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), SERVER_FOLDERS])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise ProgramMissingError(f"{' / '.join(names)} is not installed")
