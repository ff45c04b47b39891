"""Frames that an analyst holds as charts: forecasts, alarms, series, values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from itsq_analysis.charts.interactive import Layers, Plot, interactive
from itsq_analysis.charts.labels import chart_unit, number, word
from itsq_analysis.errors import ItsqError
from itsq_analysis.indicators.cube import value_of
from itsq_analysis.indicators.query import known_name
from itsq_analysis.text import formats, say
from itsq_analysis.text.wording import wording_of
from itsq_analysis.workspace.plots.indicator import middle_of, series_of

if TYPE_CHECKING:
    from itsq_analysis.facts import Scope
    from itsq_analysis.text import Language

PAST = 3  # horizons of the past that are shown before a forecast
MOST = 2000  # points of a chart: more are slow to draw, and no eye tells them apart


def plot_series(scope: Scope, frame: pd.DataFrame, name: str | None, language: Language) -> Plot:  # noqa: ARG001 (all kinds alike)
    """A long frame as lines."""
    points = _long(chosen(frame, name), language)
    return _drawn(Layers(points, tips=_tips(language)), "plot_series", points, language)


def plot_alarms(scope: Scope, frame: pd.DataFrame, name: str | None, language: Language) -> Plot:  # noqa: ARG001 (all kinds alike)
    """What was counted, what was expected, and the steps that are alarms."""
    frame = chosen(frame, name)
    points = _long(frame, language).assign(expected=_between(frame, "lower", "upper", language))
    alarms = points[frame["is_anomaly"].fillna(False).to_numpy(dtype=bool)]
    texts = [
        f"{when}: {value} ({expected})"
        for when, value, expected in zip(alarms["when"], alarms["value"], alarms["expected"], strict=True)
    ]
    expected = points.assign(y=frame["expected"].to_numpy(dtype=float))
    layers = Layers(
        points,
        tips=_tips(language) | {"expected": word("expected", language)},
        bands=((word("expected", language), points.assign(lower=frame["lower"].to_numpy(), upper=frame["upper"].to_numpy())),),
        middle=(word("expected", language), expected),
        marks=(word("alarm", language), alarms.assign(text=texts)),
        together=points["series"].nunique() == 1,
    )
    return _drawn(layers, "plot_alarms", points, language, alarms=len(alarms))


def plot_forecast(scope: Scope, frame: pd.DataFrame, name: str | None, language: Language) -> Plot:
    """The median and its ranges, after the past that it was made of where the workspace knows it."""
    frame = chosen(frame, name)
    levels = sorted((float(column[3:]) for column in frame.columns if str(column).startswith("lo-")), reverse=True)
    known = _past(scope, frame)
    past = _long(known, language).assign(known=True, range="")
    ahead = _long(frame.assign(y=frame["median"]), language).assign(known=False)
    inner = f"{levels[-1]:g}" if levels else ""
    ahead["range"] = _between(frame, f"lo-{inner}", f"hi-{inner}", language) if levels else ""
    points = pd.concat([past, ahead], ignore_index=True)
    bounds = {
        f"{level:g}": ahead.assign(lower=frame[f"lo-{level:g}"].to_numpy(), upper=frame[f"hi-{level:g}"].to_numpy())
        for level in levels
    }
    layers = Layers(
        points,
        tips=_tips(language) | ({"range": word("interval", language) + f" {inner}%"} if levels else {}),
        bands=tuple((f"{level}%", band) for level, band in bounds.items()),
        middle=(word("median", language), ahead),
        together=points["series"].nunique() == 1,
    )
    return _drawn(layers, "plot_forecast", points, language, horizon=int(frame["ds"].nunique()))


def plot_values(scope: Scope, frame: pd.DataFrame, name: str | None, language: Language) -> Plot:
    """A value frame of one unit: a line an indicator and member."""
    units = {scope.catalogue[indicator].unit for indicator in frame["indicator"].unique()}
    if len(units) > 1:
        raise ItsqError(
            f"a chart must have one unit; found {', '.join(sorted(units))}; choose indicators of one, such as frame.query(...)"
        )
    wording = wording_of(scope, language)
    values = [value_of(row) for row in frame.to_dict("records")]
    several = frame["indicator"].nunique() > 1
    names = [wording.scoped(value) if several else series_of(value, wording) for value in values]
    points = pd.DataFrame(
        {
            "series": names,
            "ds": [middle_of(value) for value in values],
            "y": [value.value for value in values],
            "when": [wording.period_label(value.period) for value in values],
            "value": [wording.measured(value) for value in values],
        }
    )
    if name is not None:
        known_name(name, sorted(set(names)), "a series")
        points = points[points["series"] == name]
    return _drawn(Layers(points, tips=_tips(language)), "plot_series", points, language, chart_unit(units.pop()))


def chosen(frame: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """The rows of one series, or all."""
    if name is None:
        return frame.reset_index(drop=True)
    known_name(name, [str(series) for series in frame["unique_id"].unique()], "a series")
    rows: pd.DataFrame = frame[frame["unique_id"] == name]
    return rows.reset_index(drop=True)


def _past(scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """What the forecast was made of, some horizons back; nothing where it was made of a frame."""
    made_of = frame.attrs.get("made_of")
    if not made_of:
        return pd.DataFrame({"unique_id": [], "ds": [], "y": []})
    known = scope.workspace.series(**made_of)
    known = known[known["unique_id"].isin(frame["unique_id"].unique())]
    first = frame["ds"].min() - PAST * (frame["ds"].max() - frame["ds"].min())
    recent: pd.DataFrame = known[known["ds"] >= first]
    return recent


def _long(frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    """A long frame as points: series, ds, y, and the texts that they tell of themselves."""
    if len(frame) > MOST * frame["unique_id"].nunique():
        raise ItsqError(f"a chart holds {MOST:,} points a series; found {len(frame):,}; take a longer step (freq) or fewer days")
    moments = pd.to_datetime(frame["ds"])
    hourly = bool(len(moments)) and bool((moments.dt.hour != 0).any())
    when = [formats.minute(moment, language) if hourly else formats.day(moment, language) for moment in moments]
    y = frame["y"].astype(float).tolist()
    shown = [number(value, "count" if value.is_integer() else "number", language) for value in y]
    return pd.DataFrame(
        {"series": frame["unique_id"].astype(str).to_numpy(), "ds": moments.to_numpy(), "y": y, "when": when, "value": shown}
    )


def _between(frame: pd.DataFrame, lower: str, upper: str, language: Language) -> list[str]:
    return [
        f"{number(low, 'number', language)} – {number(high, 'number', language)}"
        for low, high in zip(frame[lower], frame[upper], strict=True)
    ]


def _tips(language: Language) -> dict[str, str]:
    return {"series": word("name", language), "when": word("day", language), "value": word("value", language)}


def _drawn(layers: Layers, sentence: str, points: pd.DataFrame, language: Language, unit: str = "number", **facts: Any) -> Plot:
    """The chart with the sentence that says what it shows."""
    names = [*dict.fromkeys(points["series"])]
    title = names[0] if len(names) == 1 else say("plot_several", language, n=len(names))
    first, last = (formats.day(points["ds"].agg(edge), language) for edge in ("min", "max"))
    summary = say(sentence, language, title=title, first=first, last=last, **facts)
    return interactive(layers, title=title, summary=summary, language=language, unit=unit)
