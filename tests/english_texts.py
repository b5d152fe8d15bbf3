"""Read English texts from the code: {1}, {2} for what is filled in."""

import ast
from collections.abc import Iterator, Mapping, Sequence

Names = Mapping[str, Sequence[ast.expr]]


def read_assignments(nodes: Sequence[ast.AST]) -> dict[str, list[ast.expr]]:
    """Read what is assigned to each name among these nodes."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=True):
                    if isinstance(each, ast.Name):
                        found.setdefault(each.id, []).append(value)
    return found


def to_templates(node: ast.expr, names: Names) -> Iterator[str]:
    """List what an expression may say; names stand for what is assigned to them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield _to_template(parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from to_templates(body, names)
            yield from to_templates(orelse, names)
        case ast.Name(id=name):
            for value in names.get(name, []):
                yield from to_templates(value, {k: v for k, v in names.items() if k != name})


def has_words(template: str) -> bool:
    """Check whether a text has words of its own beside its values."""
    return any(letter.isalpha() for letter in template if letter not in "{}0123456789")


def _to_template(parts: list[ast.expr]) -> str:
    text, number = "", 0
    for part in parts:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            number += 1
            text += f"{{{number}}}"
    return text
