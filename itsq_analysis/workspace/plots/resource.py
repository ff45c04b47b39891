"""A resource of the capacity register: what it has used, may use, its limits, and the days to act."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.capacity.days import metrics_scope
from itsq_analysis.capacity.outlook import YEAR, outlook_of
from itsq_analysis.charts.interactive import Layers, Plot, interactive
from itsq_analysis.charts.labels import number, word
from itsq_analysis.errors import ItsqError
from itsq_analysis.text import formats, say, term

if TYPE_CHECKING:
    from itsq_analysis.capacity.outlook import CapacityOutlook
    from itsq_analysis.facts import Scope
    from itsq_analysis.text import Language

HIGHEST = 1.5  # times the limit, to which the range is drawn
PAST, AFTER, LEAST = 150, 45, 120  # days before today, after the latest day, and at least ahead


def plot_resource(scope: Scope, frame: pd.DataFrame, name: str | None, language: Language) -> Plot:
    """The resource that is named, by its key or a part of its name; without a name the first that can be told of.

    Raises:
        ItsqError: no resource, or several, are called so; or nothing can be said of it.
    """
    key = _key(frame, name)
    known = metrics_scope(scope)
    outlook = outlook_of(known, key) if known else None
    if outlook is None:
        reason = frame.set_index("key")["reason"].get(key)
        raise ItsqError(f"a resource must be measured for some weeks to be drawn; found {key}: {reason}; see ws.capacity()")
    return _drawn(outlook, language)


def _key(frame: pd.DataFrame, name: str | None) -> str:
    if name is None:
        measured = frame[frame["reason"].isna()] if "reason" in frame else frame
        return str((measured if len(measured) else frame)["key"].iloc[0])
    keys, names = frame["key"].astype(str), frame["name"].astype(str)
    exact = frame[(keys == name) | (names == name)]
    inside = [name.casefold() in f"{key}\n{title}".casefold() for key, title in zip(keys, names, strict=True)]
    matching = exact if len(exact) else frame[inside]
    if len(matching) == 1:
        return str(matching["key"].iloc[0])
    found = ", ".join(matching["key"].astype(str)) or f"none called {name!r}"
    raise ItsqError(f"a resource must be named so that one is meant; found {found}; use one of {', '.join(keys)}")


def _drawn(outlook: CapacityOutlook, language: Language) -> Plot:
    forecast, resource = outlook.forecast, outlook.resource
    today = forecast.as_of.date()
    reach = forecast.latest or forecast.likely
    end = max(reach, today + timedelta(days=LEAST)) + timedelta(days=AFTER) if reach else today + timedelta(days=YEAR)
    frame = outlook.history_and_ahead(PAST, min(end, today + timedelta(days=YEAR)), 1)
    known = frame["y"].notna()
    y = frame["y"].where(known, frame["median"])
    between = [
        f"{number(low, 'share', language)} – {number(high, 'share', language)}"
        for low, high in zip(frame["lower"], frame["upper"], strict=True)
    ]
    points = pd.DataFrame(
        {
            "series": resource.label,
            "ds": frame["ds"],
            "y": y,
            "known": known,
            "when": [formats.day(day, language) for day in frame["ds"]],
            "value": [number(value, "share", language) for value in y],
            "range": [text if ahead else "" for text, ahead in zip(between, ~known, strict=True)],
        }
    )
    named = {"cap_mark_safe": outlook.safe.by, "cap_mark_even": outlook.even.by, "cap_mark_likely": forecast.likely}
    acts = [(day, f"{term(key, language)} {formats.day(day, language)}") for key, day in named.items() if day is not None]
    days = pd.DataFrame({"series": "", "ds": pd.to_datetime([day for day, _ in acts]), "text": [text for _, text in acts]})
    inside = days["ds"].between(frame["ds"].min(), frame["ds"].max())
    top = max(HIGHEST * resource.critical, float(frame["y"].max()))
    layers = Layers(
        points,
        tips={"when": word("day", language), "value": word("value", language), "range": term("cap_band", language)},
        bands=((term("cap_band", language), points.assign(lower=frame["lower"].clip(0), upper=frame["upper"].clip(upper=top))),),
        middle=(word("median", language), points[~known]),
        levels={word("critical", language): resource.critical, word("warning", language): resource.warning},
        days=(term("cap_mark_likely", language), days[inside]),
    )
    likely = formats.day(forecast.likely, language) if forecast.likely else term("none", language)
    summary = say("plot_resource", language, name=resource.label, share=number(outlook.share, "share", language), likely=likely)
    return interactive(layers, title=resource.label, summary=summary, language=language, unit="share")
