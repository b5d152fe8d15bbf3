"""Import of aiogram what is used, when it is used.

`import aiogram` reads all 450 types and 190 methods of Telegram's API, and builds a model for each.
A desk uses a third of them, and the rest would be a sixth of its memory (docs/adr/0020). So the
`__init__.py` of aiogram's large packages does not run here: a name is imported when somebody asks
for it, from the module that this file would import it from. pydantic builds each model on its first
use, for which aiogram asks it (`defer_build`), with the names that the model's fields mention.
"""

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Optional, Union, get_args

from pydantic import BaseModel

_PACKAGES = ("aiogram", "aiogram.types", "aiogram.methods")
_NAME = re.compile(r"\b[A-Z]\w*")


def import_aiogram() -> None:
    """Make aiogram's packages ready to import from; do nothing if aiogram is already imported."""
    if "aiogram" in sys.modules:
        return
    for name in _PACKAGES:
        _open_package(name)
    _build_on_first_use()


def _open_package(name: str) -> None:
    """Register a package that imports each of its names when somebody asks for it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = importlib.util.module_from_spec(spec)
    sources = _list_sources(Path(spec.origin))

    def __getattr__(attribute: str) -> Any:  # noqa: N807 Python calls it for a missing attribute
        if attribute not in sources:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        module, original = sources[attribute]
        value = getattr(importlib.import_module(f"{name}.{module}"), original)
        setattr(package, attribute, value)
        return value

    vars(package).update(__getattr__=__getattr__, __all__=tuple(sources))
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


def _list_sources(init: Path) -> dict[str, tuple[str, str]]:
    """List from which module, and under which name, a package imports each of its names."""
    return {
        alias.asname or alias.name: (statement.module, alias.name)
        for statement in ast.parse(init.read_bytes()).body
        if isinstance(statement, ast.ImportFrom) and statement.level == 1 and statement.module
        for alias in statement.names
    }


def _build_on_first_use() -> None:
    from aiogram import types  # noqa: PLC0415 from the packages above
    from aiogram.client.default import Default  # noqa: PLC0415
    from aiogram.methods import Response, TelegramMethod  # noqa: PLC0415
    from aiogram.types.base import TelegramObject  # noqa: PLC0415

    # As at the end of aiogram/types/__init__.py, which adds all types.
    known: dict[str, Any] = {
        "List": list,
        "Optional": Optional,
        "Union": Union,
        "Literal": Literal,
        "Default": Default,
    }

    def find_names(model: type[BaseModel]) -> dict[str, Any]:
        """Import the types that a model's fields mention, and those that their fields mention."""
        models = [model]
        while models:
            for name in _list_names(models.pop()):
                if name not in known and name in types.__all__:
                    known[name] = getattr(types, name)
                    models += _list_models(known[name])
        return known

    def model_rebuild(
        cls: type[BaseModel],
        /,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _types_namespace: dict[str, Any] | None = None,
        **_: object,
    ) -> bool | None:
        return BaseModel.model_rebuild.__func__(  # type: ignore[attr-defined, no-any-return] # a class method's function
            cls,
            force=force,
            raise_errors=raise_errors,
            _types_namespace=_types_namespace or find_names(cls),
        )

    for base in (TelegramObject, TelegramMethod, Response):
        base.model_rebuild = classmethod(model_rebuild)  # type: ignore[assignment, method-assign] # of all that derive from it
    # Build this one now, not within the first transaction that needs it.
    types.Update.model_rebuild()


def _list_names(model: type[BaseModel]) -> Iterator[str]:
    """List the names in the annotations of a model, which are texts, and its type arguments."""
    for each in model.__mro__:
        for annotation in vars(each).get("__annotations__", {}).values():
            yield from _NAME.findall(str(annotation))
    for argument in model.__pydantic_generic_metadata__["args"]:
        yield from (each.__name__ for each in _list_models(argument))


def _list_models(found: Any) -> Iterator[type[BaseModel]]:
    """List the models in a type: itself, or those of a union."""
    if isinstance(found, type) and issubclass(found, BaseModel):
        yield found
    for each in get_args(found):
        yield from _list_models(each)
