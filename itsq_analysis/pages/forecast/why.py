"""Why the forecast is what it is: trend, week, year, holidays, which members had weight, and the backtest of each series."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from itsq_analysis.forecasting import Explanation
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, bullets, folded, subheading, table
from itsq_analysis.pages.forecast.outlook import WEEK, Outlook
from itsq_analysis.pages.forecast.words import name_of, percent

FLAT = 0.02  # of the level: a smaller trend is none
HOLIDAYS = 8  # told, the strongest
MOVED = ("observed", "substituted")  # days of a holiday that lies on a day off itself
SATURDAY = 5


def why(context: ReportContext, found: Outlook, told: Explanation) -> Section:
    """Explanation of the whole, and for which series the forecast beats the plain one."""
    series = {str(row["unique_id"]): row for _, row in told.series.iterrows()}
    judged = {name: row for name, row in series.items() if pd.notna(row["no_better"])}
    bad = [name for name, row in judged.items() if row["no_better"]]
    if not len(judged):
        answer = context.say("fc_why_unknown")
    elif bad:
        names = context.listed(name_of(context, found.asked, name) for name in bad)
        answer = context.say("fc_why_some", n=len(bad), of=len(judged), list=names)
    else:
        answer = context.say("fc_why_all", n=len(judged))
    parts: list[Part] = [bullets([*_course(context, found, series[found.whole]), *_week(context, found, told.pattern)])]
    holidays = _holidays(context, found, told.holidays)
    if holidays is not None:
        parts += [subheading(context.term("fc_holiday_effects")), holidays]
    parts += [subheading(context.term("fc_weights")), _weights(context, found, told.members)]
    parts.append(folded(context.say("fc_backtest_fold"), _backtest(context, found, series)))
    return Section("fc_why", context.term("fc_why"), answer, tuple(parts))


def _course(context: ReportContext, found: Outlook, row: pd.Series) -> list[str]:
    """Level and trend of the whole."""
    share = float(row["trend"] / row["level"]) if row["level"] else 0.0
    kind = "flat" if abs(share) < FLAT else "up" if share > 0 else "down"
    facts = {"level": context.number(row["level"]), "share": percent(abs(share)), "horizon": found.asked.horizon}
    return [context.say(f"fc_trend_{kind}", **facts)]


def _week(context: ReportContext, found: Outlook, pattern: pd.DataFrame) -> list[str]:
    """The strongest and weakest weekday, and the season of the year where two years are known."""
    rows = pattern[(pattern["unique_id"] == found.whole) & (pattern["season"] == WEEK)].sort_values("factor", kind="stable")
    if len(rows) < WEEK or rows["factor"].isna().any():
        return []
    least, most = rows.iloc[0], rows.iloc[-1]
    facts = {"most": context.term(f"weekdays_{int(most['slot'])}"), "least": context.term(f"weekdays_{int(least['slot'])}")}
    told = [context.say("fc_week", high=percent(float(most["factor"])), low=percent(float(least["factor"])), **facts)]
    yearly = (pattern["unique_id"] == found.whole) & (pattern["season"] > 300)
    return [*told, context.say("fc_year" if yearly.any() else "fc_no_year")]


def _holidays(context: ReportContext, found: Outlook, effects: pd.DataFrame) -> Html | None:
    """The strongest effects of named days on the whole; days moved by an observance are like the holiday itself."""
    names = _translated(context, found)
    rows = effects[(effects["unique_id"] == found.whole) & effects["name"].isin([*names, *(f"day after {one}" for one in names)])]
    if rows.empty:
        return None
    rows = rows.assign(size=rows["effect"].abs()).sort_values(["size", "name"], ascending=[False, True], kind="stable")
    cells = []
    for name, effect in zip(rows["name"].head(HOLIDAYS), rows["effect"], strict=False):
        day = str(name).removeprefix("day after ")
        told = names[day] if day == name else context.say("fc_day_after", name=names[day])
        cells.append({"fc_holiday": told, "fc_effect": f"{effect:+.0%}"})
    return table({key: context.term(key) for key in ("fc_holiday", "fc_effect")}, cells, numeric={"fc_effect"})


def _translated(context: ReportContext, found: Outlook) -> dict[str, str]:
    """The holidays of the history and of the days ahead: their English names, as effects carry them, to the report's language."""
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    first = max(found.history["ds"].min().date(), date(calendar.first_year, 1, 1))
    days = [first + timedelta(days=place) for place in range((found.end - first).days)]
    holidays = [day for day in days if not calendar.is_working_day(day) and day.weekday() < SATURDAY]
    pairs = ((calendar.holiday_name(day), calendar.holiday_name(day, context.language)) for day in holidays)
    return {name: told for name, told in pairs if name and told and not any(word in name for word in MOVED)}


def _weights(context: ReportContext, found: Outlook, members: pd.DataFrame) -> Html:
    rows = members[members["unique_id"] == found.whole].groupby("member", sort=False)["weight"].first().sort_values(ascending=False)
    cells = [{"fc_model": model_name(context, str(name)), "fc_weight": percent(float(weight))} for name, weight in rows.items()]
    return table({key: context.term(key) for key in ("fc_model", "fc_weight")}, cells, numeric={"fc_weight"})


def model_name(context: ReportContext, name: str) -> str:
    """A model in the report's language."""
    return context.term(f"fc_model_{name.replace('-', '_')}")


def _backtest(context: ReportContext, found: Outlook, series: dict[str, pd.Series]) -> Html:
    """Mean absolute error by day, of the forecast and of the plain one, at earlier cutoffs."""
    keys = ("fc_series", "fc_mae", "fc_naive_mae", "fc_better")
    cells = []
    for name in [found.whole, *found.members]:
        row = series[name]
        known = pd.notna(row["no_better"])
        better = context.term("fc_not_better" if known and bool(row["no_better"]) else "fc_is_better") if known else ""
        errors = {"fc_mae": context.number(row["mae"], 1), "fc_naive_mae": context.number(row["naive_mae"], 1)}
        cells.append({"fc_series": name_of(context, found.asked, name), **errors, "fc_better": better})
    return table({key: context.term(key) for key in keys}, cells, numeric={"fc_mae", "fc_naive_mae"})
