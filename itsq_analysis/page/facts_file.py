"""`NAME.facts.json`: what a report told, to be checked a year later and compared with by the next report.

verdict    the report's answer in every language, and its title
headline   the headline indicators as they are printed, of a report that has values
facts      key of a printed number -> indicator, days, dimension, member, field, basis and moment that it stands for; of a table
           of resources, options, forecasts or open tickets the fact, its row and field, and the number or day
values     the value frame of the report, after approved exemptions
findings   id, facts, weight and section, with the wording of every language
decisions  likewise
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from math import isnan
from typing import Any

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Decision, Finding
from itsq_analysis.facts.sentence import Part
from itsq_analysis.indicators.value import Value
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.page.context import ReportContext
from itsq_analysis.text import LANGUAGES, Language
from itsq_analysis.text.wording import Wording

FORMAT = 1
PLACE = ("indicator", "period", "dimension", "member", "basis")
NUMBERS = ("value", "numerator", "denominator", "n", "lower", "upper", "target")


def facts_json(
    context: ReportContext,
    findings: Iterable[Finding],
    decisions: Iterable[Decision],
    values: pd.DataFrame | None = None,
    verdict: Part = "",
) -> bytes:
    """The file's bytes; the same report gives the same bytes.

    Args:
        context: of the report, whose printed numbers have their keys.
        findings: all, not only those of the first screen, the heaviest first.
        decisions: all that are asked for.
        values: the report's value frame; None where it prints no values of indicators.
        verdict: the report's answer, without words.
    """
    content = facts_content(context, findings, decisions, values, verdict)
    return _lines(content).encode("utf-8")


def facts_content(
    context: ReportContext,
    findings: Iterable[Finding],
    decisions: Iterable[Decision],
    values: pd.DataFrame | None = None,
    verdict: Part = "",
) -> dict[str, Any]:
    """What the file holds, as JSON values; arguments as for `facts_json`."""
    workspace = context.workspace
    wordings = {language: replace(context, language=language).plain for language in LANGUAGES}
    rows: Any = [] if values is None else values[[*COLUMNS]].to_numpy(object)
    return {
        "format": FORMAT,
        "report": context.titled,
        "title": {language: replace(context, language=language).title_of_report for language in LANGUAGES},
        "organisation": workspace.settings.organisation.name,
        "verdict": {language: wording.shorter().part(verdict) for language, wording in wordings.items()},
        "period": context.period.label,
        "as_of": context.moment.isoformat(timespec="seconds"),
        "snapshot": {"id": workspace.snapshot.id, "hash": workspace.snapshot.hash},
        "services": list(workspace.services),
        "headline": [] if values is None else _headline(context, wordings),
        "facts": context.keys.records(),
        "findings": [_told(finding, wordings, "sentence") for finding in findings],
        "decisions": [_told(decision, wordings, "what", "number", "rule") for decision in decisions],
        "columns": list(COLUMNS),
        "values": [[_json(cell) for cell in row] for row in rows],
    }


def _headline(context: ReportContext, wordings: Mapping[Language, Wording]) -> list[dict[str, Any]]:
    """The headline indicators with their words, as many as the catalogue knows."""
    asked = [name for name in context.workspace.settings.report.headline if name in context.workspace.definitions]
    told = []
    for value in map(context.cube.value, asked):
        words = {
            language: {"title": wording.title(value.indicator), "value": wording.shown(value)}
            | ({"target": wording.target(value)} if value.target_kind == "agreed" else {})
            for language, wording in wordings.items()
        }
        told.append({"indicator": value.indicator, "status": value.status, "certainty": _json(value.certainty), "words": words})
    return told


def _lines(content: Mapping[str, Any]) -> str:
    """JSON with one record a line, so that two reports can be compared with diff."""
    told = []
    for name, part in content.items():
        if isinstance(part, list) and part:
            text = "[\n" + ",\n".join(map(_compact, part)) + "\n]"
        elif isinstance(part, dict) and part:
            text = "{\n" + ",\n".join(f"{_compact(key)}:{_compact(item)}" for key, item in part.items()) + "\n}"
        else:
            text = _compact(part)
        told.append(f'"{name}":{text}')
    return "{" + ",\n".join(told) + "}\n"


def _compact(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def values_of(content: bytes, name: str) -> pd.DataFrame:
    """The value frame of such a file: numbers as float64, `provisional` as bool, all else as text, "" where it is missing.

    Raises:
        ReportError: the content is no such file; `name` is the file's, for the message.
    """
    try:
        told = json.loads(content)
        if told["format"] != FORMAT or tuple(told["columns"]) != COLUMNS:
            raise ValueError(f"format {told['format']}")
        frame = pd.DataFrame(told["values"], columns=list(COLUMNS))
        numbers = {column: pd.to_numeric(frame[column]).astype("float64") for column in NUMBERS}
        texts = [column for column in COLUMNS if column not in (*NUMBERS, "provisional")]
        return frame.assign(**numbers, **{column: frame[column].fillna("").astype("str") for column in texts})
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"an earlier report's facts must be the NAME.facts.json that itsq run wrote beside the page; "
            f"found {error!r} in {name}; name that file"
        ) from None


def _told(fact: Finding | Decision, wordings: Mapping[Language, Wording], *sentences: str) -> dict[str, Any]:
    """A finding or decision as JSON values, with its wording in each language."""
    words = {
        language: {name: wording.part(part) for name in sentences if (part := getattr(fact, name)) is not None}
        for language, wording in wordings.items()
    }
    return _json(fact) | {"words": words}  # type: ignore[no-any-return] # a dataclass gives a dictionary


def _json(part: Any) -> Any:
    """A fact's part as a JSON value; a value of the cube by its place and numbers."""
    if isinstance(part, Value):
        numbers = {name: _json(getattr(part, name)) for name in NUMBERS}
        return {name: getattr(part, name) for name in PLACE} | numbers | {"status": part.status, "certainty": part.certainty}
    if is_dataclass(part) and not isinstance(part, type):
        return {"kind": type(part).__name__} | {one.name: _json(getattr(part, one.name)) for one in fields(part)}
    if isinstance(part, Mapping):
        return {str(key): _json(item) for key, item in part.items()}
    if isinstance(part, tuple | list | set | frozenset):
        return [_json(item) for item in (sorted(part) if isinstance(part, set | frozenset) else part)]
    if isinstance(part, date | datetime):
        return part.isoformat()
    if part is None or part is pd.NA or part is pd.NaT or (isinstance(part, float) and isnan(part)):
        return None
    return part.item() if hasattr(part, "item") else part
