"""What was promised, what was delivered: the first screen, then every promise, and what is agreed for all services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from itsq_analysis.briefing.service import service_lines, service_verdict
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.indicators.targets import agreed_targets, common_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen
from itsq_analysis.page.judgement import consequence, judgement, target_cell
from itsq_analysis.page.section import Html, Part, bullets, subheading, table
from itsq_analysis.pages.quality.comparisons import comparison_cells
from itsq_analysis.pages.quality.exemptions import exempted_note
from itsq_analysis.pages.quality.scorecard import counted_value, member_before, small_course
from itsq_analysis.pages.quality.verdict import warnings
from itsq_analysis.pages.service.budgets import error_budget

KEYS = {"indicator": "indicator", "target": "review_promised", "value": "review_delivered", "judgement": "this_period"}
COURSE = {"trend": "trend", "previous": "period_before"}
BELOW = ("major_incidents", "incidents_opened", "incident_backlog")  # told in sections of their own


def promises(context: ReportContext) -> FirstScreen:
    """The verdict, a line for each part of the meeting; then promises one by one."""
    told = [context.brief.sentence(line) for line in service_lines(context.scope)]
    doubts = list(warnings(context))
    parts: list[Part] = [bullets(doubts)] if doubts else []
    own = agreed_targets(context.scope)
    if own:
        parts += [subheading(context.term("review_own")), _table(context, [_own(context, value) for value in own])]
    parts += [*error_budget(context), subheading(context.term("review_common")), _table(context, _common(context, own))]
    verdict = context.brief.sentence(service_verdict(context.scope))
    block = subheading(context.term("findings")).markup + bullets(told).markup
    return FirstScreen("promises", context.term("promises"), verdict, tuple(parts), block=block)


def _table(context: ReportContext, rows: Sequence[dict[str, str | Markup]]) -> Html:
    columns = {key: context.term(word) for key, word in (KEYS | COURSE).items()}
    return table(columns, rows, numeric={"target", "value", "previous"}, first=3)


def _own(context: ReportContext, value: Value) -> dict[str, str | Markup]:
    """A promise to this service; its name is above the table."""
    name = context.title(value.indicator) if value.dimension == "service" else context.plain.scoped(value)
    return {
        "indicator": name,
        "target": target_cell(context, value),
        "value": counted_value(context, value),
        "judgement": judgement(context, value) + consequence(context, value) + exempted_note(context, value),
        "trend": small_course(context, value),
        "previous": comparison_cells(context, value.indicator)["previous"]
        if value.dimension is None
        else member_before(context, value)["previous"],
    }


def _common(context: ReportContext, own: Sequence[Value]) -> list[dict[str, str | Markup]]:
    """What is agreed for all services together, then the headline indicators without a target: this service's values."""
    promised = {value.indicator for value in own}
    common = {one.value.indicator: one for one in common_targets(context.scope) if one.value.indicator not in promised}
    rows: list[dict[str, str | Markup]] = []
    for name in dict.fromkeys([*common, *headline(context.scope)]):
        value, agreed = context.cube.value(name), common.get(name)
        if name in promised or name in BELOW or not value.known:
            continue
        word = "" if agreed is None or agreed.kept is None else context.term(f"review_within_{'yes' if agreed.kept else 'no'}")
        shown = replace(value, target=agreed.target, target_kind="agreed") if agreed else None
        rows.append(
            {
                "indicator": context.title(name),
                "target": context.plain.target(shown) if shown else "",
                "value": counted_value(context, value),
                "judgement": Markup("{}").format(word) + exempted_note(context, value),
                "trend": small_course(context, shown or value),
                "previous": comparison_cells(context, name)["previous"],
            }
        )
    return rows
