"""Build aiogram's models on first use instead of all at import.

aiogram asks pydantic to defer building (`defer_build`), but then builds each of its 450 models at
the end of its own import. That costs every start a hundred megabytes and seconds, and a bot uses a
twentieth of the models (docs/adr/0020). This module skips that end. Each model is built on its
first use, with the same names to look up its types.
"""

import sys
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel


def import_aiogram() -> None:
    """Import aiogram without building its models; do nothing if it is already imported."""
    if "aiogram" in sys.modules:
        return
    build = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(lambda cls, **_: None)  # type: ignore[assignment, method-assign] # for this import
    try:
        import aiogram  # noqa: F401, PLC0415 this is the import that the module is for
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign] # as it was
    _build_on_first_use()


def _build_on_first_use() -> None:
    from aiogram import types  # noqa: PLC0415 after the import above
    from aiogram.client.default import Default  # noqa: PLC0415
    from aiogram.methods import Response, TelegramMethod  # noqa: PLC0415
    from aiogram.types.base import TelegramObject  # noqa: PLC0415

    # As at the end of aiogram/types/__init__.py.
    names: dict[str, Any] = {
        "List": list,
        "Optional": Optional,
        "Union": Union,
        "Literal": Literal,
        "Default": Default,
        **{name: getattr(types, name) for name in types.__all__},
    }

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
            _types_namespace=_types_namespace or names,
        )

    for base in (TelegramObject, TelegramMethod, Response):
        base.model_rebuild = classmethod(model_rebuild)  # type: ignore[assignment, method-assign] # of all that derive from it
    # Build this one now, not within the first transaction that needs it.
    types.Update.model_rebuild()
