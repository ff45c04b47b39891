"""Any part of the standard on demand: one generic section each, made of the catalogue alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from itsq_analysis.indicators.processes import process
from itsq_analysis.indicators.standard import Lacking, lacking, of_section, section_titles
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.appendix import definitions_table
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import why
from itsq_analysis.page.section import Html, Part, Section, bullets, nested
from itsq_analysis.pages.quality.scorecard import values_table
from itsq_analysis.tables import contract


def chapters(context: ReportContext, numbers: Sequence[str]) -> Section:
    """The sections of the standard one after the other, each with its conclusion, values, definitions, and what is missing."""
    parts: list[Part] = []
    measured = names = 0
    for number in numbers:
        values = [context.cube.value(name) for name in of_section(context.scope.catalogue, [number])]
        names, measured = names + len(values), measured + sum(value.known for value in values)
        parts += nested(_section(context, number, values))
    facts = {"sections": len(numbers), "measured": measured, "n": names}
    return context.section("chapters", [context.say("chapters", **facts), context.say("chapters_note")], parts)


def _section(context: ReportContext, number: str, values: Sequence[Value]) -> Section:
    known, unknown = [value for value in values if value.known], [value for value in values if not value.known]
    told = [*_answer(context, values, known)]
    parts: list[Part] = [values_table(context, known, beside=False)] if known else []
    if unknown:
        parts.append(bullets([unmeasured(context, value) for value in unknown]))
    title = f"{number} {section_titles()[number][context.language]}"
    definitions = definitions_table(context, [value.indicator for value in values])
    return Section(
        f"section-{number}", title, told[0], (*parts, _small(definitions)), context.wording.joined(told[1:], "sentences")
    )


def _answer(context: ReportContext, values: Sequence[Value], known: Sequence[Value]) -> Iterator[str]:
    """How much of it is measured, which targets were missed, what is not as usual."""
    if not known:
        yield context.say("chapter_unmeasured", n=len(values))
        return
    yield context.say("chapter_measured", measured=len(known), n=len(values))
    missed = [context.title(value.indicator) for value in known if value.status == "missed"]
    courses = [(value, process(context.scope, value)) for value in known]
    unusual = [context.title(value.indicator) for value, course in courses if course.signal]
    if missed:
        yield context.say("chapter_missed", list=context.listed(missed))
    if unusual:
        yield context.say("chapter_unusual", list=context.listed(unusual))
    elif not missed:
        yield context.say("chapter_quiet")


def unmeasured(context: ReportContext, value: Value) -> str:
    """Why there is no value: the table or column that it would need, else the reason in the period."""
    needs = [_needed(context, one) for one in lacking(context.scope, value.indicator)]
    reason = context.say("chapter_needs", list=context.listed(needs)) if needs else why(context, value)
    return context.say("labelled", label=context.title(value.indicator), text=reason)


def _needed(context: ReportContext, lack: Lacking) -> str:
    table = contract(lack.table)
    if not lack.columns:
        return context.say("chapter_table", table=table.title[context.language], name=lack.table)
    columns = [table.all_columns[name].title[context.language] for name in lack.columns]
    return context.say("chapter_columns", table=table.title[context.language], columns=context.listed(columns))


def _small(part: Html) -> Html:
    """Definitions stand below the values, smaller, and are printed too."""
    return Html(Markup('<div class="note">{}</div>').format(part.markup))
