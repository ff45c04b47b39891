"""What a workspace measures: indicators, counts of tickets and measurements per step, over periods and calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

import pandas as pd

from itsq_analysis.errors import SettingsError
from itsq_analysis.facts import Scope
from itsq_analysis.periods import Period, history, last_complete_month, parse_period
from itsq_analysis.workspace.calendars import recorded_calendars
from itsq_analysis.workspace.moments import moment_of
from itsq_analysis.workspace.reader import Reader

if TYPE_CHECKING:
    from itsq_analysis.indicators.evidence import Evidence
    from itsq_analysis.indicators.scorecard import Scorecard
    from itsq_analysis.series import How
    from itsq_analysis.workspace.workspace import Workspace
    from itsq_analysis.worktime import Calendar

LAST_MONTH = "last-month"


class Measured(Reader):
    """A reader that measures what it reads: values of the catalogue and regular series, as of a moment."""

    def moment(self, as_of: date | datetime | str | None = None) -> datetime:
        """The moment as of which numbers are told: the end of the day `as_of`, never later than the data's horizon."""
        return moment_of(as_of, self.known_until, self.settings.organisation.zone)

    def period(self, period: str | int | date = LAST_MONTH, as_of: date | datetime | str | None = None) -> Period:
        """The period of a label; "last-month" is the last complete month as of `as_of`."""
        starts_on = self.settings.period.month_starts_on
        if period == LAST_MONTH:
            return last_complete_month(self.moment(as_of), self.settings.organisation.zone, starts_on)
        return parse_period(period, starts_on)

    def scope(self, period: str | int | date = LAST_MONTH, as_of: date | datetime | str | None = None) -> Scope:
        """What facts are about: this snapshot and these services, a period, a moment. The same scope for the same question."""
        return self.scope_at(self.period(period, as_of), self.moment(as_of))

    def scope_at(self, period: Period, moment: datetime) -> Scope:
        """The scope of a period as of a moment."""
        return self.scopes.setdefault((period, moment), Scope(cast("Workspace", self), period, moment))

    @cached_property
    def scopes(self) -> dict[tuple[Period, datetime], Scope]:
        """The scopes that were asked for."""
        return {}

    def values(
        self,
        ids: str | Sequence[str] | None = None,
        period: str | int | date = LAST_MONTH,
        by: str | Sequence[str] | None = None,
        history: int = 1,
        as_of: date | datetime | str | None = None,
    ) -> pd.DataFrame:
        """The value frame, as the pages tell it: one row per indicator × period (× dimension × member).

        Args:
            ids: of the catalogue; None is all of them.
            period: such as "2026-10", "2026-Q4", "2026-H2", "2026", "2026-W41", "2026-10-05", "2026-10-01..2026-10-15";
                "last-month" is the last complete one.
            by: service, tier, priority, group, team, level, supplier, category or channel; a list takes each on its own.
            history: this many periods, the named one last.
            as_of: tell the numbers as of the end of this day; None is the data's horizon.

        Returns:
            Columns indicator, period, start, end, dimension, member, value, numerator, denominator, n, lower, upper, target,
            target_kind, status, certainty, provisional, reason: after approved exemptions. What each was before them stands beside,
            with the suffix `_before`. Proportions are 0–1, durations hours; start and end are local days, end exclusive.

        Raises:
            IndicatorError: an unknown id, period or dimension.
        """
        from itsq_analysis.indicators.cube import cube
        from itsq_analysis.text.wording import wording_of
        from itsq_analysis.workspace.told import told

        scope = self.scope(period, as_of)
        frame = cube(scope).judged([ids] if isinstance(ids, str) else ids, by, scope.history(history))
        return told(frame, wording_of(scope, self.settings.organisation.language))

    def scorecard(
        self,
        period: str | int | date = LAST_MONTH,
        as_of: date | datetime | str | None = None,
        language: Literal["en", "zh"] | None = None,
    ) -> Scorecard:
        """The scorecard: indicator → section → chapter → overall, and by quality characteristic.

        Of each: the share of the weights met (of those with an agreed target) beside the share that can be measured, missed
        critical targets, what has changed beyond noise, what would be needed to measure the rest. All 32 sections stand in it.

        Args:
            period: as for `values`.
            as_of: as of the end of this day.
            language: of titles; None is the organisation's.

        Returns:
            A `Scorecard`: `table` is the frame of the sums, `indicators` that of the indicators.

        >>> open_workspace("data/sample").scorecard("2026-10").table  # doctest: +SKIP
        """
        from itsq_analysis.indicators.scorecard import scorecard

        return scorecard(self.scope(period, as_of), language or self.settings.organisation.language)

    def slos(self, *, months: bool = False, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """The service-level objectives of itsq.toml: error budget, burn, and when the budget is gone.

        Args:
            months: one row an objective and month, instead of its rolling window.
            as_of: as of the end of this day.

        Returns:
            slo, service, indicator, counting ("time slices" of agreed service time, or "occurrences": tickets), maintenance,
            objective, days, good, total, share, status, allowed, spent, left (share of the budget), burn_1h, burn_6h, burn_1d,
            burn_3d (times faster than allowed), month, month_left, gone_early, gone_likely, gone_late (days by which this month's
            budget is gone with 10, 50 and 90 %, at the rate of the last 28 days; missing: not in this month).

        Raises:
            IndicatorError: the indicator of an objective is no share of tickets.

        >>> open_workspace("data/sample").slos()[["slo", "left", "gone_likely"]]  # doctest: +SKIP
        """
        from itsq_analysis.indicators.slo import slo_months, slos

        scope = self.scope(as_of=as_of)
        return slo_months(scope) if months else slos(scope)

    def explain_value(
        self,
        indicator: str,
        period: str | int | date = LAST_MONTH,
        by: str | None = None,
        member: str | None = None,
        as_of: date | datetime | str | None = None,
    ) -> Evidence:
        """A value with all that it rests on: definition, counts, interval, exclusions, exemptions, SQL, and its rows.

        Args:
            indicator: id of the catalogue.
            period: as for `values`.
            by: a dimension; None is the whole.
            member: of the dimension, as the value frame names it; None is the unknown one.
            as_of: as of the end of this day.

        Returns:
            An `Evidence`: `rows` is the frame of the rows, `recomputed` the value from them alone.

        Raises:
            IndicatorError: an unknown indicator, period, dimension or member.

        >>> open_workspace("data/sample").explain_value("reopen_rate", "2026-10", "service", "E-mail").rows  # doctest: +SKIP
        """
        from itsq_analysis.indicators.evidence import evidence

        return evidence(self.scope(period, as_of), indicator, by, member)

    def explain_ticket(
        self, number: str, period: str | int | date | None = None, as_of: date | datetime | str | None = None
    ) -> pd.DataFrame:
        """In which indicators a ticket (incident, request, change, problem, outage, survey ...) counts, and why.

        Args:
            number: of the ticket.
            period: None is every month in which something happened to it.
            as_of: as of the end of this day.

        Returns:
            indicator, period, table, place (numerator, denominator, counted, left out), numerator and denominator (what it adds),
            reason (why it is left out, a code of the value frame's reasons).

        Raises:
            IndicatorError: no table holds the ticket, or it is not a period.

        >>> open_workspace("data/sample").explain_ticket("INC0012345")  # doctest: +SKIP
        """
        from itsq_analysis.indicators.evidence.ticket import periods_of, ticket_frame

        last = self.scope(LAST_MONTH if period is None else period, as_of)
        periods = periods_of(last, number) if period is None else (last.period,)
        return ticket_frame([self.scope_at(period, last.moment) for period in periods], number)

    def recurring(self, period: str | int | date = LAST_MONTH, as_of: date | datetime | str | None = None) -> pd.DataFrame:
        """What keeps coming back: groups of incidents with one cause by what they say, and storms (one event, many tickets).

        Args:
            period: as for `values`; groups are made of all incidents up to its end.
            as_of: resolutions and problems as known at the end of this day.

        Returns:
            One row a group that had a ticket in the period, those that cost most hours first: id (number of the ticket that first
            said it; it stays the same in later periods), name, name_en, name_zh, storm, n (tickets of the period), before (mean of
            the periods since it was first seen), trend ("up", "down", "new" or missing), hours (working, of resolved tickets),
            open, users, services, first_seen, last_seen, cited, problems, candidate ("problem", "known_error" or missing),
            numbers. `attrs` tell how many tickets the period has (`tickets`) and how many of them are in a group (`grouped`).

        >>> open_workspace("data/sample").recurring("2026-10").query("candidate == 'problem'")  # doctest: +SKIP
        """
        from itsq_analysis.recurring.recurring import recurring, recurring_frame

        return recurring_frame(recurring(self.scope(period, as_of)))

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
        from itsq_analysis.series import metric_series

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
