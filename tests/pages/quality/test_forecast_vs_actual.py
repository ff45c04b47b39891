"""The last forecast against what happened: five ways to say it, none of them louder than its odds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from itsq_analysis.facts.record import FOLDER, to_record
from itsq_analysis.forecasting.next_periods import NextPeriods, following, next_periods
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html
from itsq_analysis.pages.quality.demand import demand
from itsq_analysis.pages.quality.forecast_vs_actual import forecast_picture, forecast_told
from itsq_analysis.periods import history
from itsq_analysis.text import Language
from tests.page.made import context

KEY = (f"{next_periods.__module__}.next_periods", ("table", "incidents"), ("by", None))
RANGE = {"lo-80": 1560.0, "hi-80": 1830.0, "lo-95": 1480.0, "hi-95": 1910.0}


def row(span: str, start: date, end: date, **more: Any) -> dict[str, Any]:
    facts = {"unique_id": "incidents", "made": start, "span": span, "start": start, "end": end}
    return facts | {"mean": 1700.4, "median": 1690.0, **RANGE, "y": float("nan"), "errors": 12} | more


def told_of(came: list[float], language: Language = "en", daily: pd.DataFrame | None = None) -> ReportContext:
    """A context whose last months brought so many, each foretold as 1,690; 2,010 are expected in November."""
    made = context('[organisation]\nholidays = "CN"\n', language=language)
    past = history(made.period, len(came))
    earlier = pd.DataFrame([row("1", one.start, one.end, y=y) for one, y in zip(past, came, strict=True)])
    ahead = following(made.period, 3)
    rows = [row(str(place), one.start, one.end, made=date(2026, 11, 1)) for place, one in enumerate(ahead, 1)]
    rows[0] |= {"mean": 2010.2, "median": 2000.0, "lo-80": 1850.0, "hi-80": 2180.0}
    known = pd.DataFrame({"unique_id": [], "ds": pd.to_datetime([]), "y": []}) if daily is None else daily
    return remembering(made, NextPeriods(tuple(ahead), pd.DataFrame(rows), earlier, known))


def remembering(made: ReportContext, forecast: NextPeriods) -> ReportContext:
    """The context with its next periods known."""
    made.scope.memory.clear()
    made.scope.memory[KEY] = forecast
    return made


def words(made: ReportContext) -> str:
    return " ".join(str(part.markup) for part in forecast_told(made) if isinstance(part, Html))


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (1742, "(80% range 1,560–1,830): as expected."),
        (1830, "(80% range 1,560–1,830): as expected."),
        (1831, "above that range, but one period in five is outside it anyway."),
        (1559, "below that range, but one period in five is outside it anyway."),
        (1911, "more than expected, above even the 95% range, which one period in twenty misses by chance."),
        (1479, "fewer than expected, below even the 95% range, which one period in twenty misses by chance."),
    ],
)
def test_the_period_against_its_forecast(came: float, said: str) -> None:
    found = words(told_of([came]))
    assert f"October 2026 brought {came:,} incidents against a forecast of 1,690" in found
    assert said in found


def test_the_record_and_the_plain_comparison() -> None:
    """Four months of 1,690 but for one of 1,900: off by 210 of 6,970; a year ago each day brought one, so 123 in four months."""
    days = pd.date_range("2025-07-01", "2026-10-31")
    daily = pd.DataFrame({"unique_id": "incidents", "ds": days, "y": 1.0})
    found = words(told_of([1690, 1900, 1690, 1690], daily=daily))
    assert "Recomputed forecasts: 3 of 4 held; off by 3% on average" in found
    assert "&#39;same as last year&#39; by 98%." in found
    shorter = words(told_of([1690, 1900, 1690, 1690], daily=daily[daily["ds"] >= "2026-06-01"]))
    assert "&#39;same as the period before&#39; by 98%." in shorter
    alone = words(told_of([1690, 1900, 1690, 1690]))
    assert "off by 3% on average. November" in alone
    assert "Recomputed forecasts" not in words(told_of([1900, 1690, 1690]))  # three are too few to tell


def test_a_forecast_no_better_than_the_plain_one_says_so() -> None:
    """Each month of 1,600 to the day as many as a year ago."""
    months = history(context().period, 16)
    daily = pd.DataFrame({"unique_id": "incidents", "ds": pd.date_range(months[0].start, "2026-10-31")})
    share = {(day.year, day.month): 1600 / one.days for one in months for day in [one.start]}
    daily["y"] = [share[(day.year, day.month)] for day in daily["ds"]]
    found = words(told_of([1600] * 4, daily=daily))
    assert "but they were off by 6% on average, no better than &#39;same as last year&#39; (0%)" in found.replace("0.0%", "0%")


def test_the_next_periods_with_their_working_days() -> None:
    found = words(told_of([1742]))
    assert "November 2026 has 21 working days (October 2026: 18): expect 2,010 (1,850–2,180); then December 2026 1,700" in found
    chinese = words(told_of([1742], "zh"))
    assert "2026年11月有 21 个工作日" in chinese
    assert "预计 2,010 件" in chinese


def test_the_picture_holds_the_past_and_the_future() -> None:
    (chart,) = forecast_picture(told_of([1742, 1900]))
    assert chart.data.iloc[:, 0].tolist() == ["Sep 2026", "Oct 2026", "Nov 2026", "Dec 2026", "Jan 2027"]
    assert chart.data.iloc[:, 1].tolist() == ["1,742", "1,900", "–", "–", "–"]
    assert chart.summary.endswith("1 of 2 earlier forecasts (2 recomputed) missed their range.")


def test_a_kept_forecast_stands_instead_of_the_one_made_again(tmp_path: Path) -> None:
    made = told_of([1742, 1742, 1742, 1742])
    made.workspace.path = tmp_path
    kept = context(as_of="2026-10-03 08:00")
    told = pd.DataFrame([row("1", date(2026, 10, 1), date(2026, 11, 1), median=1500.0) | {"lo-80": 1400.0, "hi-80": 1600.0}])
    ((name, content),) = to_record(kept.scope, "incidents-all-month", told).items()
    (tmp_path / FOLDER / name).parent.mkdir(parents=True)
    (tmp_path / FOLDER / name).write_bytes(content)
    found = words(made)
    assert "against a forecast of 1,500 (80% range 1,400–1,600): above that range" in found
    assert "Forecasts published at the time: 0 of 1 held" in found
    assert "Recomputed forecasts: 3 of 3 held" in found


def test_a_picture_of_the_periods_to_come_alone_counts_none() -> None:
    made = told_of([1742])
    known = made.scope.memory[KEY]
    remembering(made, replace(known, earlier=known.earlier.head(0)))
    (chart,) = forecast_picture(made)
    assert re.fullmatch(r"November 2026: expect [\d,]+ \([\d,]+–[\d,]+\)\.", chart.summary)


def test_without_a_history_the_section_says_nothing_of_forecasts() -> None:
    made = context()
    assert forecast_told(made) == forecast_picture(made) == []
    assert "forecast" not in demand(made).answer
