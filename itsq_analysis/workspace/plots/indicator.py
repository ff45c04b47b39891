"""An indicator over its periods: values, usual limits, target, periods that signal, major incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.charts.interactive import Layers, Plot, interactive
from itsq_analysis.charts.labels import chart_unit, word
from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.cube import PERIODS, cube, value_of
from itsq_analysis.indicators.major_incidents import major_incidents
from itsq_analysis.indicators.processes import days, exposure, process
from itsq_analysis.indicators.query import known_name
from itsq_analysis.indicators.value import span
from itsq_analysis.text import formats, say
from itsq_analysis.text.status import judged
from itsq_analysis.text.wording import wording_of

if TYPE_CHECKING:
    from itsq_analysis.facts import Scope
    from itsq_analysis.indicators.value import Value
    from itsq_analysis.text import Language
    from itsq_analysis.text.wording import Wording


def plot_indicator(scope: Scope, name: str, language: Language, *, by: str | None = None, history: int = PERIODS) -> Plot:
    """The values of the last periods, whole or by the members of a dimension.

    The limits are those within which a value lies while nothing changes; of the whole as at each period, of a member as now.

    Raises:
        IndicatorError: an unknown id or dimension.
    """
    known_name(name, scope.catalogue, "an indicator")
    wording = wording_of(scope, language)
    values = [value_of(row) for row in cube(scope).frame([name], by, history).to_dict("records")]
    points = _points(values, wording)
    limits, centre, signals = _whole(scope, name, points) if by is None else _members(scope, values, wording)
    label = {key: word(key, language) for key in ("name", "period", "value", "interval", "of", "target", "judgement")}
    target = {float(value.target) for value in values if value.period == scope.period.label and value.target == value.target}
    unit = scope.catalogue[name].unit
    levels = {f"{label['target']} {formats.value(level, unit, language)}": level for level in target if len(target) == 1}
    layers = Layers(
        points,
        tips=({"series": label["name"]} if by else {}) | {key: label[key] for key in label if key != "name"},
        bands=((word("range", language), limits),),
        middle=None if by else (word("centre", language), centre),
        levels=levels,
        marks=(word("signal", language), signals),
        days=(word("major", language), _majors(scope, values, wording)),
        together=by is None,
    )
    return interactive(
        layers,
        title=wording.title(name),
        summary=_summary(scope, values, wording, signals),
        language=language,
        unit=chart_unit(unit),
        monthly=scope.period.grain != "week",
    )


def _points(values: list[Value], wording: Wording) -> pd.DataFrame:
    """One row a value, in the middle of its period, with the texts that it tells of itself."""
    return pd.DataFrame(
        {
            "series": [series_of(value, wording) for value in values],
            "ds": [middle_of(value) for value in values],
            "y": [value.value for value in values],
            "period": [wording.period_label(value.period) for value in values],
            "value": [wording.shown(value) for value in values],
            "interval": [f"{wording.shown(value, 'lower')} – {wording.shown(value, 'upper')}" for value in values],
            "of": [wording.of(value) for value in values],
            "target": [wording.target(value) for value in values],
            "judgement": [judged(value, wording) for value in values],
            "label": [value.period for value in values],
        }
    )


def series_of(value: Value, wording: Wording) -> str:
    """What a value's line is called: its member, or the indicator."""
    return wording.title(value.indicator) if value.dimension is None else wording.member(value.dimension, value.member)


def middle_of(value: Value) -> pd.Timestamp:
    """The middle of a value's period: what is told for a month lies on no single day."""
    return pd.Timestamp(value.start) + (pd.Timestamp(value.end) - pd.Timestamp(value.start)) / 2


def _whole(scope: Scope, name: str, points: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Limits, centre and signals of the control chart, in the unit of the values; empty where too few periods are complete."""
    from itsq_analysis.anomaly.control import control

    empty = points.iloc[:0]
    try:
        chart = control(scope, name)
    except ReportError:  # fewer than 12 complete periods: a line without limits is still a line
        return empty.assign(lower=0.0, upper=0.0), empty, empty.assign(text="")
    frame = chart.frame[["period", "n", "centre", "lower", "upper", "rule", "side"]].rename(columns={"period": "label"})
    if chart.kind == "rate":  # limits are rates per day
        frame[["centre", "lower", "upper"]] = frame[["centre", "lower", "upper"]].mul(frame["n"], axis=0)
    joined = points.merge(frame, on="label")
    signals = joined[joined["rule"] != ""]
    texts = [f"{period}: {value}" for period, value in zip(signals["period"], signals["value"], strict=True)]
    return joined, joined.assign(y=joined["centre"]), signals.assign(text=texts)


def _members(scope: Scope, values: list[Value], wording: Wording) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The limits of each member's newest value, drawn over all its periods, and the newest values that lie outside them."""
    rows, signals = [], []
    newest = {value.member: value for value in values if value.period == scope.period.label}
    limits = {member: process(scope, value) for member, value in newest.items()}
    for value in values:
        judged, basis = limits.get(value.member), exposure(scope, value.indicator)
        if judged is None or judged.lower != judged.lower:
            continue
        size = days(scope, span(value), basis) if basis else 1
        place = {"series": series_of(value, wording), "ds": middle_of(value)}
        rows.append(place | {"lower": judged.lower * size, "upper": judged.upper * size})
        if judged.signal and value is newest[value.member]:
            text = f"{place['series']}, {wording.period_label(value.period)}: {wording.shown(value)}"
            signals.append(place | {"y": value.value, "text": text})
    columns = ["series", "ds"]
    empty = pd.DataFrame(columns=[*columns, "y"])
    return pd.DataFrame(rows, columns=[*columns, "lower", "upper"]), empty, pd.DataFrame(signals, columns=[*columns, "y", "text"])


def _majors(scope: Scope, values: list[Value], wording: Wording) -> pd.DataFrame:
    """Major incidents of the stretch that is drawn, one upright line each."""
    first, _ = span(values[0]).bounds(scope.settings.organisation.zone)
    majors = (
        [(major.at, major) for major in major_incidents(scope, first) if major.at is not None] if scope.has("incidents") else []
    )
    texts = [
        " ".join(filter(None, (formats.day(at, wording.language), major.number, wording.called(major.service or ""))))
        for at, major in majors
    ]
    return pd.DataFrame(
        {"series": "", "ds": [pd.Timestamp(at) for at, _ in majors], "text": texts}, columns=["series", "ds", "text"]
    )


def _summary(scope: Scope, values: list[Value], wording: Wording, signals: pd.DataFrame) -> str:
    newest = [value for value in values if value.period == scope.period.label]
    facts = {"title": wording.title(newest[0].indicator), "n": len(signals), "last": wording.period_name(scope.period.label)}
    if newest[0].dimension is None:
        return say("plot_indicator", wording.language, value=wording.measured(newest[0]), **facts)
    return say("plot_members", wording.language, members=len(newest), **facts)
