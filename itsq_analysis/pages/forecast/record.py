"""Were earlier forecasts right? What was told at the time, and what is recomputed for times before, with two counts."""

from __future__ import annotations

from itsq_analysis.charts import ranges
from itsq_analysis.facts.sentence import Dates, Range
from itsq_analysis.forecasting.outlook import ForecastOutlook
from itsq_analysis.forecasting.statements import level_of, percent, record_answer, things
from itsq_analysis.forecasting.track_record import FEWEST, Expectation, TrackRecord, course
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph
from itsq_analysis.page.table import Column, Source, html_table
from itsq_analysis.text import formats

RECORD: Source[Expectation] = Source("forecasting.track_record", lambda row: f"{row.series}/{row.made}/{row.start}")


def track_record(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord) -> Section:
    """Earlier ranges against the truth."""
    answer = context.wording.part(record_answer(record, outlook.asked.horizon))
    if record.all.n < FEWEST:
        return Section("fc_record", context.term("fc_record"), answer)
    again = record.recomputed.n
    notes = [paragraph(context.say("fc_recomputed", n=again)), paragraph(context.say("fc_record_overlap"))] if again else []
    columns = [
        Column[Expectation]("fc_made", lambda row: formats.short_day(row.made, context.language)),
        Column[Expectation]("fc_days", lambda row: Dates(row.start, row.end)),
        Column[Expectation]("fc_range", lambda row: Range(*row.range(record.level)), "count"),
        Column[Expectation]("fc_forecast", lambda row: row.median, "count"),
        Column[Expectation]("fc_came", lambda row: row.came, "count"),
        Column[Expectation](
            "fc_off", lambda row: percent((row.median - row.came) / row.came if row.came else float("nan")), "count"
        ),
        Column[Expectation]("fc_source", lambda row: context.term("fc_kept" if row.told else "fc_again")),
    ]
    every = folded(context.term("show_table"), html_table(context, context.wording, columns, record.rows[::-1], source=RECORD))
    return Section("fc_record", context.term("fc_record"), answer, (_picture(context, outlook, record), *notes, every))


def _picture(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord) -> Part:
    rows = [*record.rows, outlook.total(outlook.whole)]
    frame = course(rows, record.level, [formats.short_day(row.made, context.language) for row in rows])
    told, again = record.told, record.recomputed
    n, inside = told.n + again.n, told.inside + again.inside
    facts = {"n": n, "out": n - inside, "again": again.n}
    level = context.wording.part(level_of(record.level))
    return ranges(
        frame,
        title=context.say(
            "fc_record_chart", things=context.wording.part(things(outlook.asked.table)), horizon=outlook.asked.horizon
        ),
        summary=context.say("fc_record_picture", **facts),
        names=(context.term("fc_came"), context.term("fc_forecast"), context.say("fc_range_named", level=level)),
        language=context.language,
    )
