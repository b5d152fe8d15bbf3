"""Pack the console's modules into one script, and its style sheets into one: no node is needed.

A browser fetches dozens of small modules slowly, so each module becomes a function in one file, in
the order in which they need each other. The sources keep to a few forms of `import` and `export`;
anything else is an error at the start, not in the browser.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^export ((?:const|function|async function|class) ([\w$]+))", re.MULTILINE)
# The one form that bundlers write at the end of a file.
_LISTED = re.compile(r"export\s*\{([^}]*)\};?\s*\Z")
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Lines that hold nothing but a comment.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*\*?(?:(?!\*/)[\s\S])*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE)
# Types inside a line: `/** @type {…} */ (value)`.
_CASTS = re.compile(r"/\*\* @type (?:(?!\*/)[\s\S])*\*/ ?")
_INDENT = re.compile(r"^ +", re.MULTILINE)
_STYLE_IMPORT = re.compile(r'^@import "\./([^"]+)";\n', re.MULTILINE)


class PackingError(Exception):
    """A source of the console is not in a form that can be packed."""


@dataclass(frozen=True, slots=True)
class PackedModule:
    """A module that has a script of its own, and where the page finds that."""

    file: Path
    address: str


@dataclass(frozen=True, slots=True)
class _Source:
    """A module as it was read: the names and files of its imports, and the body of its function."""

    imports: tuple[tuple[str, Path], ...]
    body: str


class Packer:
    """Packs scripts that share modules; each module is read once."""

    def __init__(self) -> None:
        self._sources: dict[Path, _Source] = {}

    def pack_in_two(self, main: Path, early: Path) -> tuple[bytes, bytes]:
        """Pack the first import of `main` with what that imports, and the rest: two scripts.

        The second one uses the modules of the first, which are constants of the page.
        """
        packed = self._pack(main)
        cut = list(packed).index(early.resolve()) + 1
        modules = list(packed.values())
        return _join(modules[:cut]), _join(modules[cut:])

    def pack_later_script(
        self, main: Path, later: Path, *, beside: PackedModule | None = None
    ) -> bytes:
        """Pack what a module needs besides the modules of the script of `main`, and of `beside`.

        The page loads it with `import()` when it is needed. It uses the modules of the first
        script, which are constants of the page, and imports those of `beside`. Its default export
        is what the module exports.
        """
        packed = self._pack(main)
        first = len(packed)
        if beside is not None:
            self._add_module(beside.file.resolve(), packed, ())
        known = len(packed)
        self._add_module(later.resolve(), packed, ())
        imported = ""
        if beside is not None:
            imported = f'import {{{_list_names(first, known)}}} from "{beside.address}";\n'
        exported = f"export {{{_list_names(known, len(packed))}}};\n"
        default = f"export default module{list(packed).index(later.resolve())};\n"
        own = "".join(list(packed.values())[known:])
        return (imported + own + exported + default).encode()

    def _pack(self, main: Path) -> dict[Path, str]:
        packed: dict[Path, str] = {}
        self._add_module(main.resolve(), packed, ())
        return packed

    def _add_module(self, path: Path, packed: dict[Path, str], importers: tuple[Path, ...]) -> None:
        """Add a module after those that it imports."""
        if path in packed:
            return
        if path in importers:
            names = " → ".join(each.name for each in (*importers, path))
            raise PackingError(f"the console's modules import each other in a circle: {names}")
        try:
            source = self._read(path)
        except FileNotFoundError:
            importer = importers[-1].name
            raise PackingError(f"{importer} imports {path.name}, which is missing") from None
        for _, imported in source.imports:
            self._add_module(imported, packed, (*importers, path))
        numbers = {each: number for number, each in enumerate(packed)}
        head = "".join(
            f"const {{{names}}} = module{numbers[imported]};\n"
            for names, imported in source.imports
        )
        packed[path] = f"const module{len(packed)} = (() => {{\n{head}{source.body}}})();\n"

    def _read(self, path: Path) -> _Source:
        if (source := self._sources.get(path)) is None:
            text = path.read_text("utf-8")
            imports = tuple(
                (_to_pattern(names), (path.parent / file).resolve())
                for names, file in _IMPORT.findall(text)
            )
            source = self._sources[path] = _Source(imports, _wrap(path, text))
        return source


def _join(modules: Iterable[str]) -> bytes:
    return ('"use strict";\n' + "".join(modules)).encode()


def _list_names(begin: int, end: int) -> str:
    return ", ".join(f"module{number}" for number in range(begin, end))


def _wrap(path: Path, text: str) -> str:
    """Return the body of a module's function, which returns what the module exports."""
    text = _CASTS.sub("", _COMMENTS.sub("", _IMPORT.sub("", text)))
    exports = [(name, name) for _, name in _DECLARED.findall(text)]
    text = _DECLARED.sub(r"\1", text)
    if (listed := _LISTED.search(text)) is not None:
        exports += [_split_alias(each) for each in listed[1].split(",") if each.strip()]
        text = text[: listed.start()]
    if not _has_long_template(text):
        text = _INDENT.sub("", text)
    if (unknown := _UNKNOWN.search(text)) is not None:
        raise PackingError(f"{path.name}: the console cannot pack “{unknown[0]}”")
    returned = ", ".join(f"{outside}: {inside}" for inside, outside in exports)
    return f"{text}\nreturn {{{returned}}};\n"


def _has_long_template(text: str) -> bool:
    """Return whether a template may go over several lines: each of them begins where it begins."""
    return any(line.count("`") % 2 for line in text.splitlines())


def _to_pattern(names: str) -> str:
    """Turn the names of an import into those of a destructuring."""
    pairs = [_split_alias(each) for each in names.split(",") if each.strip()]
    return ", ".join(name if name == alias else f"{name}: {alias}" for name, alias in pairs)


def _split_alias(text: str) -> tuple[str, str]:
    """Split `name as alias`; without an alias it is the name."""
    name, _, alias = text.strip().partition(" as ")
    return name.strip(), alias.strip() or name.strip()


def pack_styles(main: Path) -> bytes:
    """Pack the style sheets that a sheet imports, in their order, without their comments."""
    names = _STYLE_IMPORT.findall(main.read_text("utf-8"))
    sheets = [_COMMENTS.sub("", (main.parent / name).read_text("utf-8")) for name in names]
    return "".join(_INDENT.sub("", each) for each in sheets).encode()
