"""Queries that are put into SQL once per process.

Django builds the SQL of a query anew each time it is asked; that costs several times what PostgreSQL needs to answer.
On the few paths that everybody takes all the time (the showtime page, a hold) it was most of the work. Here a query is
still written with the ORM, as a function; what changes from one call to the next are the function's arguments.

    @compiled
    def _held(showtime_id: int, now: dt.datetime) -> QuerySet[Place]:
        return Place.objects.filter(showtime=showtime_id, held_until__gt=now)

    places = _held(showtime.pk, now)  # a list

The arguments stand for values in the SQL, so the function cannot look at them: no `if`, no list of any length but by
`AnyOf`. (Caching answers instead was the path not taken: a seat must be told as it is.)
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, Expression, Field, Func, Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
New = TypeVar("New", bound=Model)
P = ParamSpec("P")


class Given(Expression):
    """Stands for a value that is not known yet when the query is compiled."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A placeholder, and this itself as its parameter, to be exchanged for the value."""
        return "%s", [self]


class AnyOf(Func):
    """`filter(AnyOf("id", ids))`: one of a list of values, in one statement however long the list is."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _Template(Generic[P]):
    """What a function of a query's values and its SQL have in common: the names of the values."""

    def __init__(self, build: Callable[P, Any]) -> None:
        update_wrapper(cast("Any", self), build)
        self._names = build.__code__.co_varnames[: build.__code__.co_argcount]
        self._build: Callable[..., Any] = build

    def _built(self) -> Any:
        return self._build(*(Given(name) for name in self._names))

    def _bind(self, parameters: Sequence[Any], values: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        given = dict(zip(self._names, values, strict=False)) | named
        return [given[item.name] if isinstance(item, Given) else item for item in parameters]


class Compiled(_Template[P], Generic[P, Row]):
    """A function that returned a query and now returns its rows."""

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[Row]:
        """Ask the database with these values."""
        queryset, compiler, sql, parameters, converters = self._compiled
        bound = self._bind(parameters, values, named)
        asking: Any = copy.copy(compiler)
        asking.connection = connections[queryset.db]  # a connection belongs to its thread
        asking.as_sql = lambda *_args, **_options: (sql, bound)
        asking.get_converters = lambda _columns: converters
        rows: Any = queryset._iterable_class
        return list(rows(_Asked(queryset, asking)))

    @cached_property
    def _compiled(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, Sequence[Any], Any]:
        queryset = self._built()
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[: compiler.col_count]])
        return queryset, compiler, sql, parameters, converters


class CompiledUpdate(_Template[P]):
    """A function that returned a query and what its rows are to become, and now changes them."""

    def __call__(self, *values: P.args, **named: P.kwargs) -> int:
        """Change the rows; how many there were."""
        using, sql, parameters = self._compiled
        with connections[using].cursor() as cursor:
            cursor.execute(sql, self._bind(parameters, values, named))
            changed: int = cursor.rowcount
        return changed

    @cached_property
    def _compiled(self) -> tuple[str, str, Sequence[Any]]:
        queryset, become = self._built()
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(become)
        return queryset.db, *query.get_compiler(using=queryset.db).as_sql()


def compiled(build: Callable[P, QuerySet[Any, Row]]) -> Compiled[P, Row]:
    """Let `build`, which returns a query, return its rows; the query is compiled at the first call."""
    return Compiled(build)


def compiled_update(build: Callable[P, tuple[QuerySet[Any, Any], dict[str, Any]]]) -> CompiledUpdate[P]:
    """Let `build`, which returns a query and {field: value}, make that change; compiled at the first call."""
    return CompiledUpdate(build)


def insert(row: New) -> New:
    """Write one new row, whose id the database gives it; the statement is compiled once for its table.

    What `save(force_insert=True)` does for a model without signals, at a third of its price.
    """
    sql, fields = _insertion(type(row))
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
        [row.pk] = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def insert_all(rows: Iterable[New]) -> list[New]:
    """Write new rows of one table in one statement; most often it is one row."""
    rows = list(rows)
    return [insert(rows[0])] if len(rows) == 1 else type(rows[0])._base_manager.bulk_create(rows) if rows else []


@cache
def _insertion(model: type[Model]) -> tuple[str, "list[Field[Any, Any]]"]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    query = InsertQuery(model)
    query.insert_values(fields, [model(**{field.attname: None for field in fields})], raw=True)
    compiler: Any = query.get_compiler(using=DEFAULT_DB_ALIAS)
    compiler.returning_fields = [model._meta.pk]
    [(sql, _parameters)] = compiler.as_sql()
    return sql, fields


class _Asked:
    """As much of a queryset, and of its query, as Django's iterables of rows look at."""

    def __init__(self, of: Any, compiler: SQLCompiler) -> None:
        self._of = of
        self._compiler = compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)

    @property
    def query(self) -> "_Asked":
        return _Asked(self._of.query, self._compiler)

    def get_compiler(self, using: str) -> SQLCompiler:
        return self._compiler
