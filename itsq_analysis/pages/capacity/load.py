"""Does it hold in the busy hour, and after a failure? Each resource against its two limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from itsq_analysis.capacity import Utilisation, after_loss, utilisation
from itsq_analysis.charts import dots
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, table
from itsq_analysis.pages.capacity.estate import Resource, resources
from itsq_analysis.pages.capacity.outlook import hourly_values
from itsq_analysis.pages.capacity.words import listed_names, named, percent, say_of
from itsq_analysis.text import formats

if TYPE_CHECKING:
    from itsq_analysis.capacity.utilisation import ServiceHours

DAYS = 28
SHOWN = 15  # lanes of the picture
HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Load:
    """One resource over four weeks: its utilisation, and the busy hour with one member lost (infinite: it does not run)."""

    resource: Resource
    used: Utilisation
    after: float | None
    coverage: float

    @property
    def busy(self) -> float:
        """The busy hour by the critical line: 1 is at the limit."""
        return (self.used.busy_hour or 0.0) / self.resource.critical

    @property
    def worst(self) -> float:
        """The larger of busy hour and loss, by the critical line."""
        return max(self.busy, (self.after or 0.0) / self.resource.critical)

    @property
    def standing(self) -> str:
        """Beyond the critical line, beyond the warning, or neither: of the busy hour alone."""
        busy = self.used.busy_hour or 0.0
        return "critical" if busy >= self.resource.critical else "warning" if busy >= self.resource.warning else "fine"

    @property
    def fails(self) -> bool:
        """Whether the loss of one member is more than the others can carry."""
        return self.after is not None and self.after >= 1.0


def loads(context: ReportContext) -> list[Load]:
    """Every measured resource, the worst first."""
    if "capacity loads" not in context.kept:
        hourly = hourly_values(context, DAYS)
        found = [_load(context, one, hourly[one.key]) for one in resources(context) if one.key in hourly]
        context.kept["capacity loads"] = sorted(found, key=lambda one: (-one.worst, one.resource.name))
    return list(context.kept["capacity loads"])


def _load(context: ReportContext, one: Resource, hourly: pd.DataFrame) -> Load:
    used = utilisation(hourly, capacity=one.whole, service_hours=service_hours(context, one))
    return Load(one, used, after_loss(used.busy_hour, one.members, one.members_needed), coverage(hourly))


def coverage(hourly: pd.DataFrame) -> float:
    """Hours with a value as a share of those that there would be if every day had as many as the usual one.

    Monitoring that measures every second hour, or once a day, has no gaps for that.
    """
    local = hourly["ds"].dt.tz_localize(None) if hourly["ds"].dt.tz is not None else hourly["ds"]
    counts = local.dt.normalize().value_counts()
    return min(1.0, float(counts.sum() / (DAYS * counts.median())))


def service_hours(context: ReportContext, one: Resource) -> ServiceHours | None:
    """The service hours of a resource's service, by its calendar; None is always."""
    if one.fills or not one.service or context.workspace.snapshot.horizon is None:
        return None
    found = context.query("SELECT calendar FROM services WHERE service = $service AND calendar IS NOT NULL", service=one.service)
    known = {calendar.id for calendar in context.workspace.settings.calendars}
    if found.empty or found["calendar"].iloc[0] not in known:
        return None
    calendar = context.workspace.calendar(str(found["calendar"].iloc[0]))
    zone = context.workspace.settings.organisation.timezone

    def _open(stamps: pd.DatetimeIndex) -> np.typing.NDArray[np.bool_]:
        local = stamps if stamps.tz is not None else stamps.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        if local[0].year < calendar.first_year:
            return np.ones(len(local), dtype=bool)
        return np.asarray(calendar.working_seconds(local, local + HOUR) > 0)

    return _open


def load(context: ReportContext) -> Section:
    """Dots at the busy hour and after the loss of one member, against warning and critical."""
    title = context.term("cap_load")
    found = loads(context)
    if not found:
        return Section("load", title, context.say("cap_nothing_to_judge"))
    critical = [one.resource for one in found if one.standing == "critical"]
    warned = [one.resource for one in found if one.standing == "warning"]
    failing = [one.resource for one in found if one.fails]
    told = context.say("cap_load_answer", of=len(found), critical=len(critical), warning=len(warned), days=DAYS)
    parts: list[Part] = []
    for key, names in (("cap_load_critical", critical), ("cap_load_failing", failing)):
        if names:
            parts.append(paragraph(context.say(key, n=len(names), list=listed_names(context, names))))
    parts += [_picture(context, found), folded(context.say("cap_load_fold", n=len(found)), _table(context, found))]
    return Section("load", title, told, tuple(parts))


def _picture(context: ReportContext, found: list[Load]) -> Part:
    shown = found[:SHOWN]
    frame = pd.DataFrame(
        {
            "member": [named(context, one.resource) for one in shown],
            "value": [one.used.busy_hour for one in shown],
            "after": [None if one.after is None or math.isinf(one.after) else one.after for one in shown],
            "warning": [one.resource.warning for one in shown],
            "critical": [one.resource.critical for one in shown],
        }
    )
    fullest = max(found, key=lambda one: one.busy)
    summary = say_of(
        context,
        "cap_load_picture",
        named(context, fullest.resource),
        share=percent(fullest.used.busy_hour),
        critical=percent(fullest.resource.critical),
        shown=len(shown),
        of=len(found),
    )
    names = {"value_name": context.term("cap_busy_hour"), "after_name": context.term("cap_after_loss")}
    return dots(frame, title=context.say("cap_load_chart"), summary=summary, language=context.language, **names)


def _table(context: ReportContext, found: list[Load]) -> Html:
    keys = ("cap_resource", "cap_busy_hour", "judgement", "cap_peak", "cap_after_loss", "cap_lines", "cap_hours", "cap_coverage")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "cap_busy_hour": percent(one.used.busy_hour),
            "judgement": _standing(context, one),
            "cap_peak": percent(one.used.peak),
            "cap_after_loss": loss(context, one),
            "cap_lines": f"{one.resource.warning:.0%} / {one.resource.critical:.0%}",
            "cap_hours": context.number(one.used.hours),
            "cap_coverage": percent(one.coverage),
        }
        for one in found
    ]
    numeric = {"cap_busy_hour", "cap_peak", "cap_hours", "cap_coverage"}
    return table({key: context.term(key) for key in keys}, rows, numeric=numeric)


def _standing(context: ReportContext, one: Load) -> Markup:
    css, mark = {"critical": ("status-missed certain", "▲"), "warning": ("status-none", "△"), "fine": ("status-met", "●")}[
        one.standing
    ]
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>').format(
        css, mark, context.term(f"cap_standing_{one.standing}")
    )


def loss(context: ReportContext, one: Load) -> str:
    """The share after the loss of one member, in words where it cannot be carried or there is none to lose."""
    if one.after is None:
        return formats.MISSING if one.resource.members is None else context.term("cap_single")
    return context.term("cap_down") if math.isinf(one.after) else percent(one.after)
