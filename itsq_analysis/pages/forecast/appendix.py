"""May I trust it? How every number is computed, what was refused, and where the numbers come from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itsq_analysis.forecasting.outlook import ForecastOutlook
from itsq_analysis.forecasting.track_record import TrackRecord
from itsq_analysis.page.appendix import provenance
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.doubts import told_doubts
from itsq_analysis.page.files import FOLDER
from itsq_analysis.page.section import Html, Part, Section, bullets, folded, nested, table

DEFINITIONS = ("forecast", "range", "weeks", "change", "events", "naive", "record", "ended", "adds_up")


def appendix(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord, parameters: dict[str, Any]) -> Section:
    """Data quality in a sentence, definitions, provenance with the kept forecasts that were read."""
    files = context.workspace.snapshot.files
    refused, read = sum(entry["quarantined"] for entry in files), sum(entry["read"] for entry in files)
    answer = context.say("refused_rows" if refused else "fc_all_used", n=context.number(refused), read=context.number(read))
    notes = [*told_doubts(context), *outlook.notes]
    parts: list[Part] = [bullets(notes)] if notes else []
    parts.append(folded(context.say("definitions_fold", n=len(DEFINITIONS)), definitions(context)))
    parts += nested(replace(provenance(context, parameters), answer=context.say("provenance")))
    if record.files:
        rows = [{"file": f"{FOLDER}/{name}", "fingerprint": digest} for name, digest in record.files]
        columns = {key: context.term(key) for key in ("file", "fingerprint")}
        parts.append(folded(context.say("fc_kept_files", n=len(rows)), table(columns, rows)))
    return Section("appendix", context.term("appendix"), answer, tuple(parts))


def definitions(context: ReportContext) -> Html:
    """What each number means and how it is computed."""
    rows = [{"item": context.term(f"fc_def_{name}"), "definition": context.say(f"fc_def_{name}")} for name in DEFINITIONS]
    return table({key: context.term(key) for key in ("item", "definition")}, rows)
