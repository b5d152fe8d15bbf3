"""What is installed on a server: which processes, by which user, in which folders."""

import re
from dataclasses import dataclass
from pathlib import Path

DEFAULT_USER = "osmodesk"
DEFAULT_DIRECTORY = Path("/var/lib/osmodesk")
DEFAULT_BACKUPS = Path("/var/backups/osmodesk")
_OPTION = re.compile(r"--([a-z]+)=(\S+)")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
# systemd splits paths at blanks, and % begins a specifier.
_PATH = re.compile(r"/[A-Za-z0-9._/+@-]*")
KEPT_BACKUPS = 14


class PlanError(Exception):
    """The services cannot be installed in this way; the text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One installation; `workers` is None where one process does everything (`osmodesk run`)."""

    program: Path
    python: Path
    user: str
    directory: Path
    backups: Path
    workers: int | None = None

    def __post_init__(self) -> None:
        if not _USER.fullmatch(self.user) or self.user == "root":
            raise PlanError(
                f"--user {self.user} is not the name of an ordinary user, such as osmodesk"
            )
        for path in (self.program, self.python, self.directory, self.backups):
            if not _PATH.fullmatch(str(path)) or ".." in path.parts:
                raise PlanError(
                    f"{path} must be an absolute path of letters, digits and . _ - + @ only"
                )

    @property
    def options(self) -> str:
        """Return the options of this plan, to be read by `read_options`."""
        places = f"--user={self.user} --directory={self.directory} --backups={self.backups}"
        return f"{places} --workers={self.workers or 0}"


def read_options(text: str) -> dict[str, str]:
    """Return the values of the options in a text, by their names."""
    return dict(_OPTION.findall(text))
