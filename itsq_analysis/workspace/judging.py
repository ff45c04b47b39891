"""What a workspace makes of its series: forecasts, alarms and their explanation, people needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import pandas as pd

from itsq_analysis.workspace.measuring import Measured

if TYPE_CHECKING:
    from itsq_analysis.anomaly.explain.explanation import Explanation, Impact
    from itsq_analysis.staffing.planning import Plan
    from itsq_analysis.workspace.workspace import Workspace


class Judged(Measured):
    """A reader that also forecasts what it measures, and judges it."""

    def forecast(
        self,
        table: str | pd.DataFrame,
        horizon: int,
        *,
        by: str | Sequence[str] | None = None,
        freq: str | None = None,
        time: str = "opened_at",
        levels: Sequence[float] = (80, 95),
        holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None = None,
        events: pd.DataFrame | None = None,
        as_of: date | datetime | str | None = None,
        model: str = "auto",
        components: bool = False,
    ) -> pd.DataFrame:
        """Forecast the rows of a ticket table per step, from one common cutoff: the end of the last step that the data cover.

        Args:
            table: incidents, requests, changes or another table; or a long frame, such as `metric_series` gives, whose values are
                then forecast as they are.
            horizon: steps.
            by: a dimension (service, group, priority, category, channel ...), or several; None is the whole table.
            freq: the step, as for `series`; None is a day, and of a frame the step that it has.
            time: the column that places a row.
            levels: of the intervals, in per cent.
            holidays: as for `itsq_analysis.forecast`; None takes the organisation's country and the workspace's `calendar`,
                "" none.
            events: planned events, as for `itsq_analysis.forecast`; None takes those of the register of demand (`demand_drivers`),
                a frame without rows none.
            as_of: forecast as of the end of this day.
            model: "auto" or the name of a model.
            components: whether each model's own median and weight are wanted too, as `itsq_analysis.forecast` gives them.

        Returns:
            unique_id, ds, mean, median, lo-80, hi-80, lo-95, hi-95. A member that is discontinued (nothing for far longer than ever
            before) has no rows; `attrs["notes"]` says since when.

        Raises:
            ForecastError: no rows, or an argument is wrong.
            IndicatorError: an unknown table column, dimension or frequency.

        >>> open_workspace("data/sample").forecast("incidents", 28, by="service")  # doctest: +SKIP
        """
        from itsq_analysis.forecasting import forecast
        from itsq_analysis.forecasting.active import forecast_active
        from itsq_analysis.forecasting.planned_events import events_of_members

        options: dict[str, Any] = {
            "levels": levels,
            "holidays": self.special_days if holidays is None else holidays,
            "model": model,
        }
        if isinstance(table, pd.DataFrame):
            return forecast(table, horizon, freq=freq, events=events, components=components, **options)
        frame = self.series(table, time=time, freq=freq or "D", by=by, as_of=as_of)
        if events is None and len(frame):
            dimensions = [by] if isinstance(by, str) else list(by or ())
            events = events_of_members(cast("Workspace", self), table, dimensions, frame["ds"].max().date() + timedelta(days=1))
        result = forecast_active(frame, horizon, freq=freq or "D", events=events, components=components, **options)
        result.attrs["made_of"] = {"table": table, "time": time, "freq": freq or "D", "by": by, "as_of": as_of}
        return result

    def detect(
        self,
        table: str | pd.DataFrame,
        *,
        by: str | Sequence[str] | None = None,
        freq: str | None = None,
        time: str = "opened_at",
        holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None = None,
        alarms_per_month: float = 1.0,
        causal: bool = True,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """What was unusual in the number of rows of a ticket table per step.

        Args:
            table: incidents, requests, changes or another table; or a long frame, such as `metric_series` gives.
            by: a dimension (service, group, priority, category, channel ...), or several; None is the whole table.
            freq: the step, as for `series`; None is a day, and of a frame the step that it has.
            time: the column that places a row.
            holidays: as for `itsq_analysis.detect`; None takes, where the step is a day, the organisation's country and the
                workspace's `calendar`, "" none.
            alarms_per_month: the budget per series.
            causal: use nothing later than the value that is judged.
            as_of: up to the end of this day.

        Returns:
            unique_id, ds, y, expected, lower, upper, score, is_anomaly; `to_events` makes events of it.

        Raises:
            ForecastError: no rows, every series is too short, or an argument is wrong.
            IndicatorError: an unknown table column, dimension or frequency.

        >>> open_workspace("data/sample").detect("incidents", by="service")  # doctest: +SKIP
        """
        from itsq_analysis.anomaly.detect import detect
        from itsq_analysis.anomaly.regular import regular
        from itsq_analysis.forecasting.frame import lay_out
        from itsq_analysis.forecasting.steps import DAY, parse_step

        if isinstance(table, pd.DataFrame):
            frame = table
        else:
            freq = freq or "D"
            frame = self.series(table, time=time, freq=freq, by=by, as_of=as_of)
        if holidays is None:
            even, grid, _ = regular(frame, freq, "last")
            step = lay_out(even).step if grid is None else parse_step(grid)
            holidays = self.special_days if step.minutes == DAY else None
        chosen = None if isinstance(holidays, str) and not holidays else holidays
        return detect(frame, freq=freq, holidays=chosen, alarms_per_month=alarms_per_month, causal=causal)

    def explain_event(
        self,
        event: pd.Series,
        table: str = "incidents",
        *,
        by: str | None = None,
        together: bool = True,
        as_of: date | datetime | str | None = None,
    ) -> Explanation | None:
        """Why a daily series was unusual: the days and size of the excess, where it lies, what happened before, what moved with it.

        Args:
            event: a row of `to_events(ws.detect(table, by=by))`.
            table: as for `detect`: incidents or requests.
            by: as for `detect`: one dimension (service, group, category, priority or channel), or None for the whole.
            together: look for other series that moved together with this one.
            as_of: as of the end of this day.

        Returns:
            An `Explanation` of frames; None where fewer than four weeks of data lie before the event. What lies before an event is
            no proven cause.

        Raises:
            IndicatorError: a dimension that cannot be explained.

        >>> events = to_events(open_workspace("data/sample").detect("incidents", by="service"))  # doctest: +SKIP
        >>> open_workspace("data/sample").explain_event(events.iloc[-1], by="service").where  # doctest: +SKIP
        """
        from itsq_analysis.anomaly.explain.event import explain_event

        return explain_event(self.scope(as_of=as_of), event, table, by, together=together)

    def impact(
        self,
        change: str,
        *,
        table: str = "incidents",
        resource: str | None = None,
        days: int = 3,
        as_of: date | datetime | str | None = None,
    ) -> Impact:
        """Tickets on a change's service after it took effect, or the load of a resource, against what was to be expected before it.

        Args:
            change: its number.
            table: incidents or requests.
            resource: instead of tickets, the hourly mean of this resource's metric.
            days: whole days after that on which it took effect; of a resource, so many times 24 hours.
            as_of: as of the end of this day.

        Returns:
            An `Impact`: counted, expected, excess with a 95 % interval, chance. A coincidence in time is not a proof.

        Raises:
            ForecastError: there is no such change, or too little lies before it (four weeks of tickets, five times `days` of a
                metric).

        >>> open_workspace("data/sample").impact("CHG0031493").excess  # doctest: +SKIP
        """
        from itsq_analysis.anomaly.explain.event import change_impact

        load = None if resource is None else self.metric_series(resource, how="mean", as_of=as_of)
        return change_impact(self.scope(as_of=as_of), change, table, days, load)

    def at_risk(self, by: Literal["group"] | None = None, *, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """Which open incidents will miss their promise, learnt from what was known as of the moment; see docs/late-tickets.md.

        Args:
            by: None gives the tickets; "group" how many become late by group and day.
            as_of: as of the end of this day; nothing later is used.

        Returns:
            One row per open incident, the likeliest to be late first, then those that are late already: number, service, group,
            priority, due_at and late_from (workspace's zone, if the clock runs on), used_share, left (hours; negative: over), state
            (unassigned, worked, transferred, waiting_user, waiting_supplier, waiting_other), in_state (hours), handovers, reopened,
            group_open, group_ended (in the last 7 days), probability (of missing the promise; 1: late already; missing: no
            promise), canceled (probability), remaining_low, remaining, remaining_high (hours until it ends: 10, 50 and 90 %;
            missing: never seen), reasons (time, state, handovers, reopened, load, kind), help (assign, ask_user, ask_supplier,
            one_owner, find_cause, relieve_group, next_in_turn). Hours are working hours of the ticket's rule.

            By group: group, day, expected, low, high (80 % range) of the tickets open now that become late on that day, for five
            working days.

        Raises:
            ForecastError: no rule of itsq.toml promises a resolution time, or fewer than 500 incidents have ended.

        >>> open_workspace("data/sample").at_risk().query("probability > 0.5")  # doctest: +SKIP
        """
        from itsq_analysis.late_risk.risk import known_at_risk

        known = known_at_risk(self.scope(as_of=as_of))
        return (known.tickets if by is None else known.days).copy()

    def changes(self, before: str | Path, after: str | Path, language: Literal["en", "zh"] | None = None) -> pd.DataFrame:
        """What a report tells otherwise than an earlier one of its kind.

        Args:
            before: the earlier one's NAME.facts.json.
            after: the later one's.
            language: of the words; None is the organisation's.

        Returns:
            change (turned: judged otherwise; asked, settled: decisions that are new or no longer needed; new, cleared, continuing:
            findings), what, before and now (the judgement and value of what has turned, else missing).

        >>> ws = open_workspace("data/sample")  # doctest: +SKIP
        >>> ws.changes("reports/quality-2026-09-en.facts.json", "reports/quality-2026-10-en.facts.json")  # doctest: +SKIP
        """
        from itsq_analysis.briefing.since import as_frame, read_facts, since

        changes = since(read_facts(Path(before)), read_facts(Path(after)))
        return as_frame(changes, language or self.settings.organisation.language)

    def staffing(self, weeks: int = 6, *, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """People needed to answer calls and chats in every open hour of the coming weeks, beside those on the roster.

        Args:
            weeks: calendar weeks, the present one included.
            as_of: plan as of the end of this day.

        Returns:
            One row per team and hour: team, ds (naive local hour), expected (contacts), needed, rostered and gap (people; missing
            where no roster reaches the day), busy (share of their time), holiday (name), special (holiday, adjusted, after).

        >>> open_workspace("data/sample").staffing(weeks=4)  # doctest: +SKIP
        """
        return self.staffing_plan(weeks, as_of=as_of).hours

    def staffing_plan(self, weeks: int = 6, *, as_of: date | datetime | str | None = None) -> Plan:
        """The whole plan: desks, teams that work on tickets, handling times and where they come from; of all services."""
        from itsq_analysis.staffing.planning import staffing_plan

        return staffing_plan(self.scope(as_of=as_of), weeks)

    def capacity(self, *, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """When each resource of the register runs out, by when more must be ordered, and how much of it is used.

        Args:
            as_of: as known at the end of this day; None is where the metrics end.

        Returns:
            One row a resource, what is to be ordered first at the head, what is not measured at the end: key, name, kind, service,
            owner, supplier, metric, unit, capacity (in the unit), warning, limit, now, busy_hour, peak, after_loss (shares of the
            capacity; of the last 28 days, with one member lost), hours, coverage (known of these days), earliest, likely, latest
            (days by which the limit is reached with 10, 50 and 90 %; missing: not within 12 months), lead_days, order_by, even_by
            (last day to order with a risk of being late of 10 and 50 %), risk_30, risk_90, risk_180, risk_365 (that the limit is
            reached within so many days), reason and last (why nothing can be said of it, and its last value's day).

            The facts behind it are functions of `metrics_scope(ws.scope())` in the modules of `itsq_analysis.capacity`:
            `outlook.capacity_outlooks` (the forecasts day by day), `options.options`, `margins.overprovisioned` and others.

        >>> open_workspace("data/sample").capacity().query("risk_90 > 0.5")["order_by"]  # doctest: +SKIP
        """
        from itsq_analysis.capacity.days import metrics_scope
        from itsq_analysis.capacity.figures import capacity_frame

        known = self.scope(as_of=as_of)
        return capacity_frame(metrics_scope(known) or known)
