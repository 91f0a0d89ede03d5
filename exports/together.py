"""Several questions in one round trip.

A page that shows a dozen small things of one object spends more time on the way to the database
and back than there. :func:`together` puts the questions into one statement; each one's rows come
back as JSON and become the same objects the queryset alone would have made.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import JSONField, Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

# JSON of JSON comes as text on both, so that a stored list and a stored text stay apart.
FOLDED: Final = {
    "postgresql": "(WITH r({names}) AS ({sql})"
    " SELECT coalesce(json_agg(json_build_array({values})), '[]')::text FROM r)",
    "sqlite": "(WITH r({names}) AS ({sql}) SELECT json_group_array(json_array({values})) FROM r)",
}


class Folded(SQLCompiler):
    """Compiles one question as a column of a larger statement, and reads the rows that came."""

    text: str = "[]"

    def folded(self) -> tuple[str, tuple[Any, ...]]:
        """Return the column that holds every row of the question, and its parameters."""
        sql, params = self.as_sql()
        names = [f"c{place}" for place in range(len(self.select))]
        values = [
            f"{name}::text" if self.is_postgres and isinstance(field, JSONField) else name
            for name, field in zip(names, self.fields(), strict=True)
        ]
        form = FOLDED[self.connection.vendor]
        column = form.format(names=", ".join(names), sql=sql, values=", ".join(values))
        return column, tuple(params)

    @property
    def is_postgres(self) -> bool:
        """Tell whether the driver, not Django, knows the types of the columns."""
        return self.connection.vendor == "postgresql"

    def fields(self) -> list[Any]:
        """Return the field each column is of."""
        return [expression.output_field for expression, _sql, _alias in self.select]

    def execute_sql(self, *_how: Any, **_more: Any) -> Any:
        """Return the rows that came along, instead of asking."""
        return [self.rows()]

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows as the driver would have given them."""
        fields = self.fields()
        for row in json.loads(self.text):
            if self.is_postgres:
                yield [
                    None if value is None else field.to_python(value)
                    for field, value in zip(fields, row, strict=True)
                ]
            else:
                yield row


class Question(Query):
    """A query that is asked together with others."""

    folded: Folded

    def get_compiler(self, *_how: Any, **_more: Any) -> Folded:
        """Return the compiler that has the rows already."""
        return self.folded


def together(*asked: QuerySet[Any]) -> list[list[Any]]:
    """Return the rows of each of *asked*, in one query.

    Each may filter, join, annotate, slice and take values, of at most a hundred columns; what it
    prefetches is fetched as usual. Numbers keep fifteen digits.
    """
    parts = [prepared(each) for each in asked]
    columns = [column_of(folded) for _question, folded in parts]
    with connections[asked[0].db].cursor() as cursor:
        statement = f"SELECT {', '.join(column for column, _params in columns)}"
        cursor.execute(statement, [value for _column, params in columns for value in params])
        answers = cursor.fetchone()
    for (_question, folded), text in zip(parts, answers, strict=True):
        folded.text = text
    return [list(question) for question, _folded in parts]


def keep(owner: Model, name: str, rows: Iterable[Any]) -> None:
    """Let ``owner.name.all()`` return *rows* without asking, as after a prefetch."""
    known: Any = getattr(owner, name).get_queryset()
    known._result_cache, known._prefetch_done = list(rows), True
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


def prepared(queryset: QuerySet[Any]) -> tuple[QuerySet[Any], Folded]:
    """Return *queryset* ready to be asked, and the compiler that keeps its answer."""
    question: Any = queryset.all()
    query: Any = queryset.query.chain(klass=Question)
    query.folded = Folded(query, connections[queryset.db], queryset.db)
    question._query = query  # the public setter would forget how values are given
    return question, query.folded


def column_of(folded: Folded) -> tuple[str, tuple[Any, ...]]:
    """Return the column of one question; of one that cannot have rows, an empty list."""
    try:
        return folded.folded()
    except EmptyResultSet:
        return "'[]'", ()
