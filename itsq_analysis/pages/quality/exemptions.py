"""Exemptions: the values before and after them, how many tickets for which reasons, and what is not approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators import Indicator
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import certainty
from itsq_analysis.page.section import Part, paragraph, subheading, table
from itsq_analysis.pages.quality.left_out import Exemption, approved, exemptions, values_after
from itsq_analysis.pages.quality.missed import scoped_title
from itsq_analysis.pages.quality.targets import agreed, agreed_before
from itsq_analysis.text import clauses, formats
from itsq_analysis.text import paragraph as joined

DOWN = ("services", "outages")  # tables whose indicators are about outages


@dataclass(frozen=True)
class Exempted:
    """A value of the reporting period before and after approved exemptions: rows of the value frame.

    `n` tickets of it were left out, for these `reasons`, each named once.
    """

    indicator: str
    dimension: str | None
    member: str | None
    before: pd.Series
    after: pd.Series
    n: int
    reasons: tuple[str, ...]

    @property
    def turned(self) -> bool:
        """Whether the exemptions turn a missed target into a met one."""
        return bool(self.before["status"] == "missed" and self.after["status"] == "met")


def exempted(context: ReportContext) -> list[Exempted]:
    """The values that approved exemptions change: of each indicator the whole, then the members that have an agreed target.

    Worked out once for a context. A ticket that the period's value does not count changes nothing and is not among the `n`.
    """
    if "exempted" not in context.kept:
        context.kept["exempted"] = [*_whole(context), *_members(context)]
    return list(context.kept["exempted"])


def _whole(context: ReportContext) -> Iterator[Exempted]:
    for name in sorted(approved(context)):
        counted = _counted(context, name)
        if not counted.empty:
            [(_, before)], [(_, after)] = context.values([name]).iterrows(), values_after(context, [name]).iterrows()
            yield _one(context, before, after, counted)


def _members(context: ReportContext) -> Iterator[Exempted]:
    known = approved(context)
    if not known:
        return
    pairs = zip(agreed_before(context).iterrows(), agreed(context).iterrows(), strict=True)
    for (_, before), (_, after) in pairs:
        if before["indicator"] in known and pd.notna(before["dimension"]):
            counted = _counted(context, before["indicator"], before["dimension"])
            counted = counted[counted["member"] == before["member"]]
            if not counted.empty:
                yield _one(context, before, after, counted)


def _one(context: ReportContext, before: pd.Series, after: pd.Series, counted: pd.DataFrame) -> Exempted:
    reasons = {one.ticket: one.reason for one in exemptions(context) if one.approved and one.indicator == before["indicator"]}
    tickets = counted["ticket"].unique()
    told = tuple(dict.fromkeys(reasons[ticket] for ticket in tickets))
    return Exempted(*_place(before), before, after, len(tickets), told)


def _counted(context: ReportContext, name: str, dimension: str | None = None, *, every: bool = False) -> pd.DataFrame:
    """Columns ticket, member: the exempted tickets that the period's value counts; `every`: also those not approved."""
    tickets = {one.ticket for one in exemptions(context) if one.indicator == name and (every or one.approved)}
    catalogue = context.workspace.catalogue
    parts = [catalogue[part] for part in catalogue[name].parts] or [catalogue[name]]
    frames = [_placed(context, part, dimension) for part in parts]
    found = pd.concat(frames, ignore_index=True)
    return found[found["ticket"].isin(tickets)]


def _placed(context: ReportContext, indicator: Indicator, dimension: str | None) -> pd.DataFrame:
    """Columns ticket, member: the rows of the register's tickets that lie in the period of an indicator."""
    source = "outages" if indicator.table in DOWN else str(indicator.table)
    member = (dimension and dimension_sql(source, dimension)) or "CAST(NULL AS VARCHAR)"
    ticket = "coalesce(nullif(t.ticket, ''), t.number)" if source == "surveys" else "t.number"
    register = 'SELECT ticket FROM "exemptions"'
    own = f"({ticket} IN ({register}) OR t.number IN ({register}))"
    shown = f"CASE WHEN t.number IN ({register}) THEN t.number ELSE {ticket} END"
    return context.query(
        f"SELECT {shown} AS ticket, {member} AS member {from_sql(source, [dimension], _population(indicator))} "
        f"WHERE {own} AND {_in_period(indicator)}"
    )


def _population(indicator: Indicator) -> str | None:
    """SQL: the rows that an indicator counts; stocks also name the moment, so theirs are taken by time alone."""
    if indicator.until or indicator.kind == "computed":
        return None
    known = [f"({indicator.where.sql()})"] if indicator.where else []
    known += [f"({indicator.of.sql()}) IS NOT NULL"] if indicator.of else []
    return " AND ".join(known) or None


def _in_period(indicator: Indicator) -> str:
    if indicator.table in DOWN:
        return "t.started_at < $end AND coalesce(t.restored_at, $end) > $start"
    if indicator.until:
        return f't."{indicator.time}" < $end AND (t."{indicator.until}" IS NULL OR t."{indicator.until}" >= $end)'
    time = indicator.time or ("answered_at" if indicator.table == "surveys" else "resolved_at")
    return f't."{time}" >= $start AND t."{time}" < $end'


# words ---------------------------------------------------------------------------------------------------------------


def turned_by_exemptions(context: ReportContext) -> str | None:
    """The sentence that says which targets are met only because of exemptions; None where there is none."""
    found = [one for one in exempted(context) if one.turned]
    if not found:
        return None
    items = [
        context.say(
            "exempted_turned_item",
            title=scoped_title(context, one.before),
            before=context.shown(one.before),
            after=context.shown(one.after),
            count=context.number(one.n),
        )
        for one in found
    ]
    return context.say("exempted_turned", n=len(found), list=clauses(items, context.language))


