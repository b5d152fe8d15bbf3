"""The repository's own rules that no ready-made tool checks; `make check` runs them."""

import re
import subprocess
import sys
from pathlib import Path

LINE_LIMIT = 400
CODE = {".css", ".html", ".js", ".py", ".sh", ".sql", ".toml"}

# A file somewhere to fetch, a package index, or an option that names one.
DOWNLOAD = re.compile(
    r"://\S+\.(?:whl|tar\.gz|tgz|tar\.xz|zip|deb|crate|gem|exe)\b"
    r"|://\S+/(?:simple)(?![\w-])"
    r"|--(?:(?:extra-)?index-url|default-index|find-links)[ =]\S*/"
)
# A folder that exists on one machine only; a route of an API has a host or a word before it.
MACHINE = re.compile(r"(?<![\w./:}>-])/(?:work|root|tmp|home/\w+|Users/\w+)/\w")


def faults_in(path: str, text: str) -> list[str]:
    """Name each rule that a committed file breaks, with the line where it does."""
    lines = text.splitlines()
    faults = [
        f"{path}:{number}: {fault}"
        for number, line in enumerate(lines, start=1)
        for pattern, fault in ((DOWNLOAD, "a download address"), (MACHINE, "a machine's own path"))
        if pattern.search(line)
    ]
    if Path(path).suffix in CODE and len(lines) > LINE_LIMIT:
        faults.append(f"{path}: {len(lines)} lines, more than {LINE_LIMIT}")
    if "requirements" in path and path.endswith(".txt") and "://" in text:
        faults.append(f"{path}: an address among the pins")
    if path == "alembic/__init__.py":
        faults.append(f"{path}: would shadow the library of that name")
    return faults


def tracked(root: Path) -> list[str]:
    """List what is committed and what is about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603 -- fixed words
    return sorted(set(listing.stdout.split("\0")) - {""})


def faults_of(root: Path) -> list[str]:
    """Name each rule broken anywhere in the repository."""
    found: list[str] = []
    for path in tracked(root):
        file = root / path
        # Removed but not yet committed, or a link: nothing to read.
        if file.is_file() and not file.is_symlink():
            found += faults_in(path, file.read_text(encoding="utf-8", errors="replace"))
    return found


if __name__ == "__main__":
    sys.exit("\n".join(faults_of(Path.cwd())) or 0)
