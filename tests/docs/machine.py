"""A machine in a folder, on which the commands of docs/server.md run as far as they can here.

Paths are below the folder. `osmodesk` runs in this process. What changes a real machine, such as
apt-get or systemctl, is not run: its arguments are checked.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.scripts.conftest import Command

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://git.example.com/osmodesk.git"
_PLACES = ("/opt/", "/var/lib/osmodesk", "/var/backups/osmodesk", "/etc/")
_OURS = re.compile(r"osmodesk(?:-\w+)?(?:@\d)?(?:\.(?:service|timer))?")
_OTHERS = {"caddy", "nginx"}
_VERBS = {"enable", "disable", "list-timers", "list-units", "reload"}
_VERBS |= {"restart", "start", "status", "stop"}
# A password, or yes.
_ANSWERS = {"accounts add": "correct horse battery\n", "db restore": "y\n"}
# Programs that run as they are.
_REAL = {"cat", "cp", "git", "ln", "ls", "rm", "sed"}
# Programs of which only the name is known here, with the reason.
_NOT_HERE = {
    "caddy": "its configuration is checked in a test of its own",
    "certbot": "asks a certificate authority",
    "chown": "the user does not exist here",
    "getent": "asks the name server",
    "journalctl": "needs systemd",
    "nano": "a person edits; the test enters the lines of the next box",
    "nginx": "its configuration is checked in a test of its own",
    "rsync": "needs a second machine",
    "ufw": "changes the firewall",
}


@dataclass
class Machine:
    """The folder, the command, and what was asked of the real machine."""

    root: Path
    osmodesk: Command
    # What stdin is for a command that begins with these words.
    answers: dict[str, str] = field(default_factory=lambda: dict(_ANSWERS))
    packages: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def env_file(self) -> Path:
        return self.root / "var/lib/osmodesk/.env"

    @property
    def backups(self) -> Path:
        return self.root / "var/backups/osmodesk"

    def make_repository(self) -> None:
        """Make the repository that the page clones: the few files that its commands touch."""
        upstream = self.root / "upstream"
        upstream.mkdir()
        for name in (".env.example", "Makefile", "compose.yaml"):
            shutil.copy(ROOT / name, upstream)
        for command in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "."],
            ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", "First"],
        ):
            subprocess.run(["git", *command], cwd=upstream, check=True)  # noqa: S603, S607 -- on PATH

    def run(self, line: str) -> None:
        """Run one line of the page, or check it."""
        if "> " in line or line.startswith("sed "):
            self._run_in_shell(line)
            return
        words = self._expand(line)
        handlers: dict[str, Callable[[list[str]], None]] = {
            "apt-get": self._apt_get,
            "docker": self._docker,
            "docker-compose": self._docker,
            "install": self._install,
            "make": self._make,
            "openssl": lambda _: None,
            "osmodesk": self._osmodesk,
            "systemctl": self._systemctl,
            "timedatectl": self._timedatectl,
            "useradd": self._useradd,
        }
        name = Path(words[0]).name
        if name in handlers:
            handlers[name](words[1:])
        elif name in _REAL:
            self._run_in_shell(line)
        else:
            assert name in _NOT_HERE, f"nothing is known of this command: {line}"

    def enter(self, settings: str) -> None:
        """Enter lines in .env, as a person does: replace the line, commented or not."""
        text = self.env_file.read_text()
        for line in settings.splitlines():
            name = line.partition("=")[0]
            text, count = re.subn(rf"(?m)^#?{name}=.*$", line.replace("\\", ""), text, count=1)
            assert count or name not in (ROOT / ".env.example").read_text()
            if not count:
                text += f"{line}\n"
        self.env_file.write_text(text)

    def _here(self, text: str) -> str:
        for place in _PLACES:
            text = re.sub(rf"(?<![\w}}]){re.escape(place)}", f"{self.root}{place}", text)
        return text.replace(REPOSITORY, str(self.root / "upstream"))

    def _run_in_shell(self, line: str) -> str:
        done = subprocess.run(  # noqa: S603 -- a line of our own page
            ["/bin/bash", "-ceu", self._here(line)],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    def _expand(self, line: str) -> list[str]:
        """Return the words of a line, after a shell expanded what is in $( )."""
        if "$(" not in line:
            return shlex.split(self._here(line))
        return self._run_in_shell(f"printf '%s\\0' {line}").split("\0")[:-1]

    def _osmodesk(self, words: list[str]) -> None:
        answer = next((a for w, a in self.answers.items() if " ".join(words).startswith(w)), "")
        if words[0] == "install-service" and "--print" not in words:
            folder = self.root / "var"
            words += ["--root", str(self.root), "--directory", str(folder / "lib/osmodesk")]
            words += ["--backups", str(folder / "backups/osmodesk")]
        done = self.osmodesk(*words, stdin=answer)
        assert done.code == 0, f"osmodesk {' '.join(words)}\n{done.out}\n{done.err}"
        self.said.append(done.out)

    def _systemctl(self, words: list[str]) -> None:
        verb, *names = [word for word in words if not word.startswith("-")]
        assert verb in _VERBS
        for name in names:
            assert name in _OTHERS or name == "osmodesk*" or self._find_unit(name).exists(), name
            if (verb, name) == ("start", "osmodesk-backup"):
                text = self._find_unit(name).read_text()
                [command] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
                self._osmodesk(shlex.split(command)[1:])

    def _find_unit(self, name: str) -> Path:
        assert _OURS.fullmatch(name), name
        name = name if "." in name else f"{name}.service"
        return self.root / "etc/systemd/system" / re.sub(r"@\d", "@", name)

    def _apt_get(self, words: list[str]) -> None:
        assert words[0] in {"install", "update"}
        self.packages += [word for word in words[1:] if not word.startswith("-")]

    def _make(self, words: list[str]) -> None:
        """Check the target; installing again what this test runs with would take a minute."""
        option, folder, *targets = words
        assert option == "-C"
        dry = ["make", "-n", "-C", str(ROOT), *targets]
        subprocess.run(dry, check=True, capture_output=True)  # noqa: S603 -- on PATH
        installed = self.root / folder / ".venv"
        if targets == ["install"] and not installed.exists():
            installed.symlink_to(ROOT / ".venv")

    def _install(self, words: list[str]) -> None:
        """Run it without the owner, who does not exist here."""
        kept = list(words)
        for option in ("-o", "-g"):
            if option in kept:
                place = kept.index(option)
                assert kept[place + 1] == "osmodesk"
                del kept[place : place + 2]
        subprocess.run(["install", *kept], cwd=self.root, check=True)  # noqa: S603, S607 -- on PATH

    def _timedatectl(self, words: list[str]) -> None:
        if words:
            assert words[0] == "set-timezone"
            ZoneInfo(words[1])

    def _useradd(self, words: list[str]) -> None:
        told = subprocess.run(
            ["useradd", "--help"],  # noqa: S607 -- on PATH
            capture_output=True,
            text=True,
            check=False,
        )
        for word in words:
            assert not word.startswith("--") or re.search(rf"{word}\b", told.stdout), word

    def _docker(self, words: list[str]) -> None:
        file = ROOT / "compose.yaml" if words[0] == "compose" else Path(words[1])
        text = file.read_text()
        for word in ("exec", "logs"):
            if word in words:
                rest = [each for each in words[words.index(word) + 1 :] if each != "-f"]
                assert f"\n  {rest[0]}:" in text
                if len(rest) > 1:
                    assert rest[1] == "osmodesk"
