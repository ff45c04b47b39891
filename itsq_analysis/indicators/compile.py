"""From definitions to SQL: one statement, and one scan, for all indicators of a table.

The statement reads the columns that are needed once (`base`), masks what happened at or after `as_of`, places rows in periods,
and writes every number as a filtered aggregate. Its rows are parts, one per (time columns × dimension), see `Plan.parts`; after
them come the members of each dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from itsq_analysis.indicators.computed_scope import moment_sql
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.indicators.expression import STOCK_COLUMNS, Expression
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.tables import contract

SCALE = 1_000_000  # sums of numbers that are not whole are made of millionths, so that their order cannot change them
Timing = tuple[str, str | None]  # time, until


@dataclass(frozen=True)
class Window:
    """A period as UTC bounds, `end` exclusive and clipped at as_of; `index` is its place in the question.

    Of its rows nothing is known that happened at or after `known_at`; None is as_of.
    """

    index: int
    start: datetime
    end: datetime
    known_at: datetime | None = None


@dataclass
class Plan:
    """What one statement is to measure: per timing the aggregates (SQL text) and the samples (SQL text of a number)."""

    table: str
    dimensions: tuple[str | None, ...]
    zone: str = "UTC"  # IANA name, in which days begin
    numbers: dict[Timing, list[str]] = field(default_factory=dict)
    samples: dict[Timing, list[str]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    populations: dict[str, str] = field(default_factory=dict)  # name: condition

    @property
    def parts(self) -> list[tuple[Timing, str | None]]:
        """Timing and dimension of the parts 0, 1, …"""
        return [(timing, dimension) for timing in self.numbers for dimension in self.dimensions]

    @property
    def width(self) -> int:
        """The greatest number of aggregates of a timing."""
        return max(map(len, self.numbers.values()))

    @property
    def length(self) -> int:
        """The greatest number of samples of a timing."""
        return max(map(len, self.samples.values()))


def plan(table: str, indicators: Iterable[Indicator], dimensions: Sequence[str | None], zone: str = "UTC") -> Plan:
    """What must be measured for these indicators of one table; what several need stands once."""
    made = Plan(table, tuple(dimensions), zone)
    for indicator in indicators:
        timing = timing_of(indicator)
        numbers = made.numbers.setdefault(timing, [])
        samples = made.samples.setdefault(timing, [])
        numbers.extend(sql for sql in aggregates(indicator) if sql not in numbers)
        samples.extend(sql for sql in (sample(indicator),) if sql and sql not in samples)
        used = {*indicator.columns, *indicator.requires, *filter(None, timing)} - set(STOCK_COLUMNS)
        made.columns.extend(sorted(used - set(made.columns)))
        if indicator.where and not indicator.until:
            made.populations[population_sql(indicator)] = indicator.where.sql()
    return made


def table_of(indicator: Indicator) -> str:
    """The table whose rows it counts."""
    assert indicator.table is not None  # noqa: S101 - kinds with a time have a table, checked at load
    return indicator.table


def timing_of(indicator: Indicator) -> Timing:
    """Which timestamps place its rows in periods."""
    assert indicator.time is not None  # noqa: S101 - kinds with a table have a time, checked at load
    return indicator.time, indicator.until


def aggregates(indicator: Indicator) -> tuple[str, ...]:
    """The numbers that the indicator is made of, as SQL aggregates.

    proportion: n, true ones; mean: n, sum, sum of squares; sum: the same and the greatest; count and stock: n; quotient: n, both
    sums, both sums of squares, the sum of products.
    """
    population = population_sql(indicator)
    if indicator.of is None:
        return (f"count_if({population})" if indicator.where else "count(*)",)
    if indicator.kind == "proportion":
        condition = f"({indicator.of.sql()})"
        return f"count_if({population} AND {condition} IS NOT NULL)", f"count_if({population} AND {condition})"
    if indicator.kind == "quantile":
        return ()
    if indicator.over is not None:
        return _of_quotient(indicator.of, indicator.over, population)
    value, scale = _exact(indicator.of)
    chosen = f"FILTER (WHERE {population})"
    total, squares = f"sum({value}) {chosen} / {scale}e0", f"sum(CAST({value} AS HUGEINT) * {value}) {chosen} / {scale**2}e0"
    largest = (f"max({value}) {chosen} / {scale}e0",) if indicator.kind == "sum" else ()
    return f"count({value}) {chosen}", total, squares, *largest


def _of_quotient(of: Expression, over: Expression, population: str) -> tuple[str, ...]:
    (y, by), (x, per) = _exact(of), _exact(over)
    chosen = f"FILTER (WHERE {population} AND {y} IS NOT NULL AND {x} IS NOT NULL)"
    sums = [f"sum({number}) {chosen} / {scale}e0" for number, scale in ((y, by), (x, per))]
    products = [(y, y, by * by), (x, x, per * per), (x, y, per * by)]
    sums += [f"sum(CAST({factor} AS HUGEINT) * {other}) {chosen} / {scale}e0" for factor, other, scale in products]
    return f"count(*) {chosen}", *sums


def _exact(expression: Expression) -> tuple[str, int]:
    """A number as SQL of a whole one, and by how much it is scaled.

    Whole numbers have exact sums, in whatever order they are added; others are taken in millionths.
    """
    value = number_sql(expression)
    return (value, 1) if expression.type == "whole" else (f"CAST(round({value} * {SCALE}) AS HUGEINT)", SCALE)


def sample(indicator: Indicator) -> str | None:
    """The values that a quantile is taken of, as an SQL list; None for other kinds."""
    if indicator.kind != "quantile" or indicator.of is None:
        return None
    value = number_sql(indicator.of)
    return f"list(CAST({value} AS DOUBLE)) FILTER (WHERE {population_sql(indicator)} AND {value} IS NOT NULL)"


def population_sql(indicator: Indicator) -> str:
    """The condition of the population. Most are shared: they are computed once, as a column of `base` named by their text.

    That of a stock may depend on the moment and is written out.
    """
    if indicator.where is None:
        return "TRUE"
    sql = indicator.where.sql()
    return f"({sql})" if indicator.until else f"_w{sha256(sql.encode()).hexdigest()[:16]}"


def number_sql(expression: Expression) -> str:
    """The number, missing where it is not finite (a division by 0)."""
    sql = f"({expression.sql()})"
    return sql if expression.type == "whole" else f"(CASE WHEN isfinite(CAST({sql} AS DOUBLE)) THEN {sql} END)"


def cuts_of(timing: Timing, windows: Sequence[Window]) -> dict[int, int]:
    """Index of the window by the number of the bound at which it starts, or ends where the timing has `until`."""
    bounds = _bounds(windows)
    return {bounds.index(window.end if timing[1] else window.start) + 1: window.index for window in windows}


def statement(made: Plan, windows: Sequence[Window], as_of: datetime) -> str:
    """The SQL text. Columns: part, cut, member, n0, n1, … (numbers), s0, s1, … (lists of values).

    `cut` is one of `cuts_of(timing, windows)`. `windows` do not overlap; without any, only the members are told.
    """
    selects: list[str] = []
    for place, timing in enumerate(made.numbers if windows else ()):
        head, sets = _by_dimension(made, place, ("_cut",))
        selects.append(f"SELECT {head}, {_outputs(made, timing)} FROM ({placed_sql(made, timing, windows)}) GROUP BY {sets}")
    head, sets = _by_dimension(made, len(selects), ())
    selects.append(f"SELECT {head}, {_outputs(made)} FROM base GROUP BY {sets}")
    return f"WITH base AS MATERIALIZED ({base_sql(made, windows, as_of)})\n" + "\nUNION ALL\n".join(selects)


def _by_dimension(made: Plan, timing: int, others: Sequence[str]) -> tuple[str, str]:
    """The columns part, cut and member of a timing's rows, and what to group them by: every dimension in one pass."""
    places = range(len(made.dimensions))
    own = [f"WHEN grouping(_d{place}) = 0 THEN" for place in places]
    part = f"CASE {' '.join(f'{this} {timing * len(places) + place}' for place, this in enumerate(own))} END"
    member = f"CASE {' '.join(f'{this} _d{place}' for place, this in enumerate(own))} END"
    cut = others[0] if others else "NULL::BIGINT"
    sets = ", ".join(f"({', '.join((*others, f'_d{place}'))})" for place in places)
    return f"{part} AS part, {cut} AS cut, {member} AS member", f"GROUPING SETS ({sets})"


