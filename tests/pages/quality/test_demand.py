"""Volumes per working day; a difference is a change only beyond the usual range."""

from __future__ import annotations

import pandas as pd
import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.indicators.flow import flow
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html
from itsq_analysis.pages.quality import demand as section
from itsq_analysis.pages.quality.demand import demand, unannounced
from tests.indicators.test_completeness import with_rates as in_seven_months
from tests.page.courses import NO_HOLIDAYS, of_months, with_rates
from tests.page.made import answer, context, incidents, rows_of, told


@pytest.fixture(autouse=True)
def _without_forecasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forecasts have tests of their own."""
    monkeypatch.setattr(section, "forecast_told", lambda _: [])
    monkeypatch.setattr(section, "forecast_picture", lambda _: [])


def test_a_month_of_holidays_is_no_month_of_less_work() -> None:
    """198 in September's 22 working days and 162 in October's 18 are 9 a day alike."""
    found = in_seven_months(9, 9, 9, 9, 9, 9, 9)
    assert [row.opened_rate for row in flow(found.scope)][-7:] == [9.0] * 7
    picture = next(part for part in demand(found).parts if isinstance(part, Chart))
    assert picture.data.iloc[-2:].to_numpy().tolist() == [["Sep 2026", "9.0", "9.0", "0"], ["Oct 2026", "9.0", "9.0", "0"]]


# 2 and 4 per working day in turn: mean 3; of some 65 a month the limits are wide, 3 ± 2.66 × 2 but for the months' lengths.
STEADY = [2.0, 4.0] * 6


def test_within_the_limits_it_is_no_change() -> None:
    found = answer(demand(with_rates([*STEADY, 3.0])))
    assert found.startswith("Work stayed within its usual range: 3.0 incidents per working day (usual: 0.0–9.5")
    assert found.endswith("from the 12 periods before). The backlog is 0, about 0.0 working days of inflow.")


@pytest.mark.parametrize(("rate", "word", "side"), [(12.0, "More", "above"), (2.0, "Less", "below")])
def test_only_beyond_the_limits_it_is(rate: float, word: str, side: str) -> None:
    """5 a day, with 110 a month a Poisson process: ± 1.8 by Student's t, for a range made of 12 periods."""
    found = answer(demand(with_rates([5.0] * 12 + [rate])))
    assert found.startswith(f"{word} work than usual: {rate:.1f} incidents per working day, {side} the usual 3.2–6.8")


def test_a_run_says_since_when() -> None:
    found = answer(demand(with_rates([*[5.0, 5.4] * 5, *[5.9] * 7])))
    assert found.startswith("5.9 incidents per working day: within the usual ")
    assert "above the mean of the 16 periods before for 7 periods in a row, since April 2026." in found


def test_with_few_periods_nothing_is_called_a_change() -> None:
    found = answer(demand(with_rates([5.0] * 11 + [30.0])))
    assert found.startswith("30.0 incidents per working day. With fewer than 12 complete periods before, no change can be called.")


def test_a_part_of_a_period_is_compared_with_nothing() -> None:
    found = demand(with_rates([*[5.0] * 12, 30.0], as_of="2026-10-20"))
    assert answer(found).startswith("50.8 incidents per working day so far; the period is not over, so it is not compared.")
    assert not [part for part in found.parts if isinstance(part, Html) and "<table" in part.markup]


def test_months_at_which_the_extraction_is_thin_and_half_months_do_not_count() -> None:
    thin = of_months([10, *[110] * 13])
    begun = [*incidents(60, "2025-09-15 09:00"), *of_months([110] * 13)]
    for rows in (thin, begun):
        said = answer(demand(context(NO_HOLIDAYS, incidents=rows)))
        assert "the 12 periods before" in said


def test_where_services_run_around_the_clock_days_are_days() -> None:
    always = '[[service]]\nservice = "ERP"\ncalendar = "7x24"\n'
    rows = of_months([90] * 13, service="ERP")
    found = demand(context(NO_HOLIDAYS + always, incidents=rows, only=["ERP"]))
    assert "2.9 incidents per day (usual: 1.8–4.1" in answer(found)
    picture = next(part for part in found.parts if isinstance(part, Chart))
    assert picture.data.iloc[-1].tolist()[:2] == ["Oct 2026", "2.9"]


