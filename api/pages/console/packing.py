"""Pack the console's modules into one script, and its style sheets into one: no node is needed.

A browser fetches dozens of small modules slowly, so the modules stand in one file, in the order in
which they need each other. What a module exports is a constant of the page under its own name. If
another module exports that name, too, it gets a number, and who imports it renames it. A module is
a function, so that its other names are its own; it is none where no other module declares them.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from api.pages.console.module_source import ModuleSource, Names, PackingError, read_module

_INDENT = re.compile(r"^ +", re.MULTILINE)
_COMMENTS = re.compile(r"^[ \t]*/\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n", re.MULTILINE)
_STYLE_IMPORT = re.compile(r'^@import "\./([^"]+)";\n', re.MULTILINE)
# A script of the page cannot have these for itself, or browsers use them.
_OF_WINDOW = frozenset(
    (
        *(
            "FileList",
            "History",
            "Screen",
            "blur",
            "close",
            "closed",
            "document",
            "event",
            "external",
            "find",
            "focus",
            "frames",
        ),
        *("history", "length", "location", "name", "open", "opener", "origin", "parent", "print"),
        *("screen", "scroll", "self", "status", "stop", "top", "window"),
    )
)
_STRICT = '"use strict";\n'


@dataclass(frozen=True, slots=True)
class PackedModule:
    """A module that has a script of its own, and where the page finds that."""

    file: Path
    address: str


class Packer:
    """Packs scripts that share modules: that of `main`, and those that the page loads later."""

    def __init__(self, main: Path, later: Iterable[Path] = ()) -> None:
        """Read all modules, each once; raise PackingError."""
        self._sources: dict[Path, ModuleSource] = {}
        self._published: dict[tuple[Path, str], str] = {}
        for each in (main, *later):
            self._read(each.resolve(), ())
        self._numbers = {each: number for number, each in enumerate(self._sources)}
        self._first = self._order(main.resolve(), ())

    def pack_in_two(self, early: Path) -> tuple[bytes, bytes]:
        """Pack the first import of the main module with what that imports, and the rest.

        The second script uses what the first one declares.
        """
        cut = self._first.index(early.resolve()) + 1
        return self._join(self._first[:cut]), self._join(self._first[cut:])

    def pack_later_script(self, later: Path, *, beside: PackedModule | None = None) -> bytes:
        """Pack what a module needs besides the first script, and besides that of `beside`.

        The page loads it with `import()` when it is needed. It uses what the first script declares,
        and imports what `beside` has. Its default export is what the module exports.
        """
        later = later.resolve()
        other = self._order(beside.file.resolve(), self._first) if beside is not None else []
        own = self._order(later, [*self._first, *other])
        head = ""
        if beside is not None:
            names = ", ".join(sorted(self._find_used(other, by=own)))
            head = f'import {{{names}}} from "{beside.address}";\n'
        here = {*self._first, *own}
        others = [each for each in self._sources if each not in here]
        shared = ", ".join(sorted(self._find_used(own, by=others)))
        pairs = [
            _pair(name, self._publish(later, name)) for name, _ in self._sources[later].exports
        ]
        foot = f"export {{{shared}}};\nexport default {{{', '.join(pairs)}}};\n"
        return (head + "".join(map(self._pack, own)) + foot).encode()

    @property
    def files(self) -> Set[Path]:
        """Return the files of all modules."""
        return self._sources.keys()

    @property
    def constants(self) -> set[str]:
        """Return the names that a page with all scripts has; no browser may know one of them."""
        published = {
            self._publish(path, name) for name, paths in self._exporters.items() for path in paths
        }
        alone = [self._sources[path].declared for path in self._sources if self._is_alone(path)]
        return published.union(*alone)

    def _read(self, path: Path, importers: tuple[Path, ...]) -> None:
        """Read a module after those that it imports."""
        if path in importers:
            names = " → ".join(each.name for each in (*importers, path))
            raise PackingError(f"the console's modules import each other in a circle: {names}")
        if path in self._sources:
            return
        try:
            source = read_module(path)
        except FileNotFoundError:
            importer = importers[-1].name
            raise PackingError(f"{importer} imports {path.name}, which is missing") from None
        for _, imported in source.imports:
            self._read(imported, (*importers, path))
        self._sources[path] = source

    def _order(self, path: Path, known: Sequence[Path]) -> list[Path]:
        """List a module after those that it imports, without the known ones."""
        ordered = dict.fromkeys(known)

        def add(each: Path) -> None:
            if each not in ordered:
                for _, imported in self._sources[each].imports:
                    add(imported)
                ordered[each] = None

        add(path)
        return list(ordered)[len(known) :]

    def _find_origin(self, path: Path, name: str) -> tuple[Path, str]:
        """Find the module that declares what a module exports, and its name there."""
        source = self._sources[path]
        inside = dict(source.exports).get(name, name)
        if (origin := source.imported.get(inside)) is not None:
            return self._find_origin(*origin)
        return path, name

    @cached_property
    def _exporters(self) -> dict[str, set[Path]]:
        """The modules that declare and export something, by its name."""
        return _group(
            (name, path)
            for path, source in self._sources.items()
            for name, _ in source.exports
            if self._find_origin(path, name) == (path, name)
        )

    @cached_property
    def _declaring(self) -> dict[str, set[Path]]:
        """The modules that declare something for themselves or others, by its name."""
        return _group(
            (name, path) for path, each in self._sources.items() for name in each.declared
        )

    def _publish(self, path: Path, name: str) -> str:
        """Return the constant of the page that is what a module exports."""
        if (known := self._published.get((path, name))) is None:
            origin, own = self._find_origin(path, name)
            is_free = self._exporters[own] == {origin} and own not in _OF_WINDOW
            known = own if is_free else f"{own}${self._numbers[origin]}"
            self._published[path, name] = known
        return known

    def _find_used(self, of: Iterable[Path], *, by: Iterable[Path]) -> set[str]:
        """Find what some modules declare and others import."""
        declaring = set(of)
        used = set()
        for each in by:
            for target in self._sources[each].imported.values():
                origin = self._find_origin(*target)
                if origin[0] in declaring:
                    used.add(self._publish(*origin))
        return used

    def _join(self, modules: Iterable[Path]) -> bytes:
        return (_STRICT + "".join(map(self._pack, modules))).encode()

    def _pack(self, path: Path) -> str:
        code = self._sources[path].code
        if not code or self._is_alone(path):
            return code
        code = "".join(f"const {inside}={name};\n" for inside, name in self._rename(path)) + code
        exports = self._list_exports(path)
        if not exports:
            return f"(()=>{{\n{code}}})();\n"
        outside = ",".join(name for _, name in exports)
        if len(exports) == 1:
            return f"const {outside}=(()=>{{\n{code}return {exports[0][0]};\n}})();\n"
        inside = ",".join(name for name, _ in exports)
        return f"const [{outside}]=(()=>{{\n{code}return [{inside}];\n}})();\n"

    def _rename(self, path: Path) -> Names:
        """List what a module imports under another name than the page's, each with that."""
        imported = self._sources[path].imported.items()
        names = ((inside, self._publish(*target)) for inside, target in imported)
        return tuple((inside, name) for inside, name in names if inside != name)

    def _list_exports(self, path: Path) -> Names:
        """List what a module exports and declares, by its names in the module and of the page."""
        return tuple(
            (inside, self._publish(path, outside))
            for outside, inside in self._sources[path].exports
            if self._find_origin(path, outside) == (path, outside)
        )

    def _is_alone(self, path: Path) -> bool:
        """Check whether all that a module declares can be the page's under the same names."""
        exports = dict(self._list_exports(path))
        return not self._rename(path) and all(
            exports.get(name) == name
            or (
                name not in exports
                and name.isidentifier()
                and name not in _OF_WINDOW
                and name not in self._exporters
                and self._declaring[name] == {path}
            )
            for name in self._sources[path].declared | exports.keys()
        )


def _group(pairs: Iterable[tuple[str, Path]]) -> dict[str, set[Path]]:
    grouped: dict[str, set[Path]] = {}
    for name, path in pairs:
        grouped.setdefault(name, set()).add(path)
    return grouped


def _pair(outside: str, inside: str) -> str:
    return outside if outside == inside else f"{outside}: {inside}"


def pack_styles(main: Path) -> bytes:
    """Pack the style sheets that a sheet imports, in their order, without their comments."""
    names = _STYLE_IMPORT.findall(main.read_text("utf-8"))
    sheets = [_COMMENTS.sub("", (main.parent / name).read_text("utf-8")) for name in names]
    return "".join(_INDENT.sub("", each) for each in sheets).encode()
