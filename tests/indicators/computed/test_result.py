"""Frames of results, and the words of their reasons."""

from __future__ import annotations

import re
from importlib.resources import files

import pandas as pd
import pytest

from itsq_analysis.indicators import words
from itsq_analysis.indicators.computed import COMPUTED
from itsq_analysis.indicators.computed.result import COLUMNS, Result, results
from tests.indicators.scopes import computed, scope
from tests.tables import tables

REASONS = re.compile(
    r'reason="(\w+)"|notes\((\w+)=|, (no_users|no_resolution_time)=|"(no_\w+|before_data|short_history|median_not_reached)"'
)


def test_every_reason_has_words() -> None:
    source = "".join(
        file.read_text(encoding="utf-8") for file in files("itsq_analysis.indicators.computed").iterdir() if file.is_file()
    )
    found = {code for match in REASONS.findall(source) for code in match if code}
    assert {"no_outages", "no_service_calendar", "short_history", "empty_population"} <= found
    assert found <= words()["reason"].keys()


@pytest.mark.parametrize("indicator", COMPUTED)
def test_empty_tables(indicator: str) -> None:
    frame = computed(indicator, tables(), "2026-10", past=2)
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["period"]) == [0, 1]
    if indicator in ("registers_kept", "targets_agreed"):  # of the catalogue and the settings, which are always there
        assert (frame["value"] < 0.2).all()
        return
    assert frame[["value", "lower", "upper"]].isna().all(axis=None)
    assert set(frame["reason"]) == {"no_data_table"}
    assert computed(indicator, tables(), "2026-10", "supplier").empty


def test_every_period_has_every_member() -> None:
    asked = scope(tables(), "2026-10", "service", past=2)
    frame = results(asked, {(1, "b"): Result(value=1), (0, None): Result(value=2)}, Result(reason="empty_population"))
    assert list(zip(frame["period"], frame["member"], frame["value"].fillna(0), strict=True)) == [
        (0, "b", 0),
        (0, None, 2),
        (1, "b", 1),
        (1, None, 0),
    ]
    assert pd.isna(frame["reason"][1])