def test_volumes_stand_beside_the_period_before_a_year_ago_and_the_year_so_far() -> None:
    """October has 22 weekdays, September 22, October 2025 23; January to October 217 and 218."""
    counts = {"2025": [110] * 9 + [115] + [110] * 2, "2026": [110] * 8 + [132, 220]}
    found = demand(context(NO_HOLIDAYS, incidents=of_months([100, *counts["2025"], *counts["2026"]])))
    resolved = rows_of(found)[1]
    assert resolved[:5] == ["Incidents resolved", "220", "10.0", "6.0 +66.7%", "5.0 +100.0%"]
    so_far, before = sum(counts["2026"]), sum(counts["2025"][:10])
    assert resolved[5] == f"{so_far / 217:.1f} {(so_far / 217) / (before / 218) * 100 - 100:+.1f}%"


def test_spring_festival_is_compared_by_its_own_date() -> None:
    """17 February 2026 and 29 January 2025: the weeks around it, 5 and 3 incidents a day of theirs."""
    around = incidents(60, "2026-02-18 09:00") + incidents(30, "2025-01-30 09:00")
    rows = of_months([40] * 15, last="2026-02") + around
    found = demand(context(incidents=rows, period="2026-02", as_of="2026-03-20"))
    cell = rows_of(found)[1][4]
    assert cell.endswith(" around Spring Festival")
    assert told(found)[-1].startswith("Spring Festival fell on 17 February 2026, the year before on 29 January 2025;")
    march = demand(context(incidents=of_months([40] * 15, last="2026-03"), period="2026-03", as_of="2026-04-20"))
    assert "Spring Festival" not in " ".join(rows_of(march)[1])


def test_days_off_have_no_rate() -> None:
    rows = incidents(3, "2026-10-17 09:00", resolved_at=None, state="new")
    found = demand(context(incidents=rows, period="2026-10-17"))
    assert answer(found) == "3 incidents were opened, all on days off. The backlog is 3."
    one = demand(context(incidents=rows[:1], period="2026-10-17", language="zh"))
    assert answer(one) == "新增事件 1 件，在非工作日。积压 1 件。"


def test_backlog_is_told_in_days_of_inflow() -> None:
    rows = incidents(90) + incidents(36, "2026-10-20 09:00", resolved_at=None, state="new")
    assert answer(demand(context(incidents=rows))).endswith("The backlog is 36, about 5.1 working days of inflow.")


def daily(found: ReportContext) -> pd.DataFrame:
    """The data of the picture of days."""
    charts = [part for part in demand(found).parts if isinstance(part, Chart)]
    return charts[1].data if len(charts) > 1 else pd.DataFrame()


def test_the_days_name_their_holidays_in_the_language_of_the_page() -> None:
    rows = incidents(2, "2026-10-01 09:00") + incidents(5, "2026-10-09 09:00")
    for language, national in (("en", "National Day"), ("zh", "国庆节")):
        table = daily(context(incidents=rows, language=language))
        assert len(table) == 31
        assert table.iloc[0].tolist()[1:] == ["2", national]
    summary = [part for part in demand(context(incidents=rows)).parts if isinstance(part, Chart)][1].summary
    assert summary == "The busiest day was 9 October 2026 with 5 incidents."


def test_long_and_empty_periods_have_no_picture_of_days() -> None:
    assert daily(context(incidents=incidents(5), period="2026")).empty
    assert daily(context(incidents=incidents(5, "2026-08-03 09:00"))).empty


def test_a_year_without_announced_working_days_is_provisional() -> None:
    rows = incidents(30, "2031-01-06 09:00")
    found = context(incidents=rows, period="2031-01", as_of="2031-02-10")
    (warning,) = unannounced(found)
    assert warning.startswith("CN: the adjusted working days of 2031 are not announced or not in the holiday table yet")
    assert warning in answer(demand(found))
    none = context('[organisation]\nholidays = ""\n', incidents=rows, period="2031-01", as_of="2031-02-10")
    assert unannounced(none) == []
    assert unannounced(context(incidents=incidents(3))) == []


def test_the_picture_begins_where_the_data_do() -> None:
    summaries = [part.summary for part in demand(in_seven_months(10, 12, 10, 12, 10, 12, 11)).parts if isinstance(part, Chart)]
    assert summaries[0] == "Opened per working day: 10.0 in April 2026, 11.0 in October 2026; open at the end: 0, then 0."
    alone = [part.summary for part in demand(context(incidents=incidents(18))).parts if isinstance(part, Chart)]
    assert alone[0] == "Opened per working day: 1.0 in October 2026. Open at the end: 0."