def exempted_at(context: ReportContext, row: pd.Series) -> Exempted | None:
    """What approved exemptions make of a row of the value frame; None where they make nothing."""
    return next((one for one in exempted(context) if (one.indicator, one.dimension, one.member) == _place(row)), None)


def before_exemptions(context: ReportContext, one: Exempted) -> Markup:
    """The value before exemptions and how it would have been judged, to stand beneath the one after them."""
    facts = {"n": one.n, "before": context.measured(one.before), "judged": _judged(context, one.before)}
    return Markup('<span class="note exempted">{}</span>').format(context.say("exempted_before", **facts))


def after_exemptions(context: ReportContext, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the reporting period's value frame, those that exemptions change replaced by the rows after them."""
    after = {(one.indicator, one.dimension, one.member): one.after for one in exempted(context)}
    rows = [after.get(_place(row), row) for _, row in frame.iterrows()]
    return pd.DataFrame(rows, columns=frame.columns).set_axis(frame.index) if after and rows else frame


def _place(row: pd.Series) -> tuple[str, str | None, str | None]:
    dimension, member = (None if pd.isna(row[key]) else str(row[key]) for key in ("dimension", "member"))
    return row["indicator"], dimension, member


def _judged(context: ReportContext, row: pd.Series) -> str:
    """A status with what it proves, in words."""
    words = [context.term(row["status"].replace(" ", "_"))]
    words += [certainty(context, row["certainty"])] if row["status"] in ("met", "missed") and pd.notna(row["certainty"]) else []
    return (", " if context.language == "en" else "\N{FULLWIDTH COMMA}").join(words)


def exemption_parts(context: ReportContext) -> tuple[Part, ...]:
    """The values before and after, then every exemption of the period with its approval; nothing where none was asked for."""
    listed = listed_exemptions(context)
    if not listed:
        return ()
    found, waiting = exempted(context), sum(not one.approved for one in listed)
    told = [context.say("exempted", n=len(listed) - waiting) if found else context.say("exempted_none")]
    told += [context.say("exempted_waiting", n=waiting)] if waiting else []
    parts = (subheading(context.term("exemptions")), paragraph(joined(told, context.language), "answer"))
    return (*parts, *([_values(context, found)] if found else []), _register(context, listed))


def _values(context: ReportContext, found: list[Exempted]) -> Part:
    keys = ("indicator", "exempted_before", "exempted_value_after", "exempted_n", "exempted_reasons")
    rows = [
        {
            "indicator": scoped_title(context, one.before),
            "exempted_before": context.say("judged_value", value=context.measured(one.before), judged=_judged(context, one.before)),
            "exempted_value_after": context.say(
                "judged_value", value=context.measured(one.after), judged=_judged(context, one.after)
            ),
            "exempted_n": context.number(one.n),
            "exempted_reasons": clauses(one.reasons, context.language),
        }
        for one in found
    ]
    return table({key: context.term(key) for key in keys}, rows, numeric={"exempted_n"}, caption=context.term("exempted_values"))


def _register(context: ReportContext, listed: list[Exemption]) -> Part:
    keys = ("exempted_ticket", "indicator", "exempted_reason", "exempted_approval")
    rows = [
        {
            "exempted_ticket": one.ticket,
            "indicator": context.title(one.indicator) if one.known else one.indicator,
            "exempted_reason": one.reason,
            "exempted_approval": approval(context, one),
        }
        for one in listed
    ]
    return table({key: context.term(key) for key in keys}, rows, caption=context.term("exempted_tickets"))


def approval(context: ReportContext, one: Exemption) -> str:
    """Who approved and when, or that the ticket counts for lack of it."""
    if not one.approved or one.approved_on is None:
        return context.term("exempted_unapproved")
    return context.say("exempted_approved", by=one.approved_by, day=formats.day(one.approved_on, context.language))


def listed_exemptions(context: ReportContext) -> list[Exemption]:
    """The exemptions of tickets that the period's values count, approved or not, by indicator and ticket."""
    known = sorted({one.indicator for one in exemptions(context) if one.known})
    here = {name: set(_counted(context, name, every=True)["ticket"]) for name in known}
    found = [one for one in exemptions(context) if one.known and one.ticket in here[one.indicator]]
    return sorted(found, key=lambda one: (one.indicator, one.ticket))


def exemptions_frame(context: ReportContext) -> pd.DataFrame:
    """One row per exemption of the period, for the workbook.

    Columns ticket, indicator (title), reason, approved_by, approved_on, approved (bool), before, after (values of the whole, NaN
    where nothing is left out), unit, status_before, status_after.
    """
    whole = {one.indicator: one for one in exempted(context) if one.dimension is None}
    rows = []
    for one in listed_exemptions(context):
        found = whole.get(one.indicator)
        rows.append(
            {
                **{"ticket": one.ticket, "indicator": context.title(one.indicator), "reason": one.reason},
                **{"approved_by": one.approved_by, "approved_on": one.approved_on, "approved": one.approved},
                "before": found.before["value"] if found else float("nan"),
                "after": found.after["value"] if found else float("nan"),
                "unit": context.workspace.catalogue[one.indicator].unit,
                "status_before": found.before["status"] if found else None,
                "status_after": found.after["status"] if found else None,
            }
        )
    columns = ("ticket", "indicator", "reason", "approved_by", "approved_on", "approved", "before", "after", "unit")
    return pd.DataFrame(rows, columns=[*columns, "status_before", "status_after"])
