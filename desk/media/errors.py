"""Why a file is not available.

MediaError
├── FileTooLargeError     the provider does not hand out files of this size
├── FileGoneError         it no longer exists, or the provider refuses it
└── FileUnavailableError  the provider cannot be asked at the moment
"""


class MediaError(Exception):
    """The file is not available; the text may be shown to agents, and has no URL in it."""


class FileTooLargeError(MediaError):
    """The file is too large for the provider to hand out, or for us to keep."""


class FileGoneError(MediaError):
    """The file no longer exists, or is refused for good."""


class FileUnavailableError(MediaError):
    """The file is not available at the moment, but may be later."""
