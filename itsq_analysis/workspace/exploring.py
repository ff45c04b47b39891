"""What an analyst asks of a workspace in one line: charts that answer, what moved, where from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import pandas as pd

from itsq_analysis.workspace.judging import Judged
from itsq_analysis.workspace.measuring import LAST_MONTH

if TYPE_CHECKING:
    from itsq_analysis.charts.interactive import Plot
    from itsq_analysis.indicators.moved import Moved


class Explored(Judged):
    """A reader that shows and takes apart what it measures."""

    def plot(
        self,
        thing: str | pd.DataFrame,
        name: str | None = None,
        *,
        by: str | None = None,
        period: str | int | date = LAST_MONTH,
        history: int = 25,
        as_of: date | datetime | str | None = None,
        language: Literal["en", "zh"] | None = None,
    ) -> Plot:
        """A chart that answers: hover for a value, click a name in the legend to see it alone, drag below to choose a stretch.

        Args:
            thing: an indicator's id; or a frame of `forecast`, `detect`, `series`, `metric_series`, `values` or `capacity`.
            name: of a frame, the one series or resource to draw; of resources a part of the name will do.
            by: of an indicator, the dimension whose members are lines of their own.
            period: of an indicator, the last one that is drawn.
            history: of an indicator, so many periods.
            as_of: numbers as of the end of this day.
            language: of the words; None is the organisation's.

        Returns:
            A `Plot`: `.spec` is Vega-Lite 5, for `altair.Chart.from_dict`; `.data` the frame that is drawn; `.png()` a picture.

        Raises:
            ItsqError: nothing that can be drawn.
            IndicatorError: an unknown id, dimension or name.

        >>> ws = open_workspace("data/sample")  # doctest: +SKIP
        >>> ws.plot("resolve_time_median", by="service")  # doctest: +SKIP
        >>> ws.plot(ws.forecast("incidents", 28))  # doctest: +SKIP
        >>> ws.plot(ws.capacity(), "wms-db01")  # doctest: +SKIP
        """
        from itsq_analysis.workspace.plots import plot

        options = {"by": by, "history": history} if isinstance(thing, str) else {}
        return plot(self.scope(period, as_of), thing, name, language or self.settings.organisation.language, **options)

    def compare(
        self,
        before: str | int | date,
        now: str | int | date = LAST_MONTH,
        *,
        by: str | None = "priority",
        as_of: date | datetime | str | None = None,
        language: Literal["en", "zh"] | None = None,
    ) -> pd.DataFrame:
        """What moved between two periods by more than chance, and of shares how much of it is other cases, how much other work.

        Args:
            before: the earlier period, such as "2026-09".
            now: the later one.
            by: the dimension by whose members shares are taken apart; None takes none apart.
            as_of: numbers as of the end of this day.
            language: in which it shows itself; None is the organisation's.

        Returns:
            One row an indicator with a value in either period, what moved at the head: indicator, moved (better, worse, changed,
            chance or not compared), before, now, difference (of counts: less what the days of the later period let expect), chance,
            mix, performance (of shares: through other weights of the members, and through their own shares; together the
            difference), n_before, n_now, reason (no_value, incomplete, provisional, single_events, no_spread; "" where compared).

        >>> open_workspace("data/sample").compare("2026-09", "2026-10").query("moved == 'worse'")  # doctest: +SKIP
        """
        from itsq_analysis.indicators.moved import moved
        from itsq_analysis.text import say
        from itsq_analysis.text.wording import wording_of
        from itsq_analysis.workspace.told import told

        scope, earlier = self.scope(now, as_of), self.period(before, as_of)
        rows = moved(scope, earlier, by)
        wording = wording_of(scope, language or self.settings.organisation.language)
        counts = {
            "n": sum(one.moved in ("better", "worse", "changed") for one in rows),
            "compared": sum(not one.reason for one in rows),
        }
        names = {"before": wording.period_label(earlier.label), "now": wording.period_label(scope.period.label)}
        return told(_moved_frame(rows), wording, say("compare_moved", wording.language, **counts, **names))


def _moved_frame(rows: Sequence[Moved]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": [one.now.indicator for one in rows],
            "moved": [one.moved for one in rows],
            "before": [one.before.value for one in rows],
            "now": [one.now.value for one in rows],
            "difference": [one.difference for one in rows],
            "chance": [one.chance for one in rows],
            "mix": [one.mix for one in rows],
            "performance": [one.performance for one in rows],
            "n_before": [one.before.population for one in rows],
            "n_now": [one.now.population for one in rows],
            "reason": [one.reason for one in rows],
        }
    )
