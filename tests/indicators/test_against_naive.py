"""The whole value frame against the oracles: every indicator, several periods, every dimension, random organisations."""

from __future__ import annotations

from functools import cache
from math import isnan

import pandas as pd
import pytest

from itsq_analysis.indicators import dimensions_of, load_catalogue, words
from itsq_analysis.indicators.dimensions import DIMENSIONS
from itsq_analysis.periods import parse_period
from tests.evaluated import values
from tests.indicators.scopes import calendar, settings
from tests.naive import ORACLES as TICKET_ORACLES
from tests.naive import Query, member_of
from tests.naive_registers import REGISTER_ORACLES
from tests.organisations import organisation
from tests.tables import SHANGHAI, Tables, connect, moment

ORACLES = TICKET_ORACLES | REGISTER_ORACLES
PERIODS = ("2026-08", "2026-09", "2026-W40", "2026-10", "2026-Q3", "2026-10-05", "2026-11")
CASES = ((1, "2026-10-28 10:00"), (2, "2027-01-01 00:00"))  # seed, known until


@cache
def frame(seed: int, as_of: str) -> pd.DataFrame:
    """All indicators, as a whole and by every dimension."""
    periods = [parse_period(text) for text in PERIODS]
    horizon = moment(as_of)
    assert horizon is not None
    asked = (connect(organisation(seed)), load_catalogue(), settings(), None, periods)
    whole = values(*asked, None, horizon, calendars=calendar)
    return pd.concat([whole, values(*asked, DIMENSIONS, horizon, calendars=calendar)], ignore_index=True)


def question(data: Tables, period: str, as_of: str, dimension: str | None, member: str | None) -> Query:
    start, end = parse_period(period).bounds(SHANGHAI)
    horizon = moment(as_of)
    assert horizon is not None
    return Query(data, start, min(end, horizon), horizon, dimension, member)


def text(cell: str | float) -> str | None:
    return cell if isinstance(cell, str) else None


def check(row: pd.Series, asked: Query) -> None:
    for code in (text(row["reason"]) or "empty_population").split("; "):
        assert code.partition("=")[0] in words()["reason"]
    assert (row["reason"] == "not_started") == (asked.start >= asked.as_of), row
    if row["reason"] == "not_started":
        assert isnan(row["value"]), row
        return
    expected = ORACLES[row["indicator"]](asked)
    assert row["reason"] != "before_data" or (expected.n, isnan(row["value"])) == (0, True), (row, expected)
    if row["reason"] == "before_data":
        return
    assert row["n"] == expected.n, (row, expected)
    assert isnan(row["value"]) == (expected.value is None), (row, expected)
    for name in ("value", "numerator", "denominator"):
        wanted = getattr(expected, name)
        if wanted or not isnan(row[name]):  # the nothing out of nothing may be written as 0 or left out
            assert row[name] == pytest.approx(wanted, rel=1e-9, abs=1e-9), (row, expected)


def test_every_indicator_has_an_oracle() -> None:
    assert load_catalogue().keys() == ORACLES.keys()


@pytest.mark.parametrize(("seed", "as_of"), CASES)
@pytest.mark.parametrize("indicator", ORACLES)
def test_values_equal_naive(indicator: str, seed: int, as_of: str) -> None:
    data, found = organisation(seed), frame(seed, as_of)
    rows = found[found["indicator"] == indicator]
    assert set(rows["dimension"].dropna()) == set(dimensions_of(load_catalogue()[indicator], load_catalogue()))
    for _, row in rows.iterrows():
        check(row, question(data, row["period"], as_of, text(row["dimension"]), text(row["member"])))


@pytest.mark.parametrize("indicator", ORACLES)
def test_no_member_is_left_out(indicator: str) -> None:
    seed, as_of = CASES[0]
    data, found = organisation(seed), frame(seed, as_of)
    for dimension in dimensions_of(load_catalogue()[indicator], load_catalogue()):
        shown = found[(found["indicator"] == indicator) & (found["dimension"] == dimension)]
        for member in {member_of(data, row, dimension) for rows in data.values() for row in rows}:
            for period in ("2026-09", "2026-Q3"):
                there = shown[
                    (shown["period"] == period) & (shown["member"].isna() if member is None else shown["member"] == member)
                ]
                expected = ORACLES[indicator](question(data, period, as_of, dimension, member))
                assert len(there) == 1 or not expected.n, (dimension, member, period, expected)
