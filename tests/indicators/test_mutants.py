"""Small faults in every formula of the catalogue: the random organisations on which oracles and values agree tell each of them.

A fault is another definition under another id, measured beside the true ones in the same pass. Where no value differs, the tests
against the oracles could not see it either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from sqlglot import exp

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators import Indicator, load_catalogue
from itsq_analysis.indicators.expression import Expression, parse_expression
from itsq_analysis.periods import parse_period
from itsq_analysis.tables import contract
from tests.evaluated import values
from tests.indicators.scopes import calendar, settings
from tests.indicators.test_against_naive import CASES, PERIODS
from tests.organisations import organisation
from tests.tables import connect, moment

SAME = [  # other words for the same: no data could tell them apart
    *("change_success_rate, without where", "change_failure_rate, without where"),  # `of` is known where `outcome` is
    *(f"resolve_time_{name}, time: ended_at" for name in ("mean", "median", "p90")),  # what has a time to resolve ended
    *(f"resolve_work_time_{name}, time: ended_at" for name in ("median", "p90")),  # when it was resolved
    "repair_time_mean, time: ended_at",
    "open_breached, time: sla_due_at",  # what is late was opened before
]
UNSEEN = ["outage_detection_median, time: detected_at"]  # no outage here is detected in another period than it begins
NUMBERS = ["value", "n", "numerator", "denominator"]
OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    **{exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.And: exp.Or, exp.Or: exp.And, exp.NullSafeNEQ: exp.NullSafeEQ},
    **{exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.NullSafeEQ: exp.NullSafeNEQ},
    **{exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div, exp.Div: exp.Mul},
}


def faults(indicator: Indicator) -> Iterator[tuple[str, Indicator]]:
    """Name and faulty definition: a population that is another, a comparison turned around, a number or a part that is wrong."""
    for key in ("where", "of", "over"):
        expression = getattr(indicator, key)
        if expression is not None:
            whole = f"NOT ({expression.text})" if expression.type == "boolean" else f"2 * ({expression.text})"
            for text in (whole, *faulty(expression)):
                parsed = reparsed(indicator, text)
                if parsed is not None and parsed.type == expression.type:
                    yield f"{key}: {text}", replace(indicator, **{key: parsed})
    if indicator.where is not None:
        yield "without where", replace(indicator, where=None)
    for key in ("time", "until"):
        if getattr(indicator, key) is not None:
            for other in other_times(indicator):
                yield f"{key}: {other}", replace(indicator, **{key: other})
    if indicator.quantile is not None:
        yield "quantile", replace(indicator, quantile=indicator.quantile * 0.7)
    for key in ("divisor", "per"):
        if getattr(indicator, key) != 1.0:
            yield key, replace(indicator, **{key: getattr(indicator, key) * 2})
    for first, second in (("of", "over"), ("numerator", "denominator"), ("plus", "minus")):
        if getattr(indicator, second) is not None:
            yield (
                f"{first} and {second}",
                replace(indicator, **{first: getattr(indicator, second), second: getattr(indicator, first)}),
            )


def other_times(indicator: Indicator) -> list[str]:
    """Columns that could place a row, of which the indicator takes none."""
    columns = contract(str(indicator.table)).all_columns
    return [name for name, column in columns.items() if column.is_time and name not in (indicator.time, indicator.until)]


def faulty(expression: Expression) -> Iterator[str]:
    """Texts of an expression with one operator turned around, one part of a conjunction left out, or one number raised."""
    for place, node in enumerate(expression.node.walk()):
        changed: list[exp.Expr] = []
        if type(node) in OPPOSITE:
            changed.append(OPPOSITE[type(node)](this=node.this.copy(), expression=node.expression.copy()))
        if isinstance(node, exp.And):
            changed += [node.this.copy(), node.expression.copy()]
        if isinstance(node, exp.Is | exp.In | exp.Between) and not isinstance(node.parent, exp.Not):
            changed.append(exp.Not(this=exp.Paren(this=node.copy())))
        for other in changed:
            yield with_node(expression.node, place, other).sql(dialect="duckdb", comments=False)


def with_node(tree: exp.Expr, place: int, other: exp.Expr) -> exp.Expr:
    """A copy of a tree with the node at a place of its walk replaced."""
    copy = tree.copy()
    node = next(node for index, node in enumerate(copy.walk()) if index == place)
    if node is copy:
        return other
    node.replace(other)
    return copy


def reparsed(indicator: Indicator, text: str) -> Expression | None:
    try:
        return parse_expression(text, str(indicator.table), "a fault", indicator.until is not None)
    except IndicatorError:
        return None


@cache
def mutants() -> dict[str, tuple[str, str, Indicator]]:
    """Id of a mutant -> what it is of, its fault, and its definition."""
    made: dict[str, tuple[str, str, Indicator]] = {}
    for name, indicator in load_catalogue().items():
        for place, (fault, wrong) in enumerate(faults(indicator)):
            key = f"{name[:50]}_m{place}"
            made[key] = (name, fault, replace(wrong, id=key))
    return made


@cache
def measured() -> dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]:
    """Id -> its numbers by organisation, period and member, of the true definitions and the mutants."""
    catalogue = {**load_catalogue(), **{key: wrong for key, (_, _, wrong) in mutants().items()}}
    found: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    periods = [parse_period(text) for text in PERIODS]
    for seed, as_of in CASES:
        horizon = moment(as_of)
        assert horizon is not None
        frame = values(connect(organisation(seed)), catalogue, settings(), None, periods, None, horizon, calendars=calendar)
        frame[NUMBERS] = frame[NUMBERS].astype(float).round(9).fillna(-1.0)
        for row in frame.itertuples():
            found.setdefault(row.indicator, {})[seed, row.period] = tuple(getattr(row, name) for name in NUMBERS)
    return found


def test_every_fault_of_a_formula_changes_a_value_that_is_held_against_an_oracle() -> None:
    numbers = measured()
    unseen = [f"{name}, {fault}" for key, (name, fault, _) in mutants().items() if numbers[key] == numbers[name]]
    assert len(mutants()) > 800
    assert sorted(unseen) == sorted([*SAME, *UNSEEN])
