"""`ws.plot`: what is given decides the chart, an indicator by its id and a frame by its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from itsq_analysis.charts.interactive import Plot
from itsq_analysis.errors import ItsqError
from itsq_analysis.workspace.plots.frames import plot_alarms, plot_forecast, plot_series, plot_values
from itsq_analysis.workspace.plots.indicator import plot_indicator
from itsq_analysis.workspace.plots.resource import plot_resource

if TYPE_CHECKING:
    from itsq_analysis.facts import Scope
    from itsq_analysis.text import Language


class Kind(NamedTuple):
    """A kind of frame: what it is called, the columns by which it is known, and who draws it."""

    named: str
    columns: frozenset[str]
    draw: Callable[..., Plot]


# The first whose columns are all there is taken.
KINDS = (
    Kind("alarms, as ws.detect gives them", frozenset({"unique_id", "ds", "y", "expected", "is_anomaly"}), plot_alarms),
    Kind("a forecast, as ws.forecast gives it", frozenset({"unique_id", "ds", "median"}), plot_forecast),
    Kind("a series, as ws.series gives it", frozenset({"unique_id", "ds", "y"}), plot_series),
    Kind("values, as ws.values gives them", frozenset({"indicator", "period", "start", "end", "member", "value"}), plot_values),
    Kind("resources, as ws.capacity gives them", frozenset({"key", "name", "likely"}), plot_resource),
)


def plot(scope: Scope, thing: str | pd.DataFrame, name: str | None, language: Language, **options: Any) -> Plot:
    """The chart of an indicator or a frame.

    Args:
        scope: period and moment.
        thing: an indicator's id, or a frame.
        name: of the one series or resource of a frame that is drawn; None is all of them.
        language: of the words.
        options: of the kind, such as `by` and `history` of an indicator.

    Raises:
        ItsqError: nothing that can be drawn.
    """
    if isinstance(thing, str):
        return plot_indicator(scope, thing, language, **options)
    if isinstance(thing, pd.DataFrame):
        kind = next((kind for kind in KINDS if kind.columns <= {*thing.columns}), None)
        if kind is not None and len(thing):
            return kind.draw(scope, thing, name, language)
    found = "no rows" if isinstance(thing, pd.DataFrame) and not len(thing) else type(thing).__name__
    if isinstance(thing, pd.DataFrame) and len(thing):
        found = f"a frame with the columns {', '.join(map(str, thing.columns[:8]))}"
    raise ItsqError(
        f"plot() draws an indicator's id or a frame: {'; '.join(kind.named for kind in KINDS)}; found {found}; give one of these"
    )


__all__ = ["plot"]
