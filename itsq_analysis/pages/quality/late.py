"""Why were targets missed? Late incidents: who held them when their time ran out, and on what their hours went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from itsq_analysis.charts import stacked_bars
from itsq_analysis.indicators.late import KINDS, late_tickets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement
from itsq_analysis.page.notes import note_cell
from itsq_analysis.page.section import Html, Part, Section, folded, nested, paragraph, subheading, table
from itsq_analysis.pages.quality.case_mix import case_mix_sentence
from itsq_analysis.pages.quality.differences import Difference, worse_members
from itsq_analysis.pages.quality.exemptions import exempted_at, exemption_parts
from itsq_analysis.pages.quality.late_tables import open_tables, worst_table
from itsq_analysis.pages.quality.majors_table import lines
from itsq_analysis.pages.quality.missed import scoped_title
from itsq_analysis.pages.quality.service_levels import service_levels
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

RESOLVED = "sla_resolution_met"
BARS = 8  # groups in the picture; further ones are one bar together
ALONE = 0.25  # of a group's hours: an incident that takes more of them is named
JOINED = ["waiting_supplier", "waiting_other"]  # one part of the picture where all six kinds occur: it shows five


def late_incidents(context: ReportContext) -> Section:
    """Late incidents by group and kind of time, missed targets explained, the worst one by one, those still open; attainment.

    Without rules nobody knows which were late; what is known of attainment is then the whole section.
    """
    id_, title, exempt = "missed_targets", context.term("missed_targets"), exemption_parts(context)
    explained = [*_explained(context), *_mix(context)]
    if not any(rule.resolution for rule in context.workspace.settings.sla):
        levels = service_levels(context)
        return Section(id_, title, levels.answer, (*levels.parts, *explained, paragraph(context.say("late_unmeasured")), *exempt))
    frame = late_frame(context)
    late = frame[frame["standing"] == "late"]
    picture = _picture(context, late)
    parts = [*picture, *_notes(context, late), *explained, *worst_table(context, late), *open_tables(context, frame)]
    if not frame.empty:
        parts += [folded(context.say("late_kinds"), _kinds(context)), paragraph(context.say("late_method"))]
    levels = service_levels(context, drawn=not picture and not late.empty)
    return Section(
        id_,
        title,
        _answer(context, context.now([RESOLVED])[RESOLVED], late),
        (*parts, *nested(replace(levels, answer="")), *exempt),
    )


def _explained(context: ReportContext) -> list[Html]:
    """Every missed agreed target with what people wrote about it, or that nobody did."""
    judged = agreed(context)
    rows = [
        {
            "indicator": scoped_title(context, row),
            "value": lines(context.measured(row), *_before_exemptions(context, row)),
            "target": context.shown(row, "target"),
            "judgement": judgement(context, row),
            "explanation": note_cell(context, row),
        }
        for _, row in judged[judged["status"] == "missed"].iterrows()
    ]
    if not rows:
        return []
    columns = {key: context.term(key) for key in rows[0]}
    return [subheading(context.say("missed_list")), table(columns, rows, numeric={"target"})]


def _before_exemptions(context: ReportContext, row: pd.Series) -> list[str]:
    """The value that the other tables of the page show, where exemptions make another one of it."""
    exempt = exempted_at(context, row)
    if exempt is None:
        return []
    return [context.say("labelled", label=context.term("exempted_before"), text=context.measured(exempt.before))]


def _mix(context: ReportContext) -> list[Html]:
    """How much of a move of attainment comes from other cases."""
    told = case_mix_sentence(context)
    return [paragraph(told, "finding")] if told else []


def late_frame(context: ReportContext) -> pd.DataFrame:
    """`late_tickets` of the report: durations in hours, moments in the workspace's zone."""
    workspace = context.workspace
    zone = workspace.settings.organisation.zone
    start, end = context.period.bounds(zone)
    frame = late_tickets(workspace.connection, workspace.settings, workspace.calendar, start, min(end, context.moment))
    hours = {name: frame[name].astype("Float64") / 3600 for name in ("over", "whole", *KINDS)}
    moments = {name: frame[name].dt.tz_convert(zone) for name in ("opened_at", "ended_at", "due_at")}
    return frame.assign(**moments, **hours)


def _held(late: pd.DataFrame, group: Any) -> pd.DataFrame:
    """The incidents that a group (missing: one not known) held at their limit."""
    return late[late["group"].isna() if pd.isna(group) else late["group"] == group]


def _by_group(late: pd.DataFrame) -> pd.Series:
    """Working hours by group, most first."""
    sums = late.groupby("group", dropna=False)["whole"].sum()
    return sums.sort_values(ascending=False, kind="stable")


def _answer(context: ReportContext, row: pd.Series, late: pd.DataFrame) -> str:
    """How many were late; who is late more often than others; who held most of the hours; on what they went."""
    if pd.isna(row["value"]):
        return context.say("late_nothing", period=context.period_name)
    facts = {"total": context.number(row["denominator"]), "period": context.period_name}
    if late.empty:
        return context.say("late_none", **facts)
    worse = [one for one in worse_members(context).worse if (one.row["indicator"], one.row["dimension"]) == (RESOLVED, "group")]
    worst = worse[0].row["member"] if worse else None
    told = [
        context.say("late_count", n=context.number(len(late)), **facts),
        *_left_out(context),
        *[_stands_out(context, one, late) for one in worse[:1]],
        _most_hours(context, late, worst),
    ]
    return sentences(told, context.language)


