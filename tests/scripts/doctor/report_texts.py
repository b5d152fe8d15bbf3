"""Collects the texts of check results from the code: {1}, {2} for what is filled in."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
_REPORTS = {"report_ok", "report_warning", "report_error", "report", "found"}
# What the doctor prints comes from these.
_PLACES = ("scripts/doctor", "bot/setup", "bridge/cloud/setup", "bridge/waha/setup")


def list_templates() -> set[str]:
    """List every text and remedy of a check result that has words of its own."""
    found: set[str] = set()
    for place in _PLACES:
        for file in sorted((ROOT / place).rglob("*.py")):
            found |= set(_read_module(ast.parse(file.read_text())))
    return {each for each in found if any(letter.isalpha() for letter in _without_values(each))}


def _read_module(tree: ast.Module) -> Iterator[str]:
    constants = _read_assignments(tree.body)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = constants | _read_assignments(list(ast.walk(function)))
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Name(id=name), args=arguments) if name in _REPORTS:
                        for each in arguments:
                            yield from _to_templates(each, names)


def _read_assignments(nodes: list[ast.stmt] | list[ast.AST]) -> dict[str, list[ast.expr]]:
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


def _to_templates(node: ast.expr, names: dict[str, list[ast.expr]]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield _to_template(parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _to_templates(body, names)
            yield from _to_templates(orelse, names)
        case ast.Name(id=name):
            for value in names.get(name, []):
                yield from _to_templates(value, {k: v for k, v in names.items() if k != name})


def _to_template(parts: list[ast.expr]) -> str:
    text, number = "", 0
    for part in parts:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            number += 1
            text += f"{{{number}}}"
    return text


def _without_values(template: str) -> str:
    return "".join(each for each in template if each not in "{}0123456789")
