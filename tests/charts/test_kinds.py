"""Each kind of chart on figures that can be checked with a pencil."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import charts
from itsq_analysis.charts.labels import Language, word
from itsq_analysis.errors import ItsqError
from tests.charts.drawing import drawn_texts, parse, rectangles
from tests.charts.gallery import GALLERY, NAMES, moment

WORDS: dict[str, Any] = {"title": "T", "summary": "S."}
OCTOBER: dict[str, Any] = {"start": date(2026, 10, 1), "end": date(2026, 11, 1), "timezone": "Asia/Shanghai"}
COLUMNS: dict[str, list[str]] = {
    "line": ["ds", "y"],
    "bars": ["period", "opened", "resolved"],
    "intervals": ["member", "value"],
    "stacked_bars": ["member", "part", "value"],
    "diverging_bars": ["member", "negative", "neutral", "positive"],
    "timeline": ["service", "start", "end", "kind"],
    "heat_grid": ["member", "period", "value"],
    "change_calendar": ["ds", "value"],
    "funnel": ["member", "numerator", "denominator"],
}


def words_of(chart: charts.Chart, width: Any = "wide") -> list[str]:
    return [text.words for text in drawn_texts(chart.svg(width))]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", COLUMNS)
def test_an_empty_frame_gives_a_picture_that_says_so(kind: str, language: Language) -> None:
    frame = pd.DataFrame({column: [] for column in COLUMNS[kind]})
    chart = getattr(charts, kind)(frame, language=language, **WORDS, **(OCTOBER if kind == "timeline" else {}))
    assert words_of(chart) == words_of(chart, "narrow") == [word("no data", language)]
    assert len(chart.data) == 0


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_missing_column_is_named(kind: str) -> None:
    *kept, lost = COLUMNS[kind]
    frame = pd.DataFrame({column: [1] for column in kept})
    with pytest.raises(ItsqError, match=rf"needs the columns .*found {', '.join(kept)}; add {lost}"):
        getattr(charts, kind)(frame, **WORDS, **(OCTOBER if kind == "timeline" else {}))


def test_an_empty_sparkline_is_a_short_dash() -> None:
    chart = charts.sparkline(pd.DataFrame({"period": ["2026-10"], "value": [None]}), **WORDS)
    assert len(list(parse(chart.svg()).iter("{http://www.w3.org/2000/svg}line"))) == 1
    assert chart.data.to_numpy().tolist() == [["Oct 2026", "–"]]


def test_a_sparkline_breaks_at_a_missing_value_and_ends_hollow_where_provisional() -> None:
    svg = GALLERY["sparkline"]("en").svg()
    course = [path.attrib["d"] for path in parse(svg).iter() if path.get("stroke-width") == "1.5"]
    assert [d.count("M") for d in course] == [2]
    hollow = [
        path for path in parse(svg).iter() if path.get("stroke-width") == "1.8" and path.get("fill", "").startswith("var(--paper")
    ]
    assert len(hollow) == 1


def test_a_sparkline_without_change_lies_in_the_middle() -> None:
    chart = charts.sparkline(pd.DataFrame({"period": ["2026-09", "2026-10"], "value": [0.9, 0.9]}), **WORDS)
    assert "M0,9L110,9" in chart.svg()


def test_a_line_writes_its_last_value_and_its_target_apart() -> None:
    frame = pd.DataFrame({"ds": pd.date_range("2026-10-01", periods=3), "y": [10.0, 11.0, 12.0]})
    texts = {text.words: text for text in drawn_texts(charts.line(frame, target=12.2, **WORDS).svg())}
    value, target = texts["12"], texts["target 12.2"]
    assert target.bottom <= value.top or value.bottom <= target.top


def test_a_line_breaks_at_a_missing_day_and_shades_the_holidays() -> None:
    svg = GALLERY["daily"]("en").svg()
    course = next(path for path in parse(svg).iter() if path.get("stroke-width") == "2" and "fill" not in path.attrib)
    assert course.attrib["d"].count("M") == 2
    shaded = [box for box in rectangles(svg, "line") if box[3] == 170]
    assert len(shaded) == 7 + 2  # holidays, and a weekend more lightly
    assert [round(right[0] - left[0], 0) for left, right in pairwise(shaded)] == [round(shaded[0][2])] * 8


def test_monthly_ticks_carry_the_year_beneath_the_first_and_january() -> None:
    words = words_of(GALLERY["monthly"]("zh"))
    assert [text for text in words if re.fullmatch(r"\d{4}", text)] == ["2025", "2026"]
    assert words.count("10月") == 2


def test_bars_stand_on_zero_and_are_as_high_as_their_value() -> None:
    frame = pd.DataFrame({"period": ["2026-09", "2026-10"], "opened": [50, 100], "resolved": [25, 0]})
    svg = charts.bars(frame, **WORDS).svg()
    opened, resolved = rectangles(svg, "c1"), rectangles(svg, "c5")
    assert [(top, height) for _, top, _, height in opened] == [(65, 65), (0, 130)]
    assert [(top, height) for _, top, _, height in resolved] == [(97.5, 32.5), (130, 0)]


def test_a_missing_month_has_no_bar() -> None:
    assert len(rectangles(GALLERY["bars"]("en").svg(), "c5")) == 2


def test_intervals_reach_from_lower_to_upper() -> None:
    frame = pd.DataFrame({"member": ["P1"], "value": [0.5], "lower": [0.25], "upper": [1.0]})
    chart = charts.intervals(frame, unit="hours", **WORDS)
    [(left, _, width, height)] = rectangles(chart.svg(), "c1")
    plot = chart.spec["width"]
    assert (left, width, height) == (pytest.approx(plot * 0.25, abs=0.1), pytest.approx(plot * 0.75, abs=0.1), 12)
    assert "30 min (15 min – 1 h)" in words_of(chart)


def test_parts_follow_each_other_without_gaps() -> None:
    chart = GALLERY["shares"]("en")
    quarter = chart.spec["width"] / 4
    [(left, _, width, _)] = rectangles(chart.svg(), "c1")
    assert (left, width) == (0, pytest.approx(quarter, abs=0.1))
    [(left, _, width, _)] = rectangles(chart.svg(), "c2")
    assert (left, width) == (pytest.approx(quarter, abs=0.1), pytest.approx(3 * quarter, abs=0.1))
    assert chart.data.to_numpy().tolist() == [["a", "1", "3", "4"], ["b", "0", "0", "0"]]


@pytest.mark.parametrize(
    ("parts", "values", "message"),
    [
        (["x", "x"], [1, 2], "'a', 'x' twice"),
        (["x", "y"], [1, -2], "found -2 for 'a', 'y'"),
        (list("uvwxyz"), [1] * 6, "at most 5 parts; found 6"),
    ],
)
def test_impossible_parts_are_refused(parts: list[str], values: list[int], message: str) -> None:
    with pytest.raises(ItsqError, match=message):
        charts.stacked_bars(pd.DataFrame({"member": "a", "part": parts, "value": values}), **WORDS)


def test_neutral_answers_stand_half_to_each_side() -> None:
    frame = pd.DataFrame({"member": ["a"], "negative": [1], "neutral": [2], "positive": [7], "sent": [100]})
    chart = charts.diverging_bars(frame, **WORDS)
    one = chart.spec["width"] / 1.25  # the scale runs from 25 % left to 100 % right
    [(left, _, width, _)] = rectangles(chart.svg(), "c5")
    assert (left + width / 2, width) == (pytest.approx(one * 0.25, abs=0.2), pytest.approx(one * 0.2, abs=0.2))
    [(left, _, width, _)] = rectangles(chart.svg(), "c1")
    assert (left, width) == (pytest.approx(one * 0.35, abs=0.2), pytest.approx(one * 0.7, abs=0.2))
    assert "10 / 100" in words_of(chart)


def outage(start: str, end: str | None, kind: str = "outage") -> pd.DataFrame:
    return pd.DataFrame([{"service": "a", "start": moment(start), "end": moment(end) if end else pd.NaT, "kind": kind}])


def test_an_outage_is_drawn_in_local_time_and_cut_at_the_months_edge() -> None:
    chart = charts.timeline(outage("2026-09-30 12:00", "2026-10-02 00:00"), **OCTOBER, **WORDS)
    [(left, _, width, _)] = [box for box in rectangles(chart.svg(), "missed") if box[3] == 20]
    assert (left, width) == (0, pytest.approx(chart.spec["width"] / 31, abs=0.1))
    assert chart.data.to_numpy().tolist() == [["a", "outage", "2026-09-30 12:00", "2026-10-02 00:00", "36 h"]]


def test_a_minute_can_be_seen_and_what_is_not_over_reaches_the_end() -> None:
    frame = pd.concat([outage("2026-10-31 23:59", "2026-10-31 23:59:30"), outage("2026-10-31", None)])
    chart = charts.timeline(frame, **OCTOBER, **WORDS)
    plot = chart.spec["width"]
    boxes = [box for box in rectangles(chart.svg(), "missed") if box[3] == 20]
    assert [left + width for left, _, width, _ in boxes] == [pytest.approx(plot, abs=0.2)] * 2
    assert [width for _, _, width, _ in boxes] == [pytest.approx(4, abs=0.1), pytest.approx(plot / 31, abs=0.1)]
    assert chart.data["duration"].tolist() == ["0.5 min", "not yet over"]


def test_a_timeline_refuses_times_without_zone_unknown_kinds_and_missing_starts() -> None:
    frame = outage("2026-10-03", "2026-10-04")
    with pytest.raises(ItsqError, match="must carry a zone; found 2026-10-03"):
        charts.timeline(frame.assign(start=pd.Timestamp("2026-10-03")), **OCTOBER, **WORDS)
    with pytest.raises(ItsqError, match="one of outage, major, maintenance; found 'holiday' for 'a'"):
        charts.timeline(frame.assign(kind="holiday"), **OCTOBER, **WORDS)
    with pytest.raises(ItsqError, match="needs the start of every row; found none for 'a'"):
        charts.timeline(frame.assign(start=pd.NaT), **OCTOBER, **WORDS)


def test_a_grid_prints_zero_as_a_dot_and_missing_as_a_dash() -> None:
    words = words_of(GALLERY["heat_grid"]("en"))
    assert (words.count("·"), words.count("–")) == (3, 1)
    assert [word for word in words if word in ("5", "43", "1,000", "90", "12")] == ["5", "43", "12", "1,000", "90"]
    assert len(rectangles(GALLERY["heat_grid"]("en").svg(), "c1")) == 5


def test_a_pair_that_occurs_twice_is_refused() -> None:
    frame = pd.DataFrame({"member": ["a", "a"], "period": ["2026-10"] * 2, "value": [1, 2]})
    with pytest.raises(ItsqError, match="'a', '2026-10' twice"):
        charts.heat_grid(frame, **WORDS)


def test_only_groups_beyond_chance_are_named() -> None:
    count = np.array([20, 200, 400, 1000])
    frame = pd.DataFrame({"member": ["small", "low", "usual", "large"], "numerator": [16, 150, 362, 905], "denominator": count})
    chart = charts.funnel(frame, centre=0.9, **WORDS)
    assert [name for name in words_of(chart) if name in set(frame["member"])] == ["low"]
    dashed = [path for path in parse(chart.svg()).iter() if path.get("stroke-width") == "1.2"]
    assert len(dashed) == 4


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ItsqError, match="found 3 of 2 for 'a'"):
        charts.funnel(pd.DataFrame({"member": ["a"], "numerator": [3], "denominator": [2]}), **WORDS)


def test_a_long_name_stands_whole_above_its_lane_on_a_phone() -> None:
    assert NAMES[1] not in words_of(GALLERY["intervals"]("zh"))
    assert NAMES[1] in words_of(GALLERY["intervals"]("zh"), "narrow")


def test_waits_that_differ_more_than_thirtyfold_stand_on_a_logarithmic_scale() -> None:
    frame = pd.DataFrame({"member": ["P1", "P4"], "value": [1.0, 72.0]})
    chart = charts.intervals(frame, unit="hours", **WORDS)
    scales = [layer["encoding"]["x"]["scale"] for layer in chart.spec["layer"] if layer["encoding"]["x"].get("field") == "x"]
    assert {"type": "log", "domain": [1.0, 72.0]}.items() <= [scale for scale in scales if scale][-1].items()
    ticks = [name for name in words_of(chart) if name.endswith((" h", " days"))]
    assert ticks == ["1 h", "3 h", "10 h", "24 h", "3 days", "1 h", "3.0 days"]


def test_a_wait_of_nothing_keeps_the_scale_linear() -> None:
    frame = pd.DataFrame({"member": ["P1", "P4"], "value": [0.0, 100.0]})
    assert "50 h" in words_of(charts.intervals(frame, unit="hours", **WORDS))


def test_names_of_groups_at_the_edges_stay_in_the_picture() -> None:
    frame = pd.DataFrame(
        {"member": ["far left and long", "far right and long"], "numerator": [100, 9000], "denominator": [300, 10000]}
    )
    chart = charts.funnel(frame, **WORDS)
    found = {text.words: text for text in drawn_texts(chart.svg()) if text.words.startswith("far")}
    assert set(found) == {"far left and long", "far right and long"}
    assert all(text.left >= 0 and text.right <= 720 for text in found.values())
