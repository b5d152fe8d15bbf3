"""Collects the texts of check results from the code: {1}, {2} for what is filled in."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.english_texts import has_words, read_assignments, to_templates

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
    return set(filter(has_words, found))


def _read_module(tree: ast.Module) -> Iterator[str]:
    constants = read_assignments(tree.body)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = constants | read_assignments(list(ast.walk(function)))
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Name(id=name), args=arguments) if name in _REPORTS:
                        for each in arguments:
                            yield from to_templates(each, names)
