"""What an analyst asks of a workspace in one line: charts that answer, what moved, where from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import pandas as pd

from itsq_analysis.errors import IndicatorError
from itsq_analysis.tables import contract
from itsq_analysis.text import say
from itsq_analysis.text.wording import wording_of
from itsq_analysis.workspace.judging import Judged
from itsq_analysis.workspace.measuring import LAST_MONTH
from itsq_analysis.workspace.told import told

if TYPE_CHECKING:
    from itsq_analysis.charts.interactive import Plot
    from itsq_analysis.indicators.drill import Branch
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

        scope, earlier = self.scope(now, as_of), self.period(before, as_of)
        rows = moved(scope, earlier, by)
        wording = wording_of(scope, language or self.settings.organisation.language)
        counts = {
            "n": sum(row.moved in ("better", "worse", "changed") for row in rows),
            "compared": sum(not row.reason for row in rows),
        }
        names = {"before": wording.period_label(earlier.label), "now": wording.period_label(scope.period.label)}
        return told(_moved_frame(rows), wording, say("compare_moved", wording.language, **counts, **names))

    def tree(
        self,
        indicator: str,
        before: str | int | date | None = None,
        now: str | int | date = LAST_MONTH,
        *,
        depth: int = 3,
        as_of: date | datetime | str | None = None,
        language: Literal["en", "zh"] | None = None,
    ) -> pd.DataFrame:
        """Where the change of a number comes from, drill by drill: the member that moved least like the others, then inside it.

        Args:
            indicator: a count, a share or a mean of the catalogue.
            before: the earlier period; None is the one before `now`.
            now: the later one.
            depth: dimensions one after another.
            as_of: numbers as of the end of this day.
            language: in which it shows itself; None is the organisation's.

        Returns:
            One row a branch, each before its own branches: indicator, depth (0 is the whole), dimension, member, before, now
            (of counts the earlier one by the days of the later period), contribution (to the change of the whole), chance (that it
            moved so unlike the others by chance alone), n_before, n_now, followed.

        Raises:
            IndicatorError: an unknown indicator, or one that does not add up over members.

        >>> open_workspace("data/sample").tree("sla_resolution_met", "2026-09", "2026-10")  # doctest: +SKIP
        """
        from itsq_analysis.indicators.drill import change_tree

        scope = self.scope(now, as_of)
        earlier = scope.period.previous() if before is None else self.period(before, as_of)
        branches = change_tree(scope, indicator, earlier, depth)
        wording = wording_of(scope, language or self.settings.organisation.language)
        names = {"before": wording.period_label(earlier.label), "now": wording.period_label(scope.period.label)}
        return told(
            _tree_frame(indicator, branches), wording, say("tree", wording.language, title=wording.title(indicator), **names)
        )

    def improvements(self, period: str | int | date = LAST_MONTH, *, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """Whether the improvements of the register worked: each done one's indicator since, against what was to be expected.

        The periods after the one in which it was done, up to `period`, are compared with up to twelve before it. A difference after
        an improvement is no proof that it made it. One that names a volume is to lower it.

        Args:
            period: the last one that is looked at; its grain cuts the time.
            as_of: as of the end of this day.

        Returns:
            One row an improvement that was done in the 25 periods up to `period`, the last done first: number, title, owner,
            indicator, service, done_on, due_on, stated (what the register says), verdict (worked, no_effect, worse, too_early,
            unmeasured), expected, actual (means of a period; counts per day), lower, upper (95 % interval of actual less
            expected), periods.

        >>> open_workspace("data/sample").improvements("2026-10")  # doctest: +SKIP
        """
        from itsq_analysis.indicators.improvements import improvements_frame

        return improvements_frame(self.scope(period, as_of))

    def tickets(
        self,
        indicator: str,
        period: str | int | date = LAST_MONTH,
        *,
        by: str | None = None,
        member: str | None = None,
        met: bool | None = None,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """The rows behind a number: those that count in it, with what their table knows of them.

        Args:
            indicator: id of the catalogue.
            period: as for `values`.
            by: a dimension; None is the whole.
            member: of the dimension, as the value frame names it.
            met: of a share, only the rows that are in it (True) or are not (False); None is both.
            as_of: as of the end of this day.

        Returns:
            The rows of `explain_value(...)` that count, without what it tells of rows left out, then the other columns of the
            table, times in the workspace's zone.

        Raises:
            IndicatorError: an unknown indicator, period, dimension or member; `met` of what is no share.

        >>> open_workspace("data/sample").tickets("sla_resolution_met", "2026-10", met=False)  # doctest: +SKIP
        """
        rows = self.explain_value(indicator, period, by, member, as_of).rows
        rows = rows[rows["counts"].astype(bool)].drop(columns=["counts", "left_out"])
        definition = self.definitions[indicator]
        if met is not None:
            if definition.kind != "proportion":
                raise IndicatorError(f"met must be asked of a share; found {indicator}, a {definition.kind}; leave met out")
            rows = rows[rows["numerator"] == float(met)]
        if definition.table and "number" in contract(definition.table).key:
            table = self.table(definition.table).rename(columns={"number": "key"})
            new = [name for name in table.columns if name not in rows.columns or name == "key"]
            rows = rows.merge(table[new], on="key", how="left")
        return told(rows.reset_index(drop=True), wording_of(self.scope(period, as_of), self.settings.organisation.language))


def _tree_frame(indicator: str, branches: Sequence[Branch]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": indicator,
            "depth": [branch.depth for branch in branches],
            "dimension": [branch.path[-1][0] if branch.path else None for branch in branches],
            "member": [branch.path[-1][1] if branch.path else None for branch in branches],
            "before": [branch.before for branch in branches],
            "now": [branch.now for branch in branches],
            "contribution": [branch.contribution for branch in branches],
            "chance": [branch.chance for branch in branches],
            "n_before": [branch.n_before for branch in branches],
            "n_now": [branch.n_now for branch in branches],
            "followed": [branch.followed for branch in branches],
        }
    )


def _moved_frame(rows: Sequence[Moved]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": [row.now.indicator for row in rows],
            "moved": [row.moved for row in rows],
            "before": [row.before.value for row in rows],
            "now": [row.now.value for row in rows],
            "difference": [row.difference for row in rows],
            "chance": [row.chance for row in rows],
            "mix": [row.mix for row in rows],
            "performance": [row.performance for row in rows],
            "n_before": [row.before.population for row in rows],
            "n_now": [row.now.population for row in rows],
            "reason": [row.reason for row in rows],
        }
    )
