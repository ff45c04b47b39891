"""Every computed indicator against its plain oracle, on random organisations."""

from __future__ import annotations

from math import isnan

import pytest

from itsq_analysis.indicators.computed import COMPUTED
from tests.indicators.scopes import scope
from tests.naive import ORACLES, Query
from tests.naive_registers import REGISTER_ORACLES
from tests.organisations import organisation

EVERY = ORACLES | REGISTER_ORACLES


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", [None, "service", "tier", "group", "supplier"])
@pytest.mark.parametrize("indicator", COMPUTED)
def test_computed_equals_naive(indicator: str, by: str | None, seed: int) -> None:
    data = organisation(seed)
    asked = scope(data, "2026-10", by, past=3, as_of="2026-10-28 10:00")
    for row in COMPUTED[indicator](asked).itertuples():
        start, end = asked.starts[row.period], asked.ends[row.period]
        expected = EVERY[indicator](Query(data, start, end, asked.as_of, by, row.member))
        assert row.n == expected.n, row
        for found, wanted in (
            (row.value, expected.value),
            (row.numerator, expected.numerator),
            (row.denominator, expected.denominator),
        ):
            assert isnan(found) if not wanted and isnan(found) else found == pytest.approx(wanted, rel=1e-9, abs=1e-9), (
                row,
                expected,
            )
        assert isnan(row.value) == (expected.value is None)
