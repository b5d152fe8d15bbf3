"""Read one module of the console: what it imports and exports, and its code without needless text.

The sources keep to a few forms of `import` and `export`; anything else is an error at the start,
not in the browser. They are formatted by a tool, so a line tells much by how it begins and ends.
"""

import re
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^export ((?:const|function|async function|class) ([\w$]+))", re.MULTILINE)
# The one form that bundlers write at the end of a file.
_LISTED = re.compile(r"export\s*\{([^}]*)\};?\s*\Z")
# Another name, or another type, for something that is imported.
_SAME = re.compile(r"^export const ([\w$]+) = \(?([\w$]+)\)?;\n", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_TOP = re.compile(r"^(?:const|let|class|(?:async )?function\*?) ([\w$]+|[{\[].*)", re.MULTILINE)
# Lines that hold nothing but a comment, and comments at the end of a plain line.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*\*?(?:(?!\*/)[\s\S])*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE)
_LAST_COMMENT = re.compile(r"^([^\"'`/\n]*[;{,)]) //[^\n]*$", re.MULTILINE)
# Types inside a line: `/** @type {…} */ (value)`.
_CASTS = re.compile(r"/\*\* @type (?:(?!\*/)[\s\S])*\*/ ?")
_STRING = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")
# Signs with the space that the formatter puts around them; faster than a pattern.
_SIGNS = [
    (each, each.strip())
    for each in (
        *(" = ", " => ", " === ", " !== ", " && ", " || ", " ?? ", " ? ", " : ", " < ", " > "),
        *(", ", ": ", "{ ", " }", " {", " (", " [", ") ", "} ", "] "),
    )
]

Names = tuple[tuple[str, str], ...]


class PackingError(Exception):
    """A source of the console is not in a form that can be packed."""


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """A module: pairs of names are those outside and inside, of imports and exports."""

    imports: tuple[tuple[Names, Path], ...]
    # Where each imported name comes from, by its name inside.
    imported: dict[str, tuple[Path, str]]
    exports: Names
    code: str
    declared: frozenset[str]


def read_module(path: Path) -> ModuleSource:
    """Read a module; raise PackingError if it is in another form."""
    text = path.read_text("utf-8")
    imports = tuple(
        (_split_names(names), Path(normpath(path.parent / file)))
        for names, file in _IMPORT.findall(text)
    )
    text = _CASTS.sub("", _COMMENTS.sub("", _IMPORT.sub("", text)))
    imported = {inside: (file, outside) for pairs, file in imports for outside, inside in pairs}
    exports = [(name, own) for name, own in _SAME.findall(text) if own in imported]
    text = _SAME.sub(lambda found: "" if found[2] in imported else found[0], text)
    exports += [(name, name) for _, name in _DECLARED.findall(text)]
    text = _DECLARED.sub(r"\1", text)
    if (listed := _LISTED.search(text)) is not None:
        exports += [(outside, inside) for inside, outside in _split_names(listed[1])]
        text = text[: listed.start()]
    if (unknown := _UNKNOWN.search(text)) is not None:
        raise PackingError(f"{path.name}: the console cannot pack “{unknown[0]}”")
    declared = frozenset(_TOP.findall(text))
    return ModuleSource(imports, imported, tuple(exports), squeeze(text), declared)


def squeeze(text: str) -> str:
    """Remove the space that formatted code does not need.

    A line with a template, a pattern or a comment stays as it is, as does a module in which a
    template goes over several lines.
    """
    lines = _LAST_COMMENT.sub(r"\1", text).splitlines()
    if any(line.count("`") % 2 for line in lines):
        return text
    squeezed = ""
    is_plain = False
    for line in map(str.strip, filter(str.strip, lines)):
        joins = is_plain and (squeezed[-1] in ",{([;" or line[0] in ")}]")
        if joins and line[0] in ")}]":
            squeezed = squeezed.removesuffix(",")
        is_plain = "/" not in line and "`" not in line
        squeezed += ("" if joins or not squeezed else "\n") + (
            _squeeze_line(line) if is_plain else line
        )
    return f"{squeezed}\n" if squeezed else ""


def _squeeze_line(line: str) -> str:
    pieces = _STRING.split(line) if '"' in line or "'" in line else [line]
    for place in range(0, len(pieces), 2):  # strings are between them
        piece = pieces[place]
        for spaced, sign in _SIGNS:
            piece = piece.replace(spaced, sign)
        pieces[place] = piece
    return "".join(pieces)


def _split_names(names: str) -> Names:
    """Split `name, name as alias`; without an alias both are the name."""
    pairs = []
    for each in filter(str.strip, names.split(",")):
        name, _, alias = each.strip().partition(" as ")
        pairs.append((name.strip(), alias.strip() or name.strip()))
    return tuple(pairs)
