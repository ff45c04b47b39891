"""What the registers say of resources: what there is, how it is judged, what could be done about it, what drives its use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import month_of

FILLS = frozenset({"disk", "database", "licence"})  # what is used stays used until somebody removes it
LEAD = 60  # days, where the register names none
WARNING, CRITICAL = 0.7, 0.85
RECENT = 28  # days of the usual amount, to which a planned one is compared
FULLER = {"disk": (0.8, 0.9), "database": (0.8, 0.9)}  # what may be fuller before it is judged
ENERGY = frozenset({"kwh", "mwh"})


@dataclass(frozen=True)
class Resource:
    """One row of the register.

    Attributes:
        whole: 100 % in the metric's unit: the capacity; 1 where the metric is a share itself.
        warning, critical: shares of the whole.
        in_use: seats of a licence, where no metric tells.
        ends: (what ends, the day) of licence, certificate or maintenance.
    """

    key: str
    name: str
    kind: str
    service: str
    owner: str
    supplier: str
    metric: str
    unit: str
    whole: float
    counted: bool
    warning: float
    critical: float
    lead_days: int
    step_size: float | None
    step_price: float | None
    yearly_cost: float | None
    members: int | None
    members_needed: int | None
    in_use: float | None
    ends: tuple[tuple[str, date], ...]
    note: str

    @property
    def fills(self) -> bool:
        """Whether its use grows with demand, rather than follow it."""
        return self.kind in FILLS

    @property
    def limit(self) -> float:
        """The critical line, in the metric's unit."""
        return self.critical * self.whole

    @property
    def energy(self) -> bool:
        """Whether it measures energy, which has no limit here."""
        return self.unit.lower() in ENERGY or self.metric.lower() == "pue"


def resources(context: ReportContext) -> list[Resource]:
    """All resources of the register by name, those of the report's services."""
    if "resources" not in context.kept:
        frame = context.query('SELECT * FROM "resources"')
        found = [_resource(row) for row in frame.to_dict("records")]
        context.kept["resources"] = sorted(found, key=lambda one: (one.name.casefold(), one.key))
    return list(context.kept["resources"])


def _resource(row: dict[Any, Any]) -> Resource:
    kind, unit = _text(row["kind"]) or "other", _text(row["unit"])
    capacity, lead = _number(row["capacity"]), _whole(row["lead_time_days"])
    warning, critical = FULLER.get(kind, (WARNING, CRITICAL))
    ends = [(what, row[column]) for what, column in ((kind, "expires_on"), ("maintenance", "maintenance_until"))]
    return Resource(
        key=str(row["resource"]),
        name=_text(row["name"]) or str(row["resource"]),
        kind=kind,
        service=_text(row["service"]),
        owner=_text(row["owner"]),
        supplier=_text(row["supplier"]),
        metric=_text(row["metric"]),
        unit=unit,
        whole=capacity or 1.0,
        counted=bool(capacity),
        warning=_number(row["warning"]) or warning,
        critical=_number(row["critical"]) or critical,
        lead_days=LEAD if lead is None else lead,
        step_size=_number(row["step_size"]),
        step_price=_number(row["step_price"]),
        yearly_cost=_number(row["yearly_cost"]),
        members=_whole(row["members"]),
        members_needed=_whole(row["members_needed"]),
        in_use=_number(row["quantity_in_use"]),
        ends=tuple((what, pd.Timestamp(day).date()) for what, day in ends if pd.notna(day)),
        note=_text(row["note"]),
    )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else " ".join(str(value).split())


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def options(context: ReportContext, decided: bool = False) -> pd.DataFrame:
    """Options that are open, or with `decided` those that were decided by the report's day, the newest first."""
    when = "decided_on <= $day" if decided else "(decided_on IS NULL OR decided_on > $day)"
    order = "decided_on DESC, resource, option, title" if decided else "resource, price, option, title"
    known = '"resource" IN (SELECT "resource" FROM "resources")'
    return context.query(f'SELECT * FROM "capacity_options" WHERE {when} AND {known} ORDER BY {order}', day=today(context))


def drivers(context: ReportContext, kind: str) -> pd.DataFrame:
    """Rows of demand drivers, "measured" up to the report's day, or "planned" from then on; oldest first."""
    when = '"date" <= $day' if kind == "measured" else 'coalesce("until", "date") > $day'
    return context.query(
        f'SELECT * FROM "demand_drivers" WHERE kind = $kind AND {when} ORDER BY "date", driver, service',
        kind=kind,
        day=today(context),
    )


def planned_events(context: ReportContext) -> pd.DataFrame:
    """Planned rows with `growth` known: where the register names an amount instead, against the mean of the last four weeks."""
    planned, measured = drivers(context, "planned"), drivers(context, "measured")
    since = pd.Timestamp(today(context)) - pd.Timedelta(days=RECENT - 1)
    lately = measured[(pd.to_datetime(measured["date"]) >= since) & measured["value"].notna()]
    usual = {
        (driver, service): float(rows["value"].astype(float).mean())
        for (driver, service), rows in lately.groupby([lately["driver"], lately["service"].fillna("")])
    }
    growth = []
    for row in planned.to_dict("records"):
        mean = usual.get((row["driver"], "" if pd.isna(row["service"]) else row["service"]))
        known = _number(row["growth"])
        guessed = (
            None if mean is None or not mean or pd.isna(row["value"]) or pd.isna(row["event"]) else float(row["value"]) / mean - 1
        )
        growth.append(guessed if known is None else known)
    return planned.assign(growth=pd.array(growth, dtype="Float64"))


def as_of_metrics(context: ReportContext) -> ReportContext | None:
    """The context as of the newest point of the metrics, where that is earlier than its own moment; None without metrics."""
    newest = context.query('SELECT max("time") AS newest FROM "metrics" WHERE "time" <= $moment')["newest"].iloc[0]
    return None if pd.isna(newest) else replace(context, moment=pd.Timestamp(newest).to_pydatetime())


def today(context: ReportContext) -> date:
    """The last local day of which the report knows anything."""
    moment = context.moment.astimezone(context.workspace.settings.organisation.zone)
    return (moment - timedelta(microseconds=1)).date()


def last_whole_day(context: ReportContext) -> date:
    """The last local day that was over at the report's moment; its last hour's point may carry the hour's beginning."""
    zone = context.workspace.settings.organisation.zone
    moment = context.moment.astimezone(zone) + timedelta(hours=1)
    return (datetime.combine(moment.date(), time(), zone) - timedelta(days=1)).date()


def next_report(context: ReportContext) -> date:
    """The day before which the next report is made: the last one of the period after, or of the report's own month if later."""
    starts_on = context.workspace.settings.period.month_starts_on
    if context.period.grain == "month":
        after = month_of(context.period.end, starts_on).end
    else:
        after = context.period.end + timedelta(days=context.period.days)
    return max(after, month_of(today(context), starts_on).end) - timedelta(days=1)
