"""Volumes per working day; a difference is a change only beyond the usual range."""

from __future__ import annotations

import pandas as pd
import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.sections.demand import ENOUGH, demand, flow, unannounced, usual_range
from itsq_analysis.sections.scene import Scene
from tests.sections.made import incidents, rows_of, scene, told
from tests.sections.test_edges import DAYS, MONTHS, with_rates


def test_a_month_of_holidays_is_no_month_of_less_work() -> None:
    """198 in September's 22 working days and 162 in October's 18 are 9 a day alike."""
    found = with_rates(9, 9, 9, 9, 9, 9, 9)
    course = flow(found)
    assert course["opened_rate"].dropna().tolist() == [9.0] * 7
    head, newest, before, *_ = rows_of(demand(found))
    assert head[:3] == ["Period", "Working days", "Opened"]
    assert newest == ["October 2026", "18", "162", "162", "9.0", "9.0", "0"]
    assert before == ["September 2026", "22", "198", "198", "9.0", "9.0", "0"]


def test_limits_are_those_of_the_moving_range() -> None:
    """Rates 10, 12, 10, 12, 10, 12: mean 11, mean moving range 2, limits 11 ± 5.32."""
    usual = usual_range(found := with_rates(10, 12, 10, 12, 10, 12, 11), flow(found))
    assert usual is not None
    assert (usual.low, usual.high, usual.periods) == (pytest.approx(5.68), pytest.approx(16.32), 6)


@pytest.mark.parametrize(
    ("rate", "answer"),
    [
        (
            16,
            "Work stayed within its usual range: 16.0 incidents per working day (usual: 5.7–16.3, limits of the 6 periods before).",
        ),
        (17, "More work than usual: 17.0 incidents per working day, above the usual 5.7–16.3 (limits of the 6 periods before)."),
        (5, "Less work than usual: 5.0 incidents per working day, below the usual 5.7–16.3 (limits of the 6 periods before)."),
    ],
)
def test_only_beyond_the_limits_it_is_a_change(rate: float, answer: str) -> None:
    found = demand(with_rates(10, 12, 10, 12, 10, 12, rate)).answer
    assert found == f"{answer} The backlog is 0, about 0.0 working days of inflow."


def test_with_few_periods_nothing_is_called_a_change() -> None:
    rows = [row for month in MONTHS[-ENOUGH:-1] for row in incidents(DAYS[month] * 10, f"{month}-15 09:00")]
    found = scene(incidents=[*rows, *incidents(18 * 30, "2026-10-15 09:00")])
    assert usual_range(found, flow(found)) is None
    assert demand(found).answer.startswith("30.0 incidents per working day. Fewer than six full periods lie before")


def test_months_at_which_the_extraction_is_thin_do_not_widen_the_range() -> None:
    found = with_rates(1, 10, 10, 10, 10, 10, 10)
    assert usual_range(found, flow(found)) is None  # five full months before
    full = [row for month in MONTHS for row in incidents(DAYS[month] * 10, f"{month}-15 09:00")]
    longer = scene(incidents=[*incidents(20, "2026-03-16 09:00"), *full], as_of="2026-11-01")
    usual = usual_range(longer, flow(longer))
    assert usual is not None
    assert (usual.low, usual.high, usual.periods) == (pytest.approx(10), pytest.approx(10), 6)


def test_days_off_have_no_rate() -> None:
    rows = incidents(3, "2026-10-17 09:00", resolved_at=None, state="new")
    found = demand(scene(incidents=rows, period="2026-10-17"))
    assert found.answer == "3 incidents were opened, all on days off. The backlog is 3."
    one = demand(scene(incidents=rows[:1], period="2026-10-17", language="zh"))
    assert one.answer == "新增事件 1 件，在非工作日。积压 1 件。"


def test_backlog_is_told_in_days_of_inflow() -> None:
    rows = incidents(90) + incidents(36, "2026-10-20 09:00", resolved_at=None, state="new")
    assert demand(scene(incidents=rows)).answer.endswith("The backlog is 36, about 5.1 working days of inflow.")


def daily(found: Scene) -> pd.DataFrame:
    """The data of the picture of days."""
    charts = [part for part in demand(found).parts if isinstance(part, Chart)]
    return charts[1].data if len(charts) > 1 else pd.DataFrame()


def test_the_days_name_their_holidays_in_the_language_of_the_page() -> None:
    rows = incidents(2, "2026-10-01 09:00") + incidents(5, "2026-10-09 09:00")
    for language, national in (("en", "National Day"), ("zh", "国庆节")):
        table = daily(scene(incidents=rows, language=language))
        assert len(table) == 31
        assert table.iloc[0].tolist()[1:] == ["2", national]
    summary = [part for part in demand(scene(incidents=rows)).parts if isinstance(part, Chart)][1].summary
    assert summary == "The busiest day was 9 October 2026 with 5 incidents."


def test_long_and_empty_periods_have_no_picture_of_days() -> None:
    assert daily(scene(incidents=incidents(5), period="2026")).empty
    assert daily(scene(incidents=incidents(5, "2026-08-03 09:00"))).empty


def test_a_year_without_announced_working_days_is_provisional() -> None:
    rows = incidents(30, "2031-01-06 09:00")
    found = scene(incidents=rows, period="2031-01", as_of="2031-02-10")
    (warning,) = unannounced(found)
    assert warning.startswith("CN: the adjusted working days of 2031 are not in the holiday table in hand")
    assert warning in told(demand(found))
    none = scene('[organisation]\nholidays = ""\n', incidents=rows, period="2031-01", as_of="2031-02-10")
    assert unannounced(none) == []
    assert unannounced(scene(incidents=incidents(3))) == []


def test_the_picture_begins_where_the_data_do() -> None:
    summaries = [part.summary for part in demand(with_rates(10, 12, 10, 12, 10, 12, 11)).parts if isinstance(part, Chart)]
    assert summaries[0] == "Opened per working day: 10.0 in April 2026, 11.0 in October 2026. Open at the end: 0, then 0."
    alone = [part.summary for part in demand(scene(incidents=incidents(18))).parts if isinstance(part, Chart)]
    assert alone[0] == "Opened per working day: 1.0 in October 2026. Open at the end: 0."
