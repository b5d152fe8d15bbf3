"""Search in the values of a JSON column; SQLite and MySQL read JSON with functions of their own."""

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class HasValueLike(FunctionElement[bool]):
    """Match rows whose list of `{"name": …, "value": …}` has a value like a pattern.

    Built from the column and the pattern, of which `/` is the escape character. An empty column
    costs nothing.
    """

    name = "has_value_like"
    type = Boolean()
    inherit_cache = True


@compiles(HasValueLike)
def _compile_for_mysql(element: HasValueLike, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(each, **options) for each in element.clauses)
    # TEXT has the database's collation, as the columns of names have.
    values = f"JSON_TABLE({column}, '$[*]' COLUMNS (value TEXT PATH '$.value'))"
    return _is_like(values, "own.value", pattern)


@compiles(HasValueLike, "sqlite")
def _compile_for_sqlite(element: HasValueLike, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(each, **options) for each in element.clauses)
    return _is_like(f"json_each({column})", "json_extract(own.value, '$.value')", pattern)


def _is_like(values: str, value: str, pattern: str) -> str:
    return f"EXISTS (SELECT 1 FROM {values} AS own WHERE {value} LIKE {pattern} ESCAPE '/')"  # noqa: S608 no value is in it
