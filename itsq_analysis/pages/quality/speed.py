"""How long do people wait? Acknowledgement and resolution by priority."""

from __future__ import annotations

from itsq_analysis.charts import intervals
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, table
from itsq_analysis.pages.quality.calls import calls

MEDIAN, P90 = "resolve_time_median", "resolve_time_p90"
IDS = ("ack_time_median", MEDIAN, P90, "resolve_time_mean", "resolve_work_time_median", "resolve_time_km_median")


def speed(context: ReportContext) -> Section:
    """Medians and 90 % points, so that one long ticket does not rule the number."""
    values = {name: context.cube.values(name, "priority") for name in IDS}
    members = sorted({value.member for of in values.values() for value in of if value.member is not None})
    return Section(
        "speed",
        context.term("speed"),
        _answer(context),
        (*_picture(context, members), _table(context, members), *calls(context)),
    )


def _answer(context: ReportContext) -> str:
    median, p90 = context.cube.value(MEDIAN), context.cube.value(P90)
    if not median.known:
        return context.say("speed_none", period=context.period_name)
    facts = {"median": context.shown(median), "p90": context.shown(p90), "period": context.period_name}
    return context.say("speed", n=context.number(median.n), **facts)


def _table(context: ReportContext, members: list[str]) -> Html:
    """All priorities together, then one by one."""
    columns = {"priority": context.term("priority"), "count": context.term("count_n")} | {name: context.title(name) for name in IDS}
    rows = [_row(context, context.term("all_priorities"), [context.cube.value(name) for name in IDS])]
    rows += [
        _row(context, context.member("priority", member), [context.cube.value(name, "priority", member) for name in IDS])
        for member in members
    ]
    return table(columns, rows, numeric=set(columns) - {"priority"}, caption=context.term("by_priority"))


def _row(context: ReportContext, name: str, values: list[Value]) -> dict[str, str]:
    count = next(value.n for value in values if value.indicator == MEDIAN)
    cells = {value.indicator: context.shown(value) for value in values}
    return {"priority": name, "count": context.number(0 if count != count else count), **cells}


def _picture(context: ReportContext, members: list[str]) -> list[Part]:
    """A bar from the median to the 90 % point of each priority."""
    rows = []
    for member in members:
        median, p90 = (context.cube.value(name, "priority", member).value for name in (MEDIAN, P90))
        rows.append({"member": context.member("priority", member), "value": median, "lower": median, "upper": p90})
    if all(row["value"] != row["value"] for row in rows):
        return []
    words = {"title": context.say("speed_chart"), "summary": context.say("speed_picture")}
    return [intervals(rows, **words, language=context.language, unit="hours")]
