"""One small, hand-made chart of every kind, with a hostile and a long name in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from itsq_analysis import charts
from itsq_analysis.charts import Chart
from itsq_analysis.charts.labels import Language

HOSTILE = "</text><script>alert('x')</script>&{{7*7}}\x07\x1b\u202e"
LONG = "财务应用系统(核算、报销与固定资产管理)及其外围接口服务平台"
NAMES = ["E-mail", LONG, HOSTILE]
PERIODS = ["2026-08", "2026-09", "2026-10"]


def words(language: Language) -> dict[str, Any]:
    return {"title": f"标题 {HOSTILE}", "summary": f"Summary {HOSTILE}", "language": language}


def moment(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="Asia/Shanghai")


def sparkline(language: Language) -> Chart:
    frame = pd.DataFrame({"period": PERIODS, "value": [0.9, None, 0.95], "provisional": [False, False, True]})
    return charts.sparkline(frame, target=0.95, band=(0.88, 0.94), **words(language))


def daily(language: Language) -> Chart:
    days = pd.date_range("2026-10-01", "2026-10-10")
    frame = pd.DataFrame(
        {
            "ds": days,
            "y": [10, 12, None, 9, 11, 10, 13, 44, 41, 39],
            "lower": 5,
            "upper": 50,
            "holiday": ["国庆节 National Day"] * 7 + [None] * 3,
            "weekend": [False] * 7 + [True, True, False],
            "unusual": [False] * 6 + [True, True, False, False],
            "provisional": [False] * 9 + [True],
        }
    )
    return charts.line(frame, target=40, **words(language))


def monthly(language: Language) -> Chart:
    frame = pd.DataFrame({"ds": pd.date_range("2025-10-01", periods=13, freq="MS"), "y": [0.9 + 0.005 * n for n in range(13)]})
    return charts.line(frame, unit="share", grain="M", target=0.955, zero=False, **words(language))


def bars(language: Language) -> Chart:
    frame = pd.DataFrame({"period": PERIODS, "opened": [80, 90, 100], "resolved": [78.5, None, 101.25]})
    return charts.bars(frame.assign(backlog=[1200, 1290, 1270]), **words(language))


def intervals(language: Language) -> Chart:
    frame = pd.DataFrame(
        {
            "member": NAMES,
            "value": [2.0, 10.5, None],
            "lower": [2.0, 8.0, None],
            "upper": [8.0, 40.0, None],
            "target": [4, None, 40],
        }
    )
    return charts.intervals(frame.assign(target=[4, None, 40]), interval_name="P90", **words(language))


def waits(language: Language) -> Chart:
    """Hours over three powers of ten: on a logarithmic scale."""
    frame = pd.DataFrame({"member": NAMES, "value": [2.0, 40.0, 300.0], "lower": [1.5, 30.0, None], "upper": [8.0, 90.0, None]})
    return charts.intervals(frame, unit="hours", **words(language))


def stacked_bars(language: Language) -> Chart:
    parts = ["work", "等待供应商确认与处理", HOSTILE]
    frame = pd.DataFrame(
        [{"member": name, "part": part, "value": n + m} for n, name in enumerate(NAMES) for m, part in enumerate(parts)]
    )
    return charts.stacked_bars(frame, unit="hours", **words(language))


def shares(language: Language) -> Chart:
    frame = pd.DataFrame({"member": ["a", "a", "b", "b"], "part": ["x", "y", "x", "y"], "value": [1, 3, 0, 0]})
    return charts.stacked_bars(frame, shares=True, **words(language))


def diverging_bars(language: Language) -> Chart:
    frame = pd.DataFrame(
        {"member": NAMES, "negative": [1, 30, 0], "neutral": [2, 10, 0], "positive": [7, 0, 0], "sent": [1200, None, 5]}
    )
    return charts.diverging_bars(frame.assign(sent=[1200, None, 5]), **words(language))


def timeline(language: Language) -> Chart:
    rows = [
        (NAMES[0], moment("2026-10-03 02:00"), moment("2026-10-03 02:43"), "outage", "OUT1"),
        (NAMES[0], moment("2026-10-20 02:00"), moment("2026-10-20 09:10"), "major", HOSTILE),
        (NAMES[1], moment("2026-09-28"), moment("2026-10-02"), "maintenance", None),
        (NAMES[2], moment("2026-10-31 23:50"), pd.NaT, "outage", None),
    ]
    frame = pd.DataFrame(rows, columns=["service", "start", "end", "kind", "label"])
    return charts.timeline(frame, start=date(2026, 10, 1), end=date(2026, 11, 1), timezone="Asia/Shanghai", **words(language))


def change_calendar(language: Language) -> Chart:
    days = pd.date_range("2026-10-01", "2026-10-31")
    kinds = ["holiday"] * 7 + ["", "", "adjusted"] + ["weekend"] + [""] * 20
    frame = pd.DataFrame({"ds": days, "value": [place % 13 for place in range(31)], "kind": kinds})
    return charts.change_calendar(frame.assign(failed=[0, 1] + [0] * 29, caused=[0, 2] + [0] * 28 + [124]), **words(language))


def calendar_grid(language: Language) -> Chart:
    days = pd.date_range("2026-08-05", "2026-10-31")
    frame = pd.DataFrame({"ds": days, "value": [41.0 if day.day == 20 else -7.0 if day.day == 9 else None for day in days]})
    frame["holiday"] = [HOSTILE if (day.month, day.day) <= (10, 7) and day.month == 10 else None for day in days]
    frame["what"] = [LONG if day.day == 20 else None for day in days]
    return charts.calendar_grid(frame, **words(language))


def heat_grid(language: Language) -> Chart:
    values = [0, 5, None, 43, 1000, 90, 0, 0, 12]
    pairs = [(name, period) for name in NAMES for period in PERIODS]
    frame = pd.DataFrame([{"member": m, "period": p, "value": v} for (m, p), v in zip(pairs, values, strict=True)])
    return charts.heat_grid(frame, **words(language))


def gap_grid(language: Language) -> Chart:
    values = {"Mon": [-2.2, 3.0, 0.2], HOSTILE: [None, 12.4, -1.0]}
    rows = [
        {"member": m, "column": c, "value": v} for m, row in values.items() for c, v in zip(("08", "09", LONG), row, strict=True)
    ]
    return charts.gap_grid(pd.DataFrame(rows), names=("too few", "富余"), **words(language))


def funnel(language: Language) -> Chart:
    frame = pd.DataFrame({"member": [*NAMES, "empty"], "numerator": [95, 380, 120, 0], "denominator": [100, 400, 200, 0]})
    return charts.funnel(frame, **words(language))


def fan(language: Language) -> Chart:
    """Sixty days known, the last value 69 %, then growth by 1 a day; the limits lie close together."""
    days = pd.date_range("2026-09-01", "2027-01-31", freq="3D")
    past = len(days) // 2
    level = [0.4 + 0.012 * place for place in range(len(days))]
    frame = pd.DataFrame({"ds": days, "y": [*level[:past], *[None] * (len(days) - past)]})
    for name, spread in (("median", 0), ("lower", -0.005), ("upper", 0.02)):
        frame[name] = [*[None] * past, *[value + spread * place for place, value in enumerate(level[past:], 1)]]
    marks = {f"order by {HOSTILE}": date(2026, 11, 3), "以五成风险下单": date(2026, 11, 25), "long ago": date(2026, 1, 1)}
    return charts.fan(frame, limits={HOSTILE: 0.9, "预警线": 0.88}, marks=marks, **words(language))


def ranges(language: Language) -> Chart:
    frame = pd.DataFrame({"period": ["2026-09", "2026-10", "2026-11"], "y": [2105, 1300, None], "median": [2010, 1796, 2100]})
    frame = frame.assign(lower=[1778, 1612, 1894], upper=[2248, 2001, 2351])
    return charts.ranges(frame, names=("came", HOSTILE, LONG), **words(language))


def risk_grid(language: Language) -> Chart:
    values = [0.0, 0.004, 0.34, 0.1, 0.5, 0.9, None, 1.0, 0.0999]
    pairs = [(name, horizon) for name in NAMES for horizon in ("30 天", "90 days", "365")]
    frame = pd.DataFrame([{"member": m, "horizon": h, "value": v} for (m, h), v in zip(pairs, values, strict=True)])
    return charts.risk_grid(frame, **words(language))


def dots(language: Language) -> Chart:
    frame = pd.DataFrame(
        {"member": NAMES, "value": [0.71, 0.2, 0.86], "after": [0.95, None, 1.72], "warning": 0.7, "critical": 0.85}
    )
    return charts.dots(frame, value_name="busy hour", after_name="失去一个成员后", **words(language))


def deadlines(language: Language) -> Chart:
    days = {"act": ["2026-10-01", "2026-12-15", "2027-12-01"], "end": ["2026-11-20", "2027-03-01", "2028-01-01"]}
    frame = pd.DataFrame({"member": NAMES, **days})
    span = {"start": date(2026, 11, 1), "end": date(2027, 11, 1)}
    return charts.deadlines(frame, names=("renew by", "到期"), **span, **words(language))


GALLERY: dict[str, Callable[[Language], Chart]] = {
    "sparkline": sparkline,
    "daily": daily,
    "monthly": monthly,
    "bars": bars,
    "calendar_grid": calendar_grid,
    "change_calendar": change_calendar,
    "intervals": intervals,
    "waits": waits,
    "stacked_bars": stacked_bars,
    "shares": shares,
    "diverging_bars": diverging_bars,
    "timeline": timeline,
    "heat_grid": heat_grid,
    "funnel": funnel,
    "gap_grid": gap_grid,
    "fan": fan,
    "ranges": ranges,
    "risk_grid": risk_grid,
    "dots": dots,
    "deadlines": deadlines,
}