def _outputs(made: Plan, timing: Timing | None = None) -> str:
    """The same columns in every part: what it has not is NULL."""
    numbers, samples = (made.numbers[timing], made.samples[timing]) if timing else ([], [])
    missing = "NULL"
    cells = [f"CAST({sql} AS DOUBLE) AS n{n}" for n, sql in enumerate([*numbers, *[missing] * (made.width - len(numbers))])]
    cells += [f"CAST({sql} AS DOUBLE[]) AS s{n}" for n, sql in enumerate([*samples, *[missing] * (made.length - len(samples))])]
    return ", ".join(cells)


def base_sql(made: Plan, windows: Sequence[Window], as_of: datetime) -> str:
    """The columns that are needed, read once; an event at or after as_of is not known yet, what was planned is.

    _at_…: number of bounds ≤ a time.
    """
    columns = contract(made.table).all_columns
    now = _known_until(made, windows) or moment_sql(as_of)
    cells = [
        f'CASE WHEN {columns[name].moment_sql(made.zone, "t")} < {now} THEN t."{name}" END AS "{name}"'
        if columns[name].is_time and columns[name].ahead is not True
        else f't."{name}"'
        for name in made.columns
    ]
    for position, dimension in enumerate(made.dimensions):
        member = dimension_sql(made.table, dimension) if dimension else None
        cells.append(f"{member or 'CAST(NULL AS VARCHAR)'} AS _d{position}")
    bounds, source = (
        [moment_sql(bound) for bound in _bounds(windows)],
        from_sql(made.table, made.dimensions, None, moment_sql(as_of)),
    )
    times = dict.fromkeys(time for timing in made.numbers for time in timing if time)
    added = [f"({condition}) AS {name}" for name, condition in made.populations.items()]
    for time in times:
        number = _number_until(columns[time].moment_sql(made.zone), bounds, 0)
        added.append(f'CASE WHEN "{time}" IS NOT NULL THEN {number} END AS "_at_{time}"')
    return f"SELECT *, {', '.join(added)} FROM (SELECT {', '.join(cells)} {source})"


