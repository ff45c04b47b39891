"""How a value with its rows shows itself in a notebook and in a terminal."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from markupsafe import Markup

from itsq_analysis.indicators.indicator import Indicator, reason_text

if TYPE_CHECKING:
    from itsq_analysis.indicators.evidence.evidence import Evidence
    from itsq_analysis.indicators.value import Value


def facts_of(evidence: Evidence) -> list[tuple[str, str]]:
    """Definition, population, value, interval, judgement, what counts and what is left out, exemptions."""
    indicator, value, rows = evidence.indicator, evidence.value, evidence.rows
    where = "" if value.dimension is None else f", {value.dimension} = {value.member or 'not known'}"
    facts = [
        ("indicator", f"{indicator.title['en']} ({indicator.id}, section {indicator.section})"),
        ("period", f"{value.period} ({value.start} until {value.end}, exclusive){where}"),
        ("value", _value(indicator, value)),
        ("definition", indicator.meaning["en"]),
        ("population", indicator.population["en"]),
        ("condition", "; ".join(f"{key}: {text}" for key, text in _expressions(indicator))),
        ("interval", indicator.interval["en"]),
        ("target", _target(indicator, value)),
        ("rows", f"{int(rows['counts'].sum()):,} counted of {len(rows):,}"),
        ("left out", "; ".join(f"{reason_text(reason, 'en')}: {count:,}" for reason, count in evidence.left_out.items())),
        (
            "exempted",
            "; ".join(
                f"{exemption.ticket} ({exemption.reason}; {exemption.approved_by}, {exemption.approved_on})"
                for exemption in evidence.exempted
            ),
        ),
        ("from the rows", f"{amount(indicator, evidence.recomputed)}, {'as told' if evidence.agrees else 'NOT as told'}"),
    ]
    return [(key, text) for key, text in facts if text]


def as_text(evidence: Evidence) -> str:
    """Lines for a terminal."""
    return "\n".join([evidence.indicator.id, *(f"  {key}: {text}" for key, text in facts_of(evidence))])


def as_html(evidence: Evidence) -> str:
    """A table for a notebook with the first rows; texts of an export are escaped."""
    lines = Markup("").join(Markup("<tr><th>{}</th><td>{}</td></tr>").format(key, text) for key, text in facts_of(evidence))
    rows = Markup(evidence.rows.head(10).to_html(index=False, escape=True))  # noqa: S704 - escaped by pandas
    return str(Markup("<table><caption>{}</caption>{}</table>{}").format(evidence.indicator.id, lines, rows))


def amount(indicator: Indicator, value: float) -> str:
    """A value in its unit.

    >>> from itsq_analysis.indicators.catalogue import load_catalogue
    >>> amount(load_catalogue()["reopen_rate"], 0.0312)
    '3.12 %'
    """
    if isnan(value):
        return "no value"
    number, unit = (
        (100 * value, " %") if indicator.unit == "%" else (value, "" if indicator.unit == "count" else f" {indicator.unit}")
    )
    return f"{number:,.4g}{unit}" if abs(number) < 1000 else f"{number:,.0f}{unit}"


def _value(indicator: Indicator, value: Value) -> str:
    said = amount(indicator, value.value)
    if not isnan(value.denominator) and not isnan(value.numerator):
        said += f" ({value.numerator:,.10g} of {value.denominator:,.10g})"
    if not isnan(value.lower) and not isnan(value.upper):
        said += f", likely {amount(indicator, value.lower)} to {amount(indicator, value.upper)}"
    if value.before is not None:
        said += f"; {amount(indicator, value.before.value)} before exemptions"
    return said if not value.reason else f"{said}; {reason_text(value.reason, 'en')}"


def _target(indicator: Indicator, value: Value) -> str:
    if isnan(value.target):
        return ""
    judged = ", ".join(filter(None, (value.status, value.certainty)))
    return f"{amount(indicator, value.target)} ({value.target_kind}): {judged}"


def _expressions(indicator: Indicator) -> list[tuple[str, str]]:
    rules = [(key, expression.text) for key in ("where", "of") if (expression := getattr(indicator, key))]
    rules += [
        (key, str(told))
        for key in ("time", "until", "numerator", "denominator", "plus", "minus")
        if (told := getattr(indicator, key))
    ]
    return rules + ([("function", indicator.function)] if indicator.function else [])
