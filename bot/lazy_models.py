"""Has aiogram's models built when they are first used, not all of them when it is imported.

aiogram asks pydantic to wait with that (`defer_build`), and then has each of its 450 models built
at the end of its own import: a hundred megabytes and seconds of every start, of which a bot uses a
twentieth (docs/adr/0020). Here that end is passed over, and each model is built, with the same
names to look its types up in, by the first who needs it.
"""

import sys
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel


def import_aiogram() -> None:
    """Import aiogram with its models still to be built; does nothing where it is imported."""
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
    # Now, and not within the first transaction that meets one.
    types.Update.model_rebuild()
