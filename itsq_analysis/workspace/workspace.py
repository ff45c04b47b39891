"""A workspace: settings, store and catalogue joined; the one object that notebooks and the command line use."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.errors import IngestError, SettingsError
from itsq_analysis.periods import Period, history, last_complete_month, parse_period
from itsq_analysis.settings import find_workspace, load_settings
from itsq_analysis.workspace.calendars import recorded_calendars
from itsq_analysis.workspace.moments import moment_of
from itsq_analysis.workspace.reader import Reader
from itsq_analysis.workspace.sources import in_force, input_of, inputs_of

if TYPE_CHECKING:
    from itsq_analysis.anomaly.explain import Explanation, Impact
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.metric_series import How
    from itsq_analysis.staffing.planning import Plan
    from itsq_analysis.workspace.explaining import Sources
    from itsq_analysis.worktime import Calendar

LAST_MONTH = "last-month"


def open_workspace(path: str | Path | None = None, snapshot: int | None = None, services: Sequence[str] = ()) -> Workspace:
    """Open a workspace.

    Args:
        path: its folder or its itsq.toml; None takes the nearest itsq.toml upward from the working directory, else the environment
            variable ITSQ_WORKSPACE.
        snapshot: number of an older snapshot; its settings are then in force, not those of today's itsq.toml.
        services: only these services; () is all of them.

    Raises:
        SettingsError: there is no itsq.toml, or it is wrong.
        StoreError: there is no such snapshot.

    >>> ws = open_workspace("data/sample")  # doctest: +SKIP
    >>> ws.indicators(["incidents_opened"], period="2026-10")  # doctest: +SKIP
    """
    folder = find_workspace() if path is None else Path(path)
    if folder.name == "itsq.toml":
        folder = folder.parent
    if not (folder / "itsq.toml").is_file():
        raise SettingsError(f"a workspace must hold itsq.toml; found none in {folder}; run: itsq init {folder}")
    return Workspace(folder.resolve(), load_settings(folder), snapshot=snapshot, services=services)


class Workspace(Reader):
    """A folder with itsq.toml, exports and a store. Open it with `open_workspace`.

    Attributes:
        path: the folder.
        settings: in force: those of itsq.toml, or of the snapshot that was asked for.
        store: the store of the folder.
    """

    # loading ---------------------------------------------------------------------------------------------------------

    def load(
        self,
        file: str | Path | None = None,
        *,
        mapping: str | None = None,
        table: str | None = None,
        waiting: Callable[[str], None] | None = None,
    ) -> pd.DataFrame:
        """Load the sources of itsq.toml, or one file, and return the ledger: one row per file.

        read = inserted + updated + unchanged + quarantined, in every row. Loading the same files again changes nothing.

        Args:
            file: one export; without `mapping` the source of itsq.toml whose glob matches it tells how to read it.
            mapping: name of a mapping, such as "servicenow_event_log".
            table: which table, where the mapping has several.
            waiting: told who holds the store when another load is running.

        Raises:
            IngestError: a file cannot be read as its mapping says; the store is then untouched.
        """
        if self._number is not None:
            raise IngestError(f"a load goes on from the newest snapshot; found snapshot={self._number}; open it without snapshot")
        sources = (self.settings, self.path)
        inputs = inputs_of(*sources) if file is None else [input_of(*sources, Path(file), mapping, table)]
        if not inputs and not self.settings.services:
            raise IngestError(
                "a load must find at least one file; found none for the [[source]] entries of itsq.toml; run: itsq check"
            )
        return self._load(inputs, waiting)

    def refresh(self, waiting: Callable[[str], None] | None = None) -> bool:
        """Record today's itsq.toml, catalogue and calendars as a snapshot, without loading files; False if nothing differs.

        Derived columns follow changed calendars and SLA rules. A report is made after this, so that the snapshot that it names
        holds what it used.
        """
        if self.in_force():
            return False
        self._load([], waiting)
        return True

    def _load(self, inputs: list[Input], waiting: Callable[[str], None] | None) -> pd.DataFrame:
        from itsq_analysis.ingest.load import load

        texts = {one.source.mapping: one.mapping.source_text for one in inputs}
        ledger = load(
            self.settings,
            self.path,
            self.store,
            inputs,
            resolved=in_force(self.settings, self.catalogue, self.path, texts),
            loaded_at=datetime.now(UTC),
            waiting=waiting,
        )
        self._forget()
        return ledger

    # numbers ---------------------------------------------------------------------------------------------------------

    def moment(self, as_of: date | datetime | str | None = None) -> datetime:
        """The moment as of which numbers are told: the end of the day `as_of`, never later than the data's horizon."""
        return moment_of(as_of, self.horizon, self.settings.organisation.zone)

    def period(self, period: str | int | date = LAST_MONTH, as_of: date | datetime | str | None = None) -> Period:
        """The period of a label; "last-month" is the last complete month as of `as_of`."""
        starts_on = self.settings.period.month_starts_on
        if period == LAST_MONTH:
            return last_complete_month(self.moment(as_of), self.settings.organisation.zone, starts_on)
        return parse_period(period, starts_on)

    def indicators(
        self,
        ids: str | Sequence[str] | None = None,
        period: str | int | date = LAST_MONTH,
        by: str | Sequence[str] | None = None,
        history: int = 1,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """The value frame: one row per indicator × period (× dimension × member).

        Args:
            ids: of the catalogue; None is all of them.
            period: such as "2026-10", "2026-Q4", "2026-H2", "2026", "2026-W41", "2026-10-05", "2026-10-01..2026-10-15";
                "last-month" is the last complete one.
            by: service, tier, priority, group, team, level, supplier, category or channel; a list takes each on its own.
            history: this many periods, the named one last.
            as_of: tell the numbers as of the end of this day; None is the data's horizon.

        Returns:
            Columns indicator, period, start, end, dimension, member, value, numerator, denominator, n, lower, upper, target,
            target_kind, status, certainty, provisional, reason. Proportions are 0–1, durations hours; start and end are local days,
            end exclusive.

        Raises:
            IndicatorError: an unknown id, period or dimension.
        """
        from itsq_analysis.indicators import values

        return values(
            self.connection,
            self.catalogue,
            self.settings,
            [ids] if isinstance(ids, str) else ids,
            self.history(self.period(period, as_of), history),
            [by] if isinstance(by, str) else list(by or ()),
            self.moment(as_of),
            calendars=self.calendar,
        )

    def history(self, period: Period, count: int) -> list[Period]:
        """That period and the ones before it, oldest first."""
        return history(period, count)

    def calendar(self, id: str) -> Calendar:  # noqa: A002 - the key's name in itsq.toml
        """The business calendar of that id, over all years of the data.

        Raises:
            SettingsError: itsq.toml has no such calendar.
        """
        if id not in self._calendars:
            raise SettingsError(
                f"a calendar must be one of {', '.join(self._calendars)}; found {id!r}; add a [[calendar]] to itsq.toml"
            )
        return self._calendars[id]

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        found = self._frame(
            "SELECT year(least((SELECT min(opened_at) FROM incidents), (SELECT min(opened_at) FROM requests), "
            "(SELECT min(opened_at) FROM changes), (SELECT min(started_at) FROM outages))) AS first"
        )["first"].iloc[0]
        first_year = self.horizon.year if pd.isna(found) else int(found)
        return recorded_calendars(self.settings, self.snapshot, first_year - 1, self.horizon.year + 2)

    def series(
        self,
        table: str,
        *,
        time: str = "opened_at",
        freq: str = "D",
        by: str | Sequence[str] | None = None,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """Counts per bucket as the long frame `unique_id, ds, y`: true zeros written, partial buckets dropped.

        >>> open_workspace("data/sample").series("incidents", freq="D", by="service")  # doctest: +SKIP
        """
        from itsq_analysis.series import series

        return series(
            self.connection,
            table,
            time=time,
            freq=freq,
            by=[by] if isinstance(by, str) else list(by or ()),
            zone=self.settings.organisation.zone,
            end=self.moment(as_of),
            month_starts_on=self.settings.period.month_starts_on,
        )

    def metric_series(
        self,
        resource: str | Sequence[str] | None = None,
        metric: str | Sequence[str] | None = None,
        freq: str = "h",
        how: How = "p95",
        *,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """Measurements per resource and step as the long frame `unique_id, ds, y, n`; a step without a value has no row.

        Args:
            resource: one, several, or None for all.
            metric: its name, several, or "*" for every one (`unique_id` is then "resource · metric"). None takes of each resource
                the metric by which the register judges it, and tells what is used also where the metric tells what is free.
            freq: "5min", "15min", "30min", "h", "D", "W" ...; a step that is not over yet is left out.
            how: "p95", "mean", "max" or "min" of the values of a step.
            as_of: up to the end of this day.

        Raises:
            IndicatorError: unknown step or aggregate.

        >>> open_workspace("data/sample").metric_series("wms-db01:/data", freq="D", how="max")  # doctest: +SKIP
        """
        from itsq_analysis.metric_series import metric_series

        return metric_series(
            self.connection,
            resource=resource,
            metric=metric,
            freq=freq,
            how=how,
            zone=self.settings.organisation.zone,
            end=self.moment(as_of),
            registered_only=bool(self.services),
        )

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
        as_of: date | datetime | str | None = None,
        model: str = "auto",
        members: bool = False,
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
            as_of: forecast as of the end of this day.
            model: "auto" or the name of a model.
            members: whether each member's own median and weight are wanted too, as `itsq_analysis.forecast` gives them.

        Returns:
            unique_id, ds, mean, median, lo-80, hi-80, lo-95, hi-95. A member that has ended (nothing for far longer than ever
            before) has no rows; `attrs["notes"]` says since when.

        Raises:
            ForecastError: no rows, or an argument is wrong.
            IndicatorError: an unknown table column, dimension or frequency.

        >>> open_workspace("data/sample").forecast("incidents", 28, by="service")  # doctest: +SKIP
        """
        from itsq_analysis.forecasting import forecast
        from itsq_analysis.forecasting.common import forecast_common

        chosen = self.special_days if holidays is None else holidays
        if isinstance(table, pd.DataFrame):
            return forecast(table, horizon, freq=freq, levels=levels, holidays=chosen, model=model, members=members)
        frame = self.series(table, time=time, freq=freq or "D", by=by, as_of=as_of)
        return forecast_common(frame, horizon, freq=freq or "D", levels=levels, holidays=chosen, model=model, members=members)

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
        from itsq_analysis.anomaly import detect
        from itsq_analysis.forecasting.frame import lay_out
        from itsq_analysis.forecasting.steps import DAY, parse_step

        if isinstance(table, pd.DataFrame):
            frame = table
        else:
            freq = freq or "D"
            frame = self.series(table, time=time, freq=freq, by=by, as_of=as_of)
        if holidays is None:
            step = lay_out(frame).step if freq is None else parse_step(freq)
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
        from itsq_analysis.workspace.explaining import explain_event

        return explain_event(self.explaining(as_of), event, table, by, together=together)

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
        from itsq_analysis.workspace.explaining import change_impact

        load = None if resource is None else self.metric_series(resource, how="mean", as_of=as_of)
        return change_impact(self.explaining(as_of), change, table, days, load)

    def explaining(self, as_of: date | datetime | str | None = None) -> Sources:
        """The frames that explanations are made of, as of the end of a day; read once."""
        from itsq_analysis.workspace.explaining import Sources

        moment = self.moment(as_of)
        if moment not in self._explaining:
            self._explaining[moment] = Sources(self, self.special_days, moment)
        return self._explaining[moment]

    @cached_property
    def _explaining(self) -> dict[datetime, Sources]:
        return {}

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
        from itsq_analysis.staffing.planning import make_plan

        return make_plan(self.connection, self.settings, self.calendar, self.special_days or (), self.moment(as_of), weeks)

    def in_force(self) -> bool:
        """Whether the snapshot was made under the settings, catalogue and calendars that are in the folder now."""
        now = in_force(self.settings, self.catalogue, self.path, {})
        recorded = self.snapshot.resolved
        return all(
            json.dumps(now[key], sort_keys=True, default=str) == json.dumps(recorded[key], sort_keys=True, default=str)
            for key in ("settings", "catalogue", "calendar")
        )

    def _forget(self) -> None:
        for name in ("snapshot", "connection", "special_days", "_calendars", "_explaining", "catalogue"):
            self.__dict__.pop(name, None)