def _known_until(made: Plan, windows: Sequence[Window]) -> str | None:
    """The moment from which on nothing is known of a row, where that is another for each window; the plan has then one timing."""
    moments = {window.start: moment_sql(window.known_at) for window in windows if window.known_at}
    if not moments:
        return None
    [(time, _)] = made.numbers
    bounds = _bounds(windows)
    known = ", ".join(moments.get(bound, "NULL") for bound in bounds)
    placed = contract(made.table).all_columns[time].moment_sql(made.zone, "t")
    return f"[{known}][{_number_until(placed, [moment_sql(bound) for bound in bounds], 0)}]"


def placed_sql(made: Plan, timing: Timing, windows: Sequence[Window]) -> str:
    """The rows of `base` with the cut of their window; those in no window are left out.

    With `until`, each row once per window at whose end it is present: time < end, and until missing or ≥ end.
    """
    time, until = timing
    bounds, chosen = _bounds(windows), f"IN ({', '.join(map(str, cuts_of(timing, windows)))})"
    if until is None:
        return f'SELECT *, "_at_{time}" AS _cut FROM base WHERE "_at_{time}" {chosen}'
    after, last = f'"_at_{time}"', f'coalesce("_at_{until}", {len(bounds)})'
    present = f"SELECT *, unnest(range({after} + 1, {last} + 1)) AS _cut FROM base WHERE {after} < {last}"
    moments = f"SELECT *, [{', '.join(map(moment_sql, bounds))}][_cut] AS moment FROM ({present}) WHERE _cut {chosen}"
    begun = contract(made.table).all_columns[time].moment_sql(made.zone)
    age = f"(epoch_us(moment) - epoch_us({begun})) // 1000000 AS age_seconds"
    last_day = f"CAST((moment - INTERVAL 1 MICROSECOND) AT TIME ZONE '{made.zone}' AS DATE) AS last_day"
    return f"SELECT *, {age}, {last_day} FROM ({moments})"


def _bounds(windows: Sequence[Window]) -> list[datetime]:
    """Where windows start or end, ascending. As they do not overlap, none of these lies within a window."""
    return sorted({moment for window in windows for moment in (window.start, window.end)})


def _number_until(moment: str, bounds: Sequence[str], before: int) -> str:
    """`before` + number of bounds ≤ moment (SQL), as a balanced CASE: it is compared log₂ times, not once per bound."""
    if not bounds:
        return str(before)
    middle = len(bounds) // 2
    below = _number_until(moment, bounds[:middle], before)
    above = _number_until(moment, bounds[middle + 1 :], before + middle + 1)
    return f"CASE WHEN {moment} < {bounds[middle]} THEN {below} ELSE {above} END"
