"""Writes docs/settings.md: what each setting is for (.env.example), and its form (the class)."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.configuration.settings import Settings

_EXAMPLE = Path(__file__).parents[2] / ".env.example"
_SECTION = re.compile(r"# --- (.+?):? -+$")
# `NAME=` is entered by the operator, `#NAME=value` shows a default; comments have a blank.
_SETTING = re.compile(r"#?([A-Z][A-Z_]*)=(.*)")
_REQUIRED = {"JWT_SECRET", "SECRET_KEY"}

_HEAD = """\
# Settings

<!-- Written by `make docs` from .env.example and the settings' class: change those. -->

Each setting is an environment variable, or a line `NAME=value` of a file `.env` in the folder in
which the command runs ([server.md](server.md): `/var/lib/osmodesk/.env`). The environment has
priority. An empty value counts as not set. A value that cannot be used stops the start with one
line that names the setting. After a change, restart: `systemctl restart osmodesk`.
`osmodesk doctor` checks the settings against the real services.
"""
_TABLE = "| setting | default | what it is for | what it looks like |\n|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class ExampleSetting:
    """One setting of .env.example."""

    section: str
    name: str
    default: str
    about: str


def read_example(text: str) -> list[ExampleSetting]:
    """Read the settings of .env.example, with the comment above each."""
    section, comment, found = "", list[str](), list[ExampleSetting]()
    for line in text.splitlines():
        if heading := _SECTION.fullmatch(line):
            section, comment = heading[1].strip(" .:"), []
        elif setting := _SETTING.fullmatch(line):
            found.append(ExampleSetting(section, setting[1], setting[2], " ".join(comment)))
            comment = []
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
        else:
            comment = []
    return found


def render_reference(example: str) -> str:
    """Return the page."""
    parts, section = [_HEAD], None
    for setting in read_example(example):
        if setting.section != section:
            section = setting.section
            parts.append(f"\n## {section}\n\n{_TABLE}")
        parts.append(_render_row(setting))
    return "".join(parts)


def _render_row(setting: ExampleSetting) -> str:
    field = Settings.model_fields[setting.name.lower()]
    # A commented line of a setting without a default is an example.
    has_default = field.default is not None and setting.default
    default = f"`{setting.default}`" if has_default else ""
    if setting.name in _REQUIRED:
        default = "required"
    cells = (f"`{setting.name}`", default, setting.about, field.description or "")
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(render_reference(_EXAMPLE.read_text(encoding="utf-8")))