def _left_out(context: ReportContext) -> Iterator[str]:
    """How many of the late ones approved exemptions take out of what is judged."""
    value = context.cube.value(RESOLVED)
    if value.before is not None:
        missed = [one.denominator - one.numerator for one in (value.before, value)]
        if missed[0] > missed[1]:
            yield context.say("late_exempted", n=int(missed[0] - missed[1]))


def _most_hours(context: ReportContext, late: pd.DataFrame, told: str | None) -> str:
    """The group that held incidents with most of the hours; of one that was told before, without its name."""
    sums = _by_group(late)
    held = _held(late, sums.index[0])
    facts = {"hours": context.number(sums.iloc[0]), "all": context.number(sums.sum()), "n": context.number(len(held))}
    if sums.index[0] == told:
        return context.say("late_hours_too", **facts)
    sentence = "late_hours" if len(sums) > 1 else "late_hours_only"
    return context.say(sentence, group=context.named("group", sums.index[0]), **facts) + _spent(context, "late_share", held)


def _stands_out(context: ReportContext, worse: Difference, late: pd.DataFrame) -> str:
    """The group that is late more often than all others together by more than chance."""
    row = worse.row
    said = context.say(
        "late_stands_out",
        group=context.named("group", row["member"]),
        late=context.number(row["denominator"] - row["numerator"]),
        n=context.number(row["denominator"]),
        rest=formats.percent(1 - worse.rest),
    )
    held = _held(late, row["member"])
    return said + (context.say("late_held_none") if held.empty else _spent(context, "late_mean", held))


def _spent(context: ReportContext, sentence: str, held: pd.DataFrame) -> str:
    """On what most of the hours of these incidents went, as the end of a sentence."""
    known = held[held["worked"].notna()]
    sums = known[list(KINDS)].sum().astype(float)
    if not sums.sum():
        return context.say("late_spent_unknown")
    return context.say(
        sentence,
        n=context.number(len(known)),
        kind=context.term(str(sums.idxmax())),
        share=formats.percent(float(sums.max() / sums.sum())),
        mean=context.number(sums.sum() / len(known), 1),
        part=context.number(sums.max() / len(known), 1),
    )


def _picture(context: ReportContext, late: pd.DataFrame) -> list[Part]:
    """Hours by group and kind, as far as there is a log."""
    known = late[late["worked"].notna()]
    order = _by_group(known).index
    sums = pd.DataFrame([_held(known, group)[list(KINDS)].sum().astype(float) for group in order])
    if sums.to_numpy().sum() == 0:
        return []
    first = sums.iloc[0]
    summary = context.say(
        "late_picture",
        group=context.named("group", order[0]),
        hours=context.number(first.sum()),
        part=context.number(first.max()),
        kind=context.term(str(first.idxmax())),
    )
    sums.index = pd.Index([context.member("group", group) for group in order])
    bars = _in_five_parts(context, _with_rest(context, sums)).rename_axis("member").reset_index()
    frame = bars.melt("member", var_name="part", value_name="value")
    return [stacked_bars(frame, title=context.say("late_chart"), summary=summary, language=context.language, unit="hours")]


def _with_rest(context: ReportContext, sums: pd.DataFrame) -> pd.DataFrame:
    """The groups with most hours, and all others as one bar."""
    if len(sums) <= BARS + 1:
        return sums
    rest = sums.iloc[BARS:].sum().to_frame(context.say("late_other_groups", n=len(sums) - BARS)).T
    return pd.concat([sums.iloc[:BARS], rest])


def _in_five_parts(context: ReportContext, sums: pd.DataFrame) -> pd.DataFrame:
    """Kinds that occur, named; two kinds of waiting are one part where all six occur."""
    sums = sums.loc[:, sums.sum() > 0]
    if len(sums.columns) == len(KINDS):
        together = sums[JOINED].sum(axis=1)
        sums = sums.drop(columns=JOINED).assign(**{"waiting_joined": together})
    return sums.set_axis([context.term(str(kind)) for kind in sums.columns], axis="columns")


def _notes(context: ReportContext, late: pd.DataFrame) -> list[Html]:
    """What the sums do not show: incidents without a log, and one incident that rules the longest bar."""
    if late.empty:
        return []
    notes = []
    unlogged = int(late["worked"].isna().sum())
    if unlogged:
        sentence = "late_unlogged" if unlogged < len(late) else "late_unlogged_all"
        notes.append(context.say(sentence, n=context.number(unlogged)))
    sums = _by_group(late)
    held = _held(late, sums.index[0])
    longest = held.sort_values(["whole", "number"]).iloc[-1]
    if len(held) > 1 and longest["whole"] > ALONE * sums.iloc[0]:
        facts = {"hours": context.number(longest["whole"]), "all": context.number(sums.iloc[0])}
        notes.append(context.say("late_alone", number=longest["number"], group=context.named("group", sums.index[0]), **facts))
    return [paragraph(note) for note in notes]


def _kinds(context: ReportContext) -> Html:
    """What each kind of time means."""
    columns = {"kind": context.term("spent_on"), "meaning": context.term("definition")}
    return table(columns, [{"kind": context.term(kind), "meaning": context.say(f"late_kind_{kind}")} for kind in KINDS])
