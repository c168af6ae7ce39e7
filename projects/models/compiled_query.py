"""Queries that Django compiles once, and not each time.

For a query of many subqueries that takes Django ten times as long as it takes the database to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

# stands for the key while a query is compiled: within the range of every integer column, and no constant of a query
_MARKER = 2_147_483_629


class CompiledQuery:
    """A query by one integer, such as the id of a person, whose first row is returned as a dict.

    `build` gets the integer and returns a query set of `values()`. It is called once, so nothing in the query may
    depend on anything else that changes, such as the time.
    """

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        """Compile nothing yet: the database may not be known."""
        self._build = build
        self._compiled: tuple[SQLCompiler, str, tuple[Any, ...]] | None = None

    def first(self, key: int) -> dict[str, Any] | None:
        """Return the first row for this integer; None without one."""
        if self._compiled is None:
            compiler = self._build(_MARKER)[:1].query.get_compiler(connection.alias)
            self._compiled = compiler, *compiler.as_sql()
        compiler, sql, values = self._compiled
        with connection.cursor() as cursor:
            # the type of a value tells psycopg which type of integer it is
            cursor.execute(sql, [type(value)(key) if value == _MARKER else value for value in values])
            row = cursor.fetchone()
        return None if row is None else self._as_dict(compiler, row)

    @staticmethod
    def _as_dict(compiler: SQLCompiler, row: tuple[Any, ...]) -> dict[str, Any]:
        """Convert the values of a row as the query set would."""
        converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
        converted = next(iter(compiler.apply_converters([row], converters)), row)
        return dict(zip([*compiler.query.values_select, *compiler.query.annotation_select], converted, strict=True))
