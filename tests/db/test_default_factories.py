"""Default values of columns: pydantic need not find out what makes them."""

import inspect

from sqlmodel import SQLModel

from db import tables

_TABLES = [
    each
    for each in vars(tables).values()
    if isinstance(each, type) and issubclass(each, SQLModel) and hasattr(each, "__table__")
]


def test_factories_say_that_they_take_no_arguments() -> None:
    factories = {
        f"{table.__name__}.{name}": field.default_factory
        for table in _TABLES
        for name, field in table.model_fields.items()
        if field.default_factory is not None
    }
    inspected = [
        name
        for name, factory in factories.items()
        if getattr(factory, "__signature__", None) != inspect.Signature()
    ]
    assert len(factories) > 100
    assert inspected == []


def test_each_row_has_values_of_its_own() -> None:
    first, second = tables.AgentAiConfig(), tables.AgentAiConfig()
    first.products.append({"name": "Tea"})
    assert second.products == []
    assert tables.Message().id != tables.Message().id
