"""The charts of the capacity report on figures that can be checked with a pencil."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd
import pytest

from itsq_analysis import charts
from itsq_analysis.charts.labels import Language, word
from itsq_analysis.errors import ItsqError
from tests.charts.drawing import drawn_texts, rectangles

WORDS: dict[str, Any] = {"title": "T", "summary": "S."}
YEAR: dict[str, Any] = {"start": date(2026, 11, 1), "end": date(2027, 11, 1), "names": ("act", "end")}
KINDS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "fan": (["ds", "y", "median", "lower", "upper"], {}),
    "ranges": (["period", "y", "median", "lower", "upper"], {"names": ("came", "forecast", "range")}),
    "risk_grid": (["member", "horizon", "value"], {}),
    "dots": (["member", "value"], {"value_name": "busy", "after_name": "after"}),
    "deadlines": (["member", "act", "end"], YEAR),
}


def words_of(chart: charts.Chart, width: Any = "wide") -> list[str]:
    return [text.words for text in drawn_texts(chart.svg(width))]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_frame_gives_a_picture_that_says_so(kind: str, language: Language) -> None:
    columns, more = KINDS[kind]
    chart = getattr(charts, kind)(pd.DataFrame({column: [] for column in columns}), language=language, **WORDS, **more)
    assert words_of(chart) == words_of(chart, "narrow") == [word("no data", language)]
    assert len(chart.data) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_column_is_named(kind: str) -> None:
    (*kept, lost), more = KINDS[kind]
    with pytest.raises(ItsqError, match=rf"needs? the columns .*add {lost}"):
        getattr(charts, kind)(pd.DataFrame({column: [1] for column in kept}), **WORDS, **more)


def test_a_fan_says_limits_and_days_and_cuts_what_lies_far_above_the_limit() -> None:
    days = pd.date_range("2026-11-01", periods=4, freq="30D")
    frame = pd.DataFrame(
        {"ds": days, "y": [0.5, 0.6, None, None], "median": [None, None, 0.8, 5.0], "lower": 0.7, "upper": [None, None, 0.9, 9.0]}
    )
    chart = charts.fan(frame, limits={"critical": 0.85, "warning": 0.7}, marks={"order by": date(2026, 12, 3)}, **WORDS)
    said = words_of(chart)
    assert {"critical 85%", "warning 70%", "order by 3 Dec"} <= set(said)
    assert max(float(text.rstrip("%")) for text in said if re.fullmatch(r"\d+%", text)) == 100  # 1.02 = 1.2 x 0.85 is the top
    assert chart.data.to_numpy().tolist()[3] == ["2027-01-30", "–", "500.0%", "70.0%", "900.0%"]


def test_a_fan_marks_three_days_at_most() -> None:
    frame = pd.DataFrame({"ds": pd.date_range("2026-11-01", periods=2), "y": 1, "median": None, "lower": None, "upper": None})
    with pytest.raises(ItsqError, match="at most 3 days; found 4"):
        charts.fan(frame, marks={str(n): date(2026, 11, 1) for n in range(4)}, **WORDS)


def test_a_risk_is_a_dot_below_a_tenth_and_a_number_in_one_of_three_shades_from_there() -> None:
    values = [0.0, 0.0999, 0.1, 0.5, 0.9, None]
    frame = pd.DataFrame({"member": "disk", "horizon": [f"{n} days" for n in range(6)], "value": values})
    chart = charts.risk_grid(frame, **WORDS)
    assert [word for word in words_of(chart) if word in "·–" or re.fullmatch(r"\d+%", word)] == ["·", "·", "–", "10%", "50%", "90%"]
    assert chart.data.to_numpy().tolist() == [["disk", "<1%", "10%", "10%", "50%", "90%", "–"]]
    assert len(set(re.findall(r'fill-opacity="([^"]+)"', chart.svg()))) == 3
    assert len(rectangles(chart.svg(), "c1")) == 3


@pytest.mark.parametrize(
    ("values", "message"), [([0.1, 0.2], "must occur once; found 'disk', '30' twice"), ([34.0], "between 0 and 1; found 34")]
)
def test_a_risk_grid_refuses_what_is_no_probability_or_said_twice(values: list[float], message: str) -> None:
    frame = pd.DataFrame({"member": ["disk"] * len(values), "horizon": "30", "value": values})
    with pytest.raises(ItsqError, match=message):
        charts.risk_grid(frame, **WORDS)


def test_a_dot_beyond_the_critical_line_has_the_colour_of_what_is_missed() -> None:
    frame = pd.DataFrame({"member": ["a", "b"], "value": [0.84, 0.85], "warning": 0.7, "critical": 0.85, "after": [1.68, None]})
    chart = charts.dots(frame, value_name="busy hour", after_name="after a loss", **WORDS)
    assert {"84.0% → 168.0%", "85.0%"} <= set(words_of(chart))
    assert len(re.findall(r'fill="var\(--missed', chart.svg())) == 2  # b's dot, a's diamond
    assert chart.data.columns.tolist() == ["name", "busy hour", "after a loss", "warning", "limit"]


def test_deadlines_outside_the_span_say_their_year() -> None:
    frame = pd.DataFrame({"member": ["a", "b"], "act": ["2026-12-01", "2025-01-01"], "end": ["2027-01-15", "2025-03-01"]})
    said = words_of(charts.deadlines(frame, **YEAR, **WORDS))
    assert "15 Jan" in said
    assert "1 Mar 2025" in said


def test_deadlines_need_both_days() -> None:
    frame = pd.DataFrame({"member": ["a"], "act": [None], "end": ["2027-01-15"]})
    with pytest.raises(ItsqError, match="need both days"):
        charts.deadlines(frame, **YEAR, **WORDS)


def test_a_dot_outside_its_range_is_named_and_what_is_to_come_has_none() -> None:
    frame = pd.DataFrame({"period": ["2026-09", "2026-10"], "y": [5.0, None], "median": [7, 8], "lower": [6, 7], "upper": [9, 10]})
    names = ("came", "forecast", "80% range")
    chart = charts.ranges(frame, names=names, **WORDS)
    assert {"came", "forecast", "80% range", "outside the range", "Sep", "Oct"} <= set(words_of(chart))
    assert chart.data.to_numpy().tolist() == [["Sep 2026", "5", "7", "6", "9"], ["Oct 2026", "–", "8", "7", "10"]]
    held = charts.ranges(frame.assign(y=[6.0, None]), names=names, **WORDS)
    assert "outside the range" not in words_of(held)
