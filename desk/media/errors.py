"""Why a file cannot be had.

MediaError
├── FileTooLargeError   the provider does not hand out files so large
├── GoneError         it is not there any more, or the provider refuses it
└── FileUnavailableError         the provider cannot be asked at present
"""


class MediaError(Exception):
    """A file that cannot be had; the text is fit for an agent's eyes, and names no address."""


class FileTooLargeError(MediaError):
    """Too large for the provider's way of handing out files."""


class FileGoneError(MediaError):
    """Not there any more, or refused for good."""


class FileUnavailableError(MediaError):
    """Not to be had at present: later, perhaps."""
