"""Where the programs that tests need are; what is missing makes a test NOT RUN."""

import os
import shutil

import pytest

# Servers live here on Debian, outside an ordinary user's PATH.
SERVER_FOLDERS = os.pathsep.join(["/usr/sbin", "/usr/local/sbin", "/usr/libexec"])


def required(*names: str) -> str:
    """Return the path of the first of these programs that is installed, or skip the test."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), SERVER_FOLDERS])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    pytest.skip(f"{' or '.join(names)} is not installed")
