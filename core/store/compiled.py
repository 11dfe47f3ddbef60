"""Statements whose SQL is made once and run many times.

peewee spends ten times longer on making the SQL of a statement than SQLite on running it, and a
redemption has some thirty of them (baselines.md B: few and cheap statements decide the rate). So
the statements of the main flow are compiled at first use, once for each kind of database; values
are filled in by name, with the conversions of their columns. Statements that run rarely, or whose
shape varies, stay plain peewee.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from peewee import Database, Field, ForeignKeyField, ModelSelect, Node

from core.store.tables import Row

R = TypeVar("R", bound=Row)
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A value to come, among the parameters of a statement. One of the type `as_is` needs no
    conversion."""

    name: str
    convert: Convert | None
    as_is: type | None = None


class _Place(Node):
    """Where a value will stand, while peewee makes the SQL."""

    def __init__(self, name: str, convert: Convert | None = None) -> None:
        self._name = name
        self._convert = convert

    def __sql__(self, ctx: Any) -> Any:
        # In a condition peewee tells here how the column on its left converts values.
        convert = self._convert or ctx.state.converter
        column = getattr(convert, "__self__", None)
        gap = _Gap(self._name, convert, _DRIVERS.get(type(column).__name__))
        return ctx.value(gap, converter=False)


_DRIVERS: dict[str, type] = dict.fromkeys(
    ("IntegerField", "BigIntegerField", "SmallIntegerField", "BigAutoField", "ForeignKeyField"),
    int) | dict.fromkeys(("CharField", "TextField"), str)
"""Columns whose values the drivers take and give as Python has them, by class."""


def _database(table: type[Row]) -> Database:
    database: Database = table._meta.database
    return database


class _Params:
    """The parameters of a statement, some of them still to come."""

    __slots__ = ("_gaps", "_known")

    def __init__(self, params: Sequence[Any]) -> None:
        self._known = list(params)
        self._gaps = [(number, gap.name, gap.convert, gap.as_is)
                      for number, gap in enumerate(params) if type(gap) is _Gap]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """All of them, as the driver takes them."""
        filled = self._known.copy()
        for number, name, convert, as_is in self._gaps:
            value = values[name]
            if value is not None and type(value) is not as_is and convert is not None:
                value = convert(value)
            filled[number] = value
        return filled


@dataclass(slots=True)
class _Object:
    """How one table's part of a row becomes an object: the columns that are ready as the driver
    gives them, and (number, conversion) of the others by name."""

    table: type[Row]
    ready: dict[str, int] = field(default_factory=dict)
    late: dict[str, tuple[int, Convert]] = field(default_factory=dict)
    links: list[tuple[type[Row], str, bool]] = field(default_factory=list)
    """(joined table, attribute, is that a foreign key of ours)"""

    def add(self, name: str, number: int, convert: Convert | None) -> None:
        """One more selected column."""
        if convert is None:
            self.ready[name] = number
        else:
            self.late[name] = number, convert

    def is_missing(self, row: tuple[Any, ...]) -> bool:
        """Whether an outer join found nothing. Who selects of a joined table selects its id."""
        return row[self.ready["id"]] is None


class _Data(dict[str, Any]):
    """The columns of an object. Unsealing, decrypting and reading JSON or instants is most of
    the price of a row, so a column that needs it is converted when first asked for."""

    __slots__ = ("_late", "_row")

    def __init__(self, shape: _Object, row: tuple[Any, ...]) -> None:
        super().__init__({name: row[number] for name, number in shape.ready.items()})
        self._late = shape.late
        self._row = row

    def __missing__(self, name: str) -> Any:
        number, convert = self._late[name]
        stored = self._row[number]
        value = self[name] = None if stored is None else convert(stored)
        return value


@dataclass(slots=True)
class _Plan:
    sql: str
    params: _Params
    root: type[Row]
    objects: dict[type[Row], _Object]
    converts: list[Convert | None]


class Compiled(Generic[R]):
    """A select. `make` builds it from places named like its parameters:
    `Compiled(lambda phone: Member.select().where(Member.phone == phone)).first(phone="138…")`.
    """

    def __init__(self, make: Callable[..., ModelSelect[R]]) -> None:
        self._make = make
        self._plans: dict[type[Database], _Plan] = {}
        self._table: type[Row] | None = None

    def first(self, **values: Any) -> R | None:
        """The first row with its joined rows, or None."""
        rows = self._run(values)
        return self._object(self._plan(), rows[0]) if rows else None

    def all(self, **values: Any) -> list[R]:
        rows = self._run(values)
        plan = self._plan()
        return [self._object(plan, row) for row in rows]

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        """The selected columns only."""
        rows = self._run(values)
        converts = self._plan().converts
        return [tuple(convert(value) if convert and value is not None else value
                      for convert, value in zip(converts, row, strict=True)) for row in rows]

    def _run(self, values: Mapping[str, Any]) -> list[Any]:
        plan = self._plan()
        cursor = plan.root._meta.database.execute_sql(plan.sql, plan.params.filled(values))
        rows: list[Any] = cursor.fetchall()
        return rows

    def _plan(self) -> _Plan:
        if self._table is not None:
            plan = self._plans.get(type(_database(self._table)))
            if plan is not None:
                return plan
        places = {name: _Place(name) for name in inspect.signature(self._make).parameters}
        query: Any = self._make(**places)
        plan = _planned(query)
        self._table = plan.root
        self._plans[type(_database(plan.root))] = plan
        return plan

    def _object(self, plan: _Plan, row: tuple[Any, ...]) -> R:
        made: R = _made(plan, plan.objects[plan.root], row)
        return made


