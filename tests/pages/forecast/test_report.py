"""The forecast report on a small organisation: what each section says, in words and numbers that can be checked."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.charts.labels import clean
from itsq_analysis.errors import ForecastError, ReportError
from itsq_analysis.facts.sentence import Translated
from itsq_analysis.forecasting.outlook import Asked, check
from itsq_analysis.forecasting.outlook_facts import forecast_outlook, record_of
from itsq_analysis.forecasting.statements import findings, name_of
from itsq_analysis.page.files import FACTS, VALUES
from itsq_analysis.page.first_screen import LIMIT, FirstScreen
from itsq_analysis.page.section import Html, Section
from itsq_analysis.page.values_csv import number
from itsq_analysis.pages.forecast.report import ForecastReport
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from itsq_analysis.text.length import words
from tests.page.made import context, on_days, told, weekdays
from tests.tables import Row

HOSTILE = "=<script>alert(1)</script> 系统"
SECTIONS = ("verdict", "members", "calendar", "people", "pictures", "why", "record", "appendix")


def opened(service: str | None, first: str, last: str, each: int, seed: int) -> list[Row]:
    """About so many on each weekday."""
    days = weekdays(first, last)
    counts = np.random.default_rng(seed).poisson(each, len(days)).tolist()
    return on_days(days, counts, priority=3, service=service)


def report(language: Language = "en", horizon: int = 14, dimension: str = "service", **options: Any) -> ForecastReport:
    """Four services from April 2026: one doubled for the last fortnight, one ended in June, one of a hostile name, one unknown."""
    rows = opened("E-mail", "2026-04-01", "2026-11-06", 12, 1) + opened(HOSTILE, "2026-04-01", "2026-11-06", 6, 2)
    rows += opened("Fax", "2026-04-01", "2026-06-12", 4, 3) + opened(None, "2026-04-01", "2026-11-06", 2, 4)
    made = context('[organisation]\nholidays = "CN"\n', language=language, as_of="2026-11-09 08:00", incidents=rows, **options)
    asked = check("incidents", dimension, horizon, [80, 95])
    ahead = forecast_outlook(made.scope, asked)
    final = replace(made, period=parse_period(f"{ahead.start}..{ahead.end - timedelta(days=1)}"))
    return ForecastReport(final, {"table": "incidents"}, asked, made.scope)


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request: pytest.FixtureRequest) -> ForecastReport:
    return report(request.param)


@pytest.fixture(scope="module")
def english() -> ForecastReport:
    return report()


def text_of(section: Section) -> str:
    parts = [str(part.markup) if isinstance(part, Html) else part.summary for part in section.parts]
    return unescape(re.sub("<[^>]+>", " ", " ".join([section.answer, section.more, *parts])))


def test_every_section_can_be_told_in_both_languages(made: ForecastReport) -> None:
    for name in SECTIONS:
        section = getattr(made, name)()
        assert section.title
        assert section.answer
        for bundle in section.bundles():
            assert "<script" not in bundle.get("text/html", "")


def test_the_first_screen_is_short_and_starts_on_the_first_day_without_data(made: ForecastReport) -> None:
    found = made.verdict()
    assert isinstance(found, FirstScreen)
    shown = re.sub("<[^>]+>", " ", str(found.block))
    assert words(f"{found.answer} {shown}", made.context.language) <= LIMIT[made.context.language]
    assert ("9–22 Nov" if made.context.language == "en" else "11月9–22日") in found.answer
    assert made.header().facts["period"].startswith("9 November" if made.context.language == "en" else "2026年11月9日")


def test_printed_days_lead_to_their_facts_in_both_languages(made: ForecastReport) -> None:
    page = "".join(bundle.get("text/html", "") for section in (made.calendar(), made.record()) for bundle in section.bundles())
    printed = dict(re.findall('<data value="(k[0-9]+)">([^<]*)</data>', page))
    files = made.files().contents
    records = json.loads(files[FACTS])["facts"]
    assert printed.keys() == records.keys()
    rows = {(row["unique_id"], row["start"]): row for row in csv.DictReader(io.StringIO(files[VALUES].decode("utf-8-sig")))}
    days = {key: record for key, record in records.items() if record["fact"] == "forecasting.by_day"}
    assert len(days) == made.outlook.asked.horizon
    for key, record in days.items():
        assert rows[tuple(record["row"].rsplit("/", 1))]["mean"] == number(record["value"])
        assert printed[key] == f"{record['value']:.0f}"


def test_numbers_of_members_add_up_to_the_whole(english: ForecastReport) -> None:
    found = english.outlook
    days = found.days.groupby(["unique_id", "ds"])["mean"].sum().unstack(0)
    assert days.drop(columns="incidents").sum(axis=1).to_numpy() == pytest.approx(days["incidents"].to_numpy())
    weeks = found.sums[found.sums["unique_id"] == "incidents"].set_index("span")["mean"]
    assert weeks["1"] + weeks["2"] == pytest.approx(weeks["all"])
    assert weeks["all"] == pytest.approx(200, rel=0.1)  # 20 on each of ten weekdays


def test_every_service_is_drawn_and_ended_ones_say_so(english: ForecastReport) -> None:
    section = english.members()
    picture = next(part for part in section.parts if isinstance(part, Chart))
    names = [english.context.wording.part(name_of(english.outlook, series)) for series in english.outlook.members]
    assert picture.data["name"].tolist() == [clean(name) for name in names]
    assert len(names) == 3
    assert picture.data["Forecast"].tolist() == [f"{english.outlook.total(series).mean:,.0f}" for series in english.outlook.members]
    sentences = told(section)
    assert "Fax: ended, nothing since 12 June 2026; not forecast." in sentences
    assert "Ended and not forecast: 1." in sentences[0]


def test_the_calendar_has_a_number_for_every_day_and_names_holidays() -> None:
    grid = next(part for part in report(horizon=14).calendar().parts if isinstance(part, Chart))
    assert grid.data.shape == (2, 8)
    assert report(horizon=14).calendar().more == "There is no holiday in this time."
    far = report(horizon=70, dimension="").calendar()
    assert "New Year's Day from 1 Jan" in text_of(far)


@pytest.mark.parametrize(("days", "said"), [(1, "Holiday: National Day."), (7, "7 holidays: National Day.")])
def test_the_first_screen_counts_days_of_holiday(english: ForecastReport, days: int, said: str) -> None:
    name = Translated("National Day", "国庆节")
    named = tuple((date(2026, 11, 9) + timedelta(days=place), name) for place in range(days))
    busiest = findings(replace(english.outlook, holidays=named))[-1]
    assert said in english.context.wording.sentence(busiest.sentence)


def test_the_record_is_made_again_as_of_then_and_says_so(english: ForecastReport) -> None:
    section = english.record()
    assert re.match(r"Of 12 recomputed forecasts for 14 days, \d+ held \(80% range\)", section.answer)
    assert "told at the time" not in section.answer
    assert "12 were never published" in text_of(section)


def test_what_was_told_takes_the_place_of_what_is_recomputed_and_is_counted_apart(english: ForecastReport) -> None:
    """Of thirteen forecasts the one three weeks before was told, far too low."""
    found = english.outlook
    made_on = found.start - timedelta(days=21)
    row = found.sums[(found.sums["unique_id"] == "incidents") & (found.sums["span"] == "all")].iloc[0].to_dict()
    row |= {"made": made_on, "start": made_on, "end": made_on + timedelta(days=14), "median": 1.0, "lo-80": 0.0, "hi-80": 2.0}
    plain = record_of(found, pd.DataFrame())
    record = record_of(found, pd.DataFrame([row]).drop(columns=["y", "errors"]))
    assert len(record.rows) == len(plain.rows)
    assert [told.median for told in record.rows if told.told] == [1.0]
    assert (record.told.n, record.told.inside) == (1, 0)
    assert record.recomputed.n == plain.recomputed.n - 1
    assert record.told.error > 0.9
    assert plain.told.n == 0


def test_without_a_dimension_there_is_the_whole_alone() -> None:
    found = report(dimension="")
    assert found.members().answer == "The report was requested for the total only."
    assert len([part for part in found.pictures().parts if isinstance(part, Chart)]) == 1


def test_the_files_hold_every_number_and_no_formula(english: ForecastReport) -> None:
    files = english.files()
    rows = list(csv.DictReader(io.StringIO(files.contents[".values.csv"].decode("utf-8-sig"))))
    found = english.outlook
    assert len(rows) == len(found.sums) + len(found.days)
    assert {row["span"] for row in rows} == {"1", "2", "all", "day"}
    assert float(rows[0]["mean"]) == pytest.approx(found.sums["mean"].iloc[0])
    assert not [row for row in rows if row["unique_id"].startswith("=")]
    assert files.contents[".xlsx"].startswith(b"PK")
    assert files.kept is not None
    assert [*files.kept.new] == [f"incidents-service-days14/2026-11-09-{'0' * 12}.csv"]


@pytest.mark.parametrize(
    ("horizon", "levels", "message"),
    [(6, [80], "horizon must be 7 to 182 days; found 6"), (28, [], "levels must lie"), (28, [80, 100], "levels must lie")],
)
def test_a_wrong_argument_says_what_is_allowed(horizon: int, levels: list[float], message: str) -> None:
    with pytest.raises(ForecastError, match=message):
        check("incidents", "service", horizon, levels)


def test_too_short_a_history_and_an_ended_table_are_errors() -> None:
    asked = Asked("incidents", "", 14, (80, 95))
    short = context(as_of="2026-11-09 08:00", incidents=opened("A", "2026-10-19", "2026-11-06", 3, 1))
    with pytest.raises(ReportError, match=r"needs 28 whole days of incidents; found 21"):
        forecast_outlook(short.scope, asked)
    ended = context(as_of="2026-11-09 08:00", incidents=opened("A", "2026-01-05", "2026-04-30", 3, 1))
    with pytest.raises(ReportError, match=r"needs incidents that go on; found none since 2026-04-30"):
        forecast_outlook(ended.scope, asked)
    with pytest.raises(ReportError, match=r"found none; load an export"):
        forecast_outlook(context(as_of="2026-11-09 08:00").scope, asked)


def test_a_service_too_new_for_a_comparison_is_still_forecast() -> None:
    rows = opened("Old", "2026-04-01", "2026-11-06", 5, 1) + opened("New", "2026-10-30", "2026-11-06", 5, 2)
    made = context(as_of="2026-11-09 08:00", incidents=rows)
    found = forecast_outlook(made.scope, Asked("incidents", "service", 14, (80, 95)))
    assert "service=New" in found.members
    assert pd.isna(found.before("service=New"))
    assert found.start == date(2026, 11, 9)