def _planned(query: Any) -> _Plan:
    sql, params = query.sql()
    root: type[Row] = query.model
    objects = {root: _Object(root)}
    for source, joins in query._joins.items():
        for joined, attribute, _, _ in joins:
            key = source._meta.fields.get(attribute)
            objects.setdefault(source, _Object(source)).links.append(
                (joined, attribute, isinstance(key, ForeignKeyField)))
            objects.setdefault(joined, _Object(joined))
    converts: list[Convert | None] = []
    for number, column in enumerate(query._returning):
        known = isinstance(column, Field)
        converts.append(_reader(column) if known else None)
        if known and column.model in objects:
            objects[column.model].add(column.name, number, converts[-1])
    for shape in objects.values():
        shape.links = [link for link in shape.links if objects[link[0]].ready]
    return _Plan(sql, _Params(params), root, objects, converts)


def _reader(column: Any) -> Convert | None:
    """How a stored value becomes Python's; None where drivers give the right type already."""
    return None if type(column).__name__ in _DRIVERS else column.python_value


def _made(plan: _Plan, shape: _Object, row: tuple[Any, ...]) -> Any:
    """An object and its joined ones, without the detour through peewee's constructor."""
    data = _Data(shape, row)
    made = shape.table.__new__(shape.table)
    made.__dict__.update(__data__=data, __rel__={}, _dirty=set())
    for joined, attribute, is_key in shape.links:
        inner = plan.objects[joined]
        other = None if inner.is_missing(row) else _made(plan, inner, row)
        if is_key:
            made.__rel__[attribute] = other
            data.setdefault(attribute, getattr(other, "id", None))
        else:
            made.__dict__[attribute] = other
    return made


@dataclass(frozen=True, slots=True)
class _Insert:
    """`params` are those of one row. Of the columns that are not given the fixed defaults stand in
    it already; `made` makes the others anew."""

    sql: str
    params: _Params
    made: Mapping[str, Callable[[], Any]]

    def row(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters of one row."""
        if self.made:
            given = {**{name: make() for name, make in self.made.items()}, **given}
        return self.params.filled(given)


@lru_cache(maxsize=1024)
def _insert(table: type[Row], kind: str, given: tuple[str, ...], count: int,
            ignore: bool) -> _Insert:
    """Raises KeyError for a column that does not exist."""
    fields = {column.name: column for column in table._meta.sorted_fields if column.name != "id"}
    if unknown := set(given) - fields.keys():
        raise KeyError(f"{table.__name__} has no {', '.join(sorted(unknown))}")
    made = {name: column.default for name, column in fields.items()
            if name not in given and callable(column.default)}
    row = {column: _Place(name, column.db_value) if name in given or name in made
           else column.default for name, column in fields.items()}
    query = table.insert_many([row] * count)
    sql, params = (query.on_conflict_ignore() if ignore else query).sql()
    return _Insert(sql, _Params(params[:len(row)]), made)


def insert(table: type[Row], **columns: Any) -> int:
    """Insert one row and return its id; columns left out take their defaults.

    Raises KeyError for a column that does not exist, IntegrityError from the database.
    """
    database = _database(table)
    plan = _insert(table, type(database).__name__, tuple(columns), 1, False)
    cursor = database.execute_sql(plan.sql, plan.row(columns))
    return int(cursor.fetchone()[0] if database.returning_clause else cursor.lastrowid)


def insert_all(table: type[Row], rows: Sequence[Mapping[str, Any]], *,
               ignore: bool = False) -> None:
    """Insert a few rows, which give the same columns, in one statement; with `ignore` without
    those whose unique key is taken."""
    database = _database(table)
    plan = _insert(table, type(database).__name__, tuple(rows[0]), len(rows), ignore)
    database.execute_sql(plan.sql, [value for row in rows for value in plan.row(row)])


@lru_cache(maxsize=512)
def _update(table: type[Row], kind: str, changed: tuple[str, ...],
            matched: tuple[tuple[str, bool], ...]) -> tuple[str, _Params]:
    fields = table._meta.fields
    query = table.update({fields[name]: _Place(f"set_{name}", fields[name].db_value)
                          for name in changed})
    for name, is_null in matched:
        query = query.where(fields[name].is_null() if is_null
                            else fields[name] == _Place(f"is_{name}"))
    sql, params = query.sql()
    return sql, _Params(params)


def update(table: type[Row], match: Mapping[str, Any], **columns: Any) -> int:
    """Write columns of the rows whose columns equal `match` (None: IS NULL); returns how many
    rows matched."""
    database = _database(table)
    sql, params = _update(table, type(database).__name__, tuple(sorted(columns)),
                          tuple((name, value is None) for name, value in sorted(match.items())))
    values = {f"set_{name}": value for name, value in columns.items()}
    values |= {f"is_{name}": value for name, value in match.items()}
    return int(database.execute_sql(sql, params.filled(values)).rowcount)
